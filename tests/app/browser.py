"""The app in a process of its own, as run.sh starts it, and a browser to look at it."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
_START, _END = 90.0, 60.0
PATIENCE = 120_000
"""Milliseconds for what a busy machine with nothing compiled may take."""
_MOST = 570.0
"""Seconds that a browser is there for; below the limit of a long test."""


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
    """The app with a data folder of its own; stopped in the end, while its worker goes on."""
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
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail(f"The app did not end when asked to: {log.read_text()}")


class Faults:
    """What went wrong in the browser and on the server, besides what is looked for."""

    def __init__(self, page: Any, server: Server) -> None:
        self._page, self._server = page, server
        self._said: list[str] = []
        page.on("console", lambda said: self._said.append(f"console: {said.text}")
                if said.type == "error" and not _of_a_reload(said.text) else None)
        page.on("pageerror", lambda error: self._said.append(f"page: {error}"))

    def found(self) -> list[str]:
        """Everything up to now: errors in the console, the log, and on the page."""
        page, said = self._page, list(self._said)
        for one in page.locator("[data-testid=stException]").all():
            said.append(f"error box: {one.inner_text(timeout=1000)}")
        if not page.locator("[data-testid=stMain]").count():
            said.append("a white page")
        log = self._server.log.read_text(encoding="utf-8", errors="replace")
        if "Traceback" in log:
            said.append(log[log.index("Traceback") - 500:][:3000])
        return said


def doubled(page: Any) -> list[str]:
    """Keys of what stands twice on a page that is not being drawn: left over from before."""
    found: list[str] = page.evaluate("""() => {
        const app = document.querySelector("[data-testid=stApp]");
        if (!app || app.dataset.testScriptState === "running") return [];
        const keys = [...document.querySelectorAll("[class*=st-key-]")].flatMap(
            (one) => [...one.classList].filter((name) => name.startsWith("st-key-")));
        return keys.filter((key, place) => keys.indexOf(key) !== place);
    }""")
    return found


def _of_a_reload(text: str) -> bool:
    """What a page says that is left in the middle of something."""
    return any(part in text for part in ("WebSocket", "net::ERR_", "Failed to fetch",
                                         "status of 404"))


def settled(page: Any, seconds: float = 120) -> None:
    """Wait until the server has drawn what was asked for."""
    page.wait_for_function("""() => {
        const app = document.querySelector("[data-testid=stApp]");
        return !app || app.dataset.testScriptState !== "running";
    }""", timeout=seconds * 1000)


@contextmanager
def browsing(most: float = _MOST) -> Iterator[Any]:
    """A page of Chromium, with patience for a busy machine; skips where there is no browser.

    What is asked of a page that has stopped answering has no limit of its own, and neither has
    closing it: after a while the browser is ended from outside, and then everything fails.
    """
    found = chromium()
    if found is None:
        pytest.skip("there is no Chromium; on Debian: apt install chromium")
    from playwright.sync_api import sync_playwright

    others = set(psutil.Process().children())
    with ExitStack() as stack:
        tools = stack.enter_context(sync_playwright())
        limit = threading.Timer(most, _end_all, [set(psutil.Process().children()) - others])
        limit.daemon = True
        limit.start()
        stack.callback(limit.cancel)
        browser = tools.chromium.launch(executable_path=found, args=[
            "--no-sandbox", "--disable-background-networking"])
        stack.callback(browser.close)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        yield page


def _end_all(started: set[psutil.Process]) -> None:
    logger.error("The browser was still there after too long and was ended.")
    for process in started:
        with suppress(psutil.NoSuchProcess):
            for one in [*process.children(recursive=True), process]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()


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


@contextmanager
def worker_ended(data: Path) -> Iterator[None]:
    """Ends the worker of this data folder afterwards, which outlives the app on purpose."""
    from core.jobs import JobStore

    try:
        yield
    finally:
        with JobStore(data / "queue.db") as store:
            attendance = store.worker()
        if attendance.pid is not None and attendance.alive:
            with suppress(psutil.NoSuchProcess):
                worker = psutil.Process(attendance.pid)
                worker.terminate()
                try:
                    worker.wait(_END)
                except psutil.TimeoutExpired:
                    worker.kill()
                    pytest.fail("The worker did not end when asked to.")
