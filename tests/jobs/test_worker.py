"""The worker and its children, as real processes: whatever dies, nothing is lost or done twice."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import PREVIEW, JobStore, State
from core.paths import DATA_VARIABLE
from core.worker import worker_is_there
from tests.jobs.conftest import Add, Hire

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does it")


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)
    return found


def reach(store: JobStore, job: int, *states: State) -> State:
    return until(lambda: (now := store.get(job).state) in states and now)


def journal(tmp_path: Path, name: str = "a") -> list[str]:
    return (tmp_path / f"{name}.journal").read_text().splitlines()


def units(tmp_path: Path, name: str = "a") -> list[int]:
    return [int(line.split()[1]) for line in journal(tmp_path, name) if line.startswith("unit")]


def done_with_kept(store: JobStore, job: int, kept: int) -> None:
    until(lambda: store.get(job).progress.kept >= kept)


@pytest.mark.long
def test_a_worker_sees_every_job_through(store: JobStore, hire: Hire, add: Add, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that crashes its process, hangs or fails leaves the others be."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    crash, hang, fail = (add(kind, kind) for kind in ("crash", "hang", "fail"))
    good = add("count", "good", units=12, chunk=5)
    dim = add("count", "dim", units=5, warnings=["It was dark."])
    odd, broken, full = add("embroider", "odd"), add("broken", "b", nothing=0), add("full", "f")
    assert hire("once").wait(4 * PATIENCE) == 0
    states = {job.id: job.state for job in store.list()}
    assert states == {crash: State.FAILED, hang: State.FAILED, fail: State.FAILED,
                      odd: State.FAILED, good: State.DONE, dim: State.DONE_WITH_WARNINGS,
                      broken: State.FAILED, full: State.PAUSED}
    failed = store.get(fail)
    assert (failed.message, failed.hint) == ("The colors ran out.", "Buy some.")
    assert store.get(crash).message == (
        "Its process ended by SIGSEGV without a word. That was 2 times in a row.")
    assert "nothing new for 3 s at frame 1 of 10" in store.get(hang).message
    if hasattr(signal, "SIGUSR1"):
        assert " in hang\n" in (store.folder(hang) / "log.txt").read_text()
    assert store.get(broken).message == (
        "b led to an unexpected error (ZeroDivisionError: integer division or modulo by zero).")
    assert "ZeroDivisionError" in (tmp_path / "data" / "errors.log").read_text()
    assert "Only 3 MB are free" in store.get(full).message
    assert "knows how to embroider" in store.get(odd).message
    assert [journal(tmp_path, name).count("start") for name in ("crash", "hang", "fail")] == [
        2, 2, 1]
    assert units(tmp_path, "good") == list(range(12))
    done = store.get(good)
    assert (done.result, done.attempts, done.plan["units"]) == ({"frames": 12}, 1, 12)
    assert store.get(dim).warnings == ("It was dark.",)
    assert "The colors ran out." in (store.folder(fail) / "log.txt").read_text()
    assert "Buy some." in (store.folder(fail) / "report.txt").read_text()
    (tmp_path / "f.room").touch()
    assert store.resume(full).message == ""
    assert hire("once").wait(4 * PATIENCE) == 0
    assert store.get(full).state is State.DONE
    announced, _ = store.path.with_name("announced").read_text().splitlines()
    assert announced == "Brushreel has finished: 2 done, 5 failed, 1 paused (1 with warnings)."


def test_a_killed_worker_loses_nothing(store: JobStore, hire: Hire, add: Add, tmp_path: Path
                                       ) -> None:
    job = add("count", units=60, chunk=5)
    for kept in (5, 20):
        worker = hire()
        done_with_kept(store, job, kept)
        child = store.get(job).pid
        worker.kill()
        worker.wait()
        assert child is not None
        until(lambda pid=child: not psutil.pid_exists(pid))  # nobody works on behind our back
        assert store.get(job).state is State.RUNNING  # for all that anybody knows
    assert hire("once").wait(PATIENCE) == 0
    assert store.get(job).state is State.DONE
    done = units(tmp_path)
    assert sorted(set(done)) == list(range(60))
    assert len(done) <= 60 + 2 * 5  # at most the chunk in progress, each time
    assert journal(tmp_path).count("start") == 3
    assert not any("TWICE" in line for line in journal(tmp_path))


@pytest.mark.long
def test_when_everything_is_killed_the_queue_is_as_it_was(
        store: JobStore, hire: Hire, add: Add, tmp_path: Path) -> None:
    first, second = add("count", "a", units=40), add("count", "b", units=5)
    worker = hire()
    done_with_kept(store, first, 10)
    for process in [*psutil.Process(worker.pid).children(recursive=True),
                    psutil.Process(worker.pid)]:
        process.kill()
    worker.wait()
    store.close()
    with JobStore(store.path) as again:
        assert [job.id for job in again.list()] == [first, second]
        assert hire("once").wait(PATIENCE) == 0
        assert [job.state for job in again.list()] == [State.DONE] * 2
        assert again.get(first).attempts == 2
    assert len(units(tmp_path)) < 40 + 10


def test_a_killed_child_is_started_once_more(store: JobStore, hire: Hire, add: Add,
                                             tmp_path: Path) -> None:
    job = add("count", units=30)
    worker = hire("once")
    done_with_kept(store, job, 10)
    pid = store.get(job).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert worker.wait(PATIENCE) == 0
    assert (store.get(job).state, store.get(job).attempts) == (State.DONE, 2)
    assert len(units(tmp_path)) <= 35


@pytest.mark.long
def test_what_is_done_while_idle_yields_to_a_job(store: JobStore, hire: Hire, add: Add) -> None:
    begun = store.path.with_name("idle")
    worker = hire("idle")
    until(begun.exists)
    job = add("count", units=3)
    until(lambda: not begun.exists())  # it was ended before the job began
    assert reach(store, job, State.DONE)
    until(begun.exists)
    worker.send_signal(signal.SIGINT)
    worker.wait(PATIENCE)
    assert not begun.exists()


def test_never_two_workers(store: JobStore, hire: Hire, add: Add) -> None:
    job = add("count", units=500)
    first = hire()
    reach(store, job, State.RUNNING)
    assert worker_is_there(store)
    assert store.worker().pid == first.pid
    second = hire()
    assert second.wait(PATIENCE) == 1
    said = store.path.with_name("said.txt").read_text()
    assert "A worker is at work on this queue already." in said
    first.kill()
    first.wait()
    third = hire()
    until(lambda: store.get(job).attempts == 2 and store.get(job).state is State.RUNNING)
    assert store.worker().pid == third.pid


def test_a_worker_that_is_stopped_gives_its_job_back(store: JobStore, hire: Hire, add: Add
                                                     ) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("SIGINT is ignored here, as in what a shell runs in the background, and so by "
                    "every child")
    job = add("count", units=500)
    worker = hire()
    done_with_kept(store, job, 5)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(PATIENCE) == 130
    assert store.get(job).state is State.INTERRUPTED
    assert (store.worker().alive, worker_is_there(store)) == (False, False)
    assert store.get(job).crashes == 0


def test_pause_resume_and_cancel(store: JobStore, hire: Hire, add: Add, tmp_path: Path) -> None:
    job, deaf = add("count", units=400, chunk=10), add("deaf", "deaf")
    hire()
    done_with_kept(store, job, 10)
    pid = store.get(job).pid
    asked = store.pause(job)
    assert (asked.state, asked.progress.redo_seconds < 5) == (State.PAUSING, True)
    reach(store, job, State.PAUSED)
    assert not psutil.pid_exists(pid or 0)  # and so everything it held is free
    reach(store, deaf, State.RUNNING)  # the next one's turn

    store.cancel(deaf)  # which does not listen
    store.resume(job)
    assert reach(store, deaf, State.CANCELLED)
    reach(store, job, State.RUNNING)
    kept = store.get(job).progress.kept
    until(lambda: store.get(job).progress.kept > kept)
    store.pause(job, after_chunk=True)
    reach(store, job, State.PAUSED)
    before = units(tmp_path)
    assert len(before) % 10 == 0 or before[-1] % 10 == 9  # it ended with a chunk

    log = store.folder(job) / "log.txt"
    until(lambda: log.read_text().endswith("Paused after a chunk.\n"))
    assert not (store.folder(job) / "report.json").exists()
    store.resume(job)
    done_with_kept(store, job, store.get(job).progress.kept + 10)
    again = units(tmp_path)[len(before):]
    assert again[0] == before[-1] + 1  # nothing was redone
    store.cancel(job)
    reach(store, job, State.CANCELLED)
    assert not any("TWICE" in line for line in journal(tmp_path))


@pytest.mark.long
def test_heat_makes_everything_stand_still_and_loses_nothing(
        store: JobStore, hire: Hire, add: Add, tmp_path: Path) -> None:
    job, heat = add("count", units=600, chunk=600, pause=0.01), store.path.with_name("heat")
    hire("once")
    until(lambda: store.get(job).progress.frames > 5)
    heat.touch()
    until(lambda: store.worker().notes == ("It is hot.",))
    frames = len(units(tmp_path))
    time.sleep(4)  # longer than the watchdog's patience, which heat must not try
    assert len(units(tmp_path)) == frames
    heat.unlink()
    reach(store, job, State.DONE)
    assert journal(tmp_path).count("start") == 1
    assert store.worker().notes == ()


def test_one_job_on_the_gpu_beside_one_on_the_processor(store: JobStore, hire: Hire, add: Add
                                                        ) -> None:
    """Without a GPU everything shares the processor; other kinds than renders want the GPU."""
    jobs = [add("count", name, units=300) for name in "ab"]
    hire("gpu")
    reach(store, jobs[0], State.RUNNING)
    time.sleep(1.5)
    assert store.get(jobs[1]).state is State.QUEUED


@pytest.mark.long
def test_a_preview_does_not_wait_for_what_is_rendered(store: JobStore, hire: Hire, add: Add
                                                      ) -> None:
    long = add("count", "long", units=2000)
    hire("once")
    reach(store, long, State.RUNNING)
    previews = [add(PREVIEW, name, units=5) for name in ("one", "two")]
    for preview in previews:
        reach(store, preview, State.DONE)
    assert store.get(long).state is State.RUNNING
