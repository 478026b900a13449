"""What is done while the queue has nothing: begun when it is quiet, ended at once for a job."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.worker.idle import IdleWork

WAITS = """
import pathlib, sys
pathlib.Path(sys.argv[1]).touch()
sys.stdin.read()
pathlib.Path(sys.argv[1]).unlink()
"""


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 0.0)
    monkeypatch.setattr("core.worker.idle._GRACE", 30.0)  # it may be busy with other tests


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


@pytest.mark.usefixtures("quiet_machine")
def test_it_begins_when_it_is_quiet_and_yields_at_once(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    idle = IdleWork(lambda: (sys.executable, "-c", WAITS, str(begun)), tmp_path, quiet=10)
    for now in (0, 5, 9):
        idle.consider(now, lambda: 1.0)
    assert not begun.exists()
    idle.consider(10, lambda: 1.0)
    until(begun.exists)
    idle.yield_to_work()
    assert not begun.exists()  # it was asked to end, and has
    for now in (20, 30):  # what was broken off is taken up again
        idle.consider(now, lambda: 1.0)
    until(begun.exists)
    idle.yield_to_work()


@pytest.mark.usefixtures("quiet_machine")
def test_what_has_ended_is_begun_again_only_once_the_queue_has_changed(tmp_path: Path) -> None:
    asked, mark = [], 1.0

    def command() -> tuple[str, ...]:
        asked.append(mark)
        return sys.executable, "-c", ""

    idle, now = IdleWork(command, tmp_path, quiet=0), 0.0
    for mark, wanted in ((1.0, [1.0]), (2.0, [1.0, 2.0])):
        end = time.monotonic() + 30
        while time.monotonic() < end and asked != wanted:
            now += 1
            idle.consider(now, lambda: mark)  # noqa: B023
            time.sleep(0.02)
        for _ in range(40):
            now += 1
            idle.consider(now, lambda: mark)  # noqa: B023
            time.sleep(0.01)
        assert asked == wanted
    idle.yield_to_work()


def test_a_busy_machine_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 80.0)
    idle = IdleWork(lambda: pytest.fail("it was begun"), tmp_path, quiet=0)
    for now in range(10):
        idle.consider(now, lambda: 1.0)
