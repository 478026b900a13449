"""Renders that want one name at the same time: one has it, and the others are told so."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import CheckpointError
from core.jobs import JobStore, Order, State
from core.render.workspace import Workspace
from tests import reels
from tests.render.stopped import finishes, stop, whole

ROOT = Path(__file__).resolve().parents[2]
SAID = "Another process is rendering into"


def test_whoever_comes_and_goes_only_one_is_inside(tmp_path: Path) -> None:
    """The folder of the lock is made and taken away all the time."""
    inside, entered, wrong = threading.Lock(), [], []

    def come_and_go(number: int) -> None:
        for _ in range(60):
            try:
                with Workspace(tmp_path / "out.mkv"):
                    if not inside.acquire(blocking=False):
                        wrong.append("two at a time")
                        continue
                    entered.append(number)
                    inside.release()
            except CheckpointError as error:
                if SAID not in error.message:
                    wrong.append(str(error))

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(entered) > 60
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import subprocess, sys, time
from pathlib import Path
from core.render.workspace import Workspace
with Workspace(Path(sys.argv[1])):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_lock_dies_with_its_holder(path: Path, target: Path) -> None:
    """Even where an FFmpeg that it has started lives on."""
    import psutil

    with subprocess.Popen([sys.executable, "-c", HOLDER, str(target)], cwd=ROOT,
                          stdout=subprocess.PIPE, text=True) as holder:
        child = psutil.Process(int(holder.stdout.readline()))
        try:
            with pytest.raises(CheckpointError, match=SAID):
                reels.render(path, target, "numbers")
            holder.kill()
            holder.wait()
            assert child.is_running()
            finishes(path, target, "numbers", 0)
        finally:
            child.kill()


@pytest.mark.long
def test_two_commands_at_once(path: Path, target: Path) -> None:
    """Of different looks; whatever becomes of each, the result is the whole of one of them."""
    wholes = {}
    for level in (20, 40):
        wholes[level] = target.with_name(f"whole-{level}.mkv")
        assert _ended(_command(path, wholes[level], level))[1] == 0
    both = {level: _command(path, target, level) for level in wholes}
    said = {level: _ended(command) for level, command in both.items()}
    codes = {level: code for level, (_, code) in said.items()}
    assert 0 in codes.values()
    for text, code in said.values():
        assert "Traceback" not in text
        assert code == 0 or (SAID in text and code == 1), text
    won = [level for level, code in codes.items() if code == 0]
    assert reels.shown(target) in [reels.shown(wholes[level]) for level in won]
    assert not list(target.parent.glob("*.render"))


def _command(path: Path, target: Path, level: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.cli", "render", "--in", str(path), "--styles", "pencil",
         "--set", f"pencil.blur_sigma={level}", "--codec", "ffv1", "--out", str(target),
         "--overwrite"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _ended(command: subprocess.Popen[str]) -> tuple[str, int]:
    _, said = command.communicate()
    return said, command.returncode


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="the tests' worker is POSIX's")
def test_a_command_and_a_job_at_once(path: Path, target: Path, tmp_path: Path) -> None:
    recipe = reels.recipe("pencil", path.parent)
    with JobStore(tmp_path / "data" / "queue.db") as store:
        job = store.add(Order.render(path, target, recipe)).id
        work = [sys.executable, "-m", "tests.jobs.hired", str(store.path), "once"]
        with closing(reels.pipeline(path, target, "pencil").run()) as run:
            next(run)
            assert subprocess.run(work, cwd=ROOT, capture_output=True, check=False).returncode == 0
            assert store.get(job).state is State.FAILED
            assert SAID in store.get(job).message
        store.retry(job)
        assert subprocess.run(work, cwd=ROOT, capture_output=True, check=False).returncode == 0
        assert store.get(job).state in (State.DONE, State.DONE_WITH_WARNINGS)
    assert len(reels.shown(target)) == len(reels.shown(path))


@pytest.mark.parametrize("letter", ["n", "é"])
def test_names_as_long_as_can_be_are_resumed_apart(letter: str, path: Path, target: Path) -> None:
    """Two that differ at their very end: each goes on with its own work."""
    count = (255 - len("1.mkv")) // len(os.fsencode(letter))
    first, second = (target.with_name(letter * count + f"{end}.mkv") for end in "12")
    assert len(os.fsencode(first.name)) == 255
    stop(path, first, "numbers", steps=25)
    stop(path, second, "numbers", steps=35)
    assert reels.render(path, first, "numbers").resumed_frames == 20
    assert reels.render(path, second, "numbers").resumed_frames == 30
    assert sorted(target.parent.iterdir()) == [first, second]
    assert reels.shown(first) == reels.shown(second) == whole("numbers")
