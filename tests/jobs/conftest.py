"""A queue of its own for every test, orders that differ in their target alone, and workers."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import JobStore, Order
from core.recipe import Recipe

PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})
Ordering = Callable[..., Order]
Hire = Callable[..., "subprocess.Popen[str]"]
Add = Callable[..., int]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with JobStore(tmp_path / "data" / "queue.db") as opened:
        yield opened


@pytest.fixture
def order(tmp_path: Path) -> Ordering:
    def made(name: str = "out.mp4") -> Order:
        return Order.render(tmp_path / "clip.mp4", tmp_path / name, PENCIL)

    return made


@pytest.fixture
def hire(store: JobStore) -> Iterator[Hire]:
    """Starts workers, which do not outlive the test."""
    hired: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        with store.path.with_name("said.txt").open("ab") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.hired", str(store.path), *words], cwd=ROOT,
                stdout=output, stderr=subprocess.STDOUT, text=True)
        hired.append(worker)
        return worker

    yield start
    for worker in hired:
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(worker.pid).children(recursive=True):
                process.kill()
        worker.kill()
        worker.wait()


@pytest.fixture
def add(store: JobStore, tmp_path: Path) -> Add:
    def added(kind: str, name: str = "a", **options: Any) -> int:
        return store.add(Order(kind, name, tmp_path / f"{name}.out", options=options)).id

    return added
