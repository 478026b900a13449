"""The app in a process of its own, as run.sh starts it, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_START, _END = 90.0, 60.0
PATIENCE = 120_000
"""Milliseconds for what a busy machine with nothing compiled may take."""


@dataclass(frozen=True)
class Server:
    """Where it answers, and its process."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path


def chromium() -> str | None:
    """The system's browser; none is downloaded."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def served(data: Path, log: Path) -> Iterator[Server]:
    """The app with a data folder of its own; stopped, with its worker, in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "BRUSHREEL_DATA": str(data), "PYTHONPATH": str(ROOT)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "streamlit_app.py"),
             "--server.headless", "true", "--server.port", str(port)],
            cwd=data.parent, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, log)
        yield Server(address, process, log)
    finally:
        process.terminate()
        process.wait(_END)


@contextmanager
def browsing() -> Iterator[Any]:
    """A page of Chromium, with patience for a busy machine; skips where there is no browser."""
    found = chromium()
    if found is None:
        pytest.skip("there is no Chromium; on Debian: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=found, args=[
            "--no-sandbox", "--disable-background-networking"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def until(true: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Wait for it; AssertionError where it does not come about."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.2)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(f"The app does not answer: {log.read_text()}")


def end_worker(data: Path) -> None:
    """End the worker of this data folder, which outlives the app on purpose."""
    from core.jobs import JobStore

    with JobStore(data / "queue.db") as store:
        attendance = store.worker()
        if attendance.pid is not None and attendance.alive:
            with suppress(ProcessLookupError):
                os.kill(attendance.pid, signal.SIGTERM)
