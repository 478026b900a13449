"""Days of work for a worker: a full disk, a hung decoder, a machine asleep, a clock set back."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from core.errors import JobError
from core.jobs import LOW, JobProgress, JobStore, Order, State
from core.jobs.attendance import sign_in
from core.jobs.claims import Claim, abandoned, claim_next
from core.recipe import Recipe
from core.render.options import RenderOptions
from core.worker import Duties, Worker
from scripts import run_job
from scripts.desk import Desk, Ending, Steps
from scripts.failures import exit_code
from tests import reels
from tests.jobs.conftest import Add, Hire, Ordering
from tests.jobs.test_worker import PATIENCE, done_with_kept, journal, reach, units, until
from tests.render.disks import Disk, mounted

RECIPE = Recipe.build({"layers": [{"style": "pencil"}], "output": {"codec": "ffv1"},
                       "temporal": {"mode": "ema"}, "preset": "speed"})
kills = pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does it")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """What the queue lies on."""
    with mounted(tmp_path / "data", "size=2m") as one:
        yield one


def fill(folder: Path) -> Path:
    """Leave no room at all."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_a_full_disk_refuses_a_job_and_keeps_the_queue(disk: Disk, store: JobStore, order: Ordering
                                                       ) -> None:
    kept = store.add(order("kept.mp4"))
    ballast = fill(disk.folder)
    with pytest.raises(JobError, match="cannot be used now") as failure:
        for number in range(200):  # the log has some room left
            store.add(order(f"{number}.mp4"))
    assert exit_code(failure.value) == 2
    count = len(store.list())
    ballast.unlink()
    assert store.get(kept.id) == kept
    assert store.add(order("more.mp4")).id == count + 1


@kills
@pytest.mark.long
def test_a_queue_whose_disk_is_full_for_a_while(disk: Disk, store: JobStore, hire: Hire, add: Add,
                                                tmp_path: Path) -> None:
    """What ends meanwhile cannot be written down; as soon as there is room it is seen to."""
    job = add("count", units=40, chunk=5, pause=0.1)
    worker = hire()
    done_with_kept(store, job, 5)
    child, ballast = psutil.Process(store.get(job).pid), fill(disk.folder)
    until(lambda: (tmp_path / "a.out").exists())
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    ballast.unlink()
    if reach(store, job, State.DONE, State.PAUSED) is State.PAUSED:
        assert "no room left in " in store.get(job).message
        store.resume(job)
        reach(store, job, State.DONE)
    assert worker.poll() is None
    assert not any("TWICE" in line for line in journal(tmp_path))
    assert sorted(set(units(tmp_path))) == [*range(40)]


def _full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_report_that_finds_no_room_pauses_its_job(
        store: JobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(_: Desk) -> Steps:
        yield JobProgress("render", 1, 1)
        return Ending({"frames": 1})

    monkeypatch.setattr(run_job, "KINDS", {"quick": at_once})
    job = store.add(Order("quick", "a", tmp_path / "a.out")).id
    store.folder(job).mkdir(parents=True)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        assert run_job._work(_claimed(store), store.folder(job)) == 2
    assert store.get(job).state is State.PAUSED
    assert "no room left in " in store.get(job).message
    assert list(store.folder(job).iterdir()) == []
    store.resume(job)
    assert run_job._work(_claimed(store), store.folder(job)) == 0
    assert store.get(job).state is State.DONE


def test_a_process_that_finds_no_room_for_its_log_pauses_its_job(
        store: JobStore, order: Ordering, monkeypatch: pytest.MonkeyPatch) -> None:
    job = store.add(order()).id
    worker = Worker(store, Duties(command=("none",)))
    monkeypatch.setattr("core.worker.worker.Child", _full)
    assert worker._claim()
    assert store.get(job).state is State.PAUSED
    assert "no room left in " in store.get(job).message


def _claimed(store: JobStore) -> Claim:
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    return claim


def test_what_a_worker_holds_is_not_abandoned(store: JobStore, order: Ordering) -> None:
    jobs = [store.add(order(f"{number}.mp4")) for number in range(3)]
    for _ in range(2):
        _claimed(store)
    assert [job.id for job in abandoned(store, held={jobs[0].id: "child"})] == [jobs[1].id]
    assert [store.get(job.id).state for job in jobs] == [
        State.RUNNING, State.INTERRUPTED, State.QUEUED]


@kills
@pytest.mark.long
def test_a_decoder_that_hangs_is_ended_and_the_render_goes_on(store: JobStore, hire: Hire,
                                                              tmp_path: Path) -> None:
    path = reels.source("b-frames", tmp_path)
    order = Order.render(path, tmp_path / "out.mkv", RECIPE, RenderOptions(chunk=1))
    job = store.add(Order("stuck", order.title, order.target, order.source, order.style,
                          order.recipe_json, order.options)).id
    assert hire("once").wait(2 * PATIENCE) == 0
    done = store.get(job)
    assert (done.state, done.attempts) == (State.DONE, 2)
    assert done.result["resumed_frames"] >= 10
    log = (store.folder(job) / "log.txt").read_text()
    assert "decoder_that_hangs" in log  # where each thread was
    assert "frames" in log


@kills
@pytest.mark.long
def test_a_machine_that_sleeps_blames_no_job(store: JobStore, hire: Hire, add: Add,
                                             tmp_path: Path) -> None:
    """Everything stands still for longer than the watchdog's three seconds."""
    job = add("count", units=300, chunk=300)
    worker = hire("once")
    until(lambda: store.get(job).progress.frames > 5)
    family = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGSTOP)
    time.sleep(6)
    for process in reversed(family):
        process.send_signal(signal.SIGCONT)
    assert worker.wait(PATIENCE) == 0
    assert (store.get(job).state, store.get(job).attempts) == (State.DONE, 1)
    assert journal(tmp_path).count("start") == 1


def test_a_clock_that_is_set_back(store: JobStore, order: Ordering,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """By hours: what changed last stays last, and a worker that signs in is there."""
    first, second = store.add(order("1.mp4")), store.add(order("2.mp4"))
    store.pause(first.id)
    mark, now = store.changed(), time.time()
    sign_in(store.database, os.getpid(), now, ())
    for priority, jump in enumerate((-7200, 7200, -86400), LOW):
        monkeypatch.setattr(time, "time", lambda shift=jump: now + shift)
        store.set_priority(second.id, priority)
        assert store.changed() > mark
        mark = store.changed()
        assert store.list(newest_first=True)[0].id == second.id
        sign_in(store.database, os.getpid(), now, ())
        assert store.worker().alive


def test_a_time_to_start_is_the_clock_s(store: JobStore, order: Ordering,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    store.add(order("later.mp4"), run_after=now + 3600)
    assert claim_next(store, lambda _: True) is None
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert claim_next(store, lambda _: True) is not None
