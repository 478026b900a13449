"""run-job: one job of the queue, in a process of its own. Started by the worker alone."""

from __future__ import annotations

import _thread
import argparse
import faulthandler
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import filelock

from core import durable
from core.edge import edge
from core.errors import BrushreelError, DiskFull, JobError
from core.jobs import Job, JobProgress, JobStore, State
from core.jobs.claims import Claim, ClaimLost
from core.progress import Followed
from core.worker.child import CLAIM, DUMP, STOP
from scripts.arguments import whole_number
from scripts.desk import Desk, Ending
from scripts.failures import DONE, STOPPED, Stopped, exit_code
from scripts.kinds import KINDS
from scripts.terminal import Step, details, log, note

U = TypeVar("U")
V = TypeVar("V")

HELP = "Work on one job; for the worker."

_REPORT_EVERY, _LOG_EVERY = 0.5, 30.0
"""Seconds between words to the queue, and lines in the log."""
_PREDECESSOR = 60.0
"""Seconds that a process which had the job before may take to end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queue", type=Path, metavar="FILE", help="where the queue is kept")
    parser.add_argument("job", type=whole_number(1), metavar="JOB")


def run(args: argparse.Namespace) -> int:
    with JobStore(args.queue) as store:
        claim = Claim(store, args.job, os.environ.get(CLAIM, ""))
        claim.job()
        folder = store.folder(args.job)
        folder.mkdir(parents=True, exist_ok=True)
        threading.Thread(target=_obey, daemon=True).start()
        if DUMP is not None:
            faulthandler.register(DUMP)  # into the log, should this process hang
        with _alone(folder):
            claim.runs_as(os.getpid())
            return _work(claim, folder)


def _obey() -> None:
    """Stop when asked to; a worker that is gone must find nobody at its job when it is back."""
    # Not by way of sys.stdin, whose lock this thread would still hold when Python shuts down.
    while said := os.read(0, len(STOP)):
        if said == STOP:
            _thread.interrupt_main(signal.SIGTERM)  # SIGINT may be ignored, as it is under nohup
    os._exit(STOPPED)  # finished chunks survive any kind of end


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A process of a worker that died may still be on its way out."""
    lock = filelock.FileLock(folder / "lock")
    try:
        lock.acquire(timeout=_PREDECESSOR)
    except filelock.Timeout as error:
        raise JobError("Another process still works on this job.",
                       "End it, or restart the computer.") from error
    try:
        yield
    finally:
        lock.release()


def _work(claim: Claim, folder: Path) -> int:
    job = claim.job()
    log(f"Attempt {job.attempts}: {job.title}")
    desk = Desk(job, folder, partial(_told, claim.planned), log)
    try:
        with edge(job.title):
            ending = _seen_through(claim, desk)
        # Before the queue knows: from then on the worker may end this process.
        _write_report(claim.job(), folder, ending)
    except (ClaimLost, Stopped):
        raise
    except DiskFull as error:
        return _over(desk, error, claim.halt)
    except BrushreelError as error:
        return _over(desk, error, claim.fail)
    except OSError as error:
        return _over(desk, BrushreelError(f"The system refused: {error}.",
                                          "Check that place and retry."), claim.fail)
    state = claim.finish(ending.result, ending.warnings)
    for line in ending.lines:
        note(line)
    log(f"The job is {state}.")
    return DONE


def _over(desk: Desk, error: BrushreelError, end: Callable[[BrushreelError], State]) -> int:
    log(str(error))
    with suppress(BrushreelError):  # the disk may be full, which is what there is to report
        _write_report(desk.job, desk.folder,
                      Ending({}, lines=(error.message, f"  {error.hint}"),
                             report={"error": error.message, "hint": error.hint}))
    end(error)
    return exit_code(error)


def _seen_through(claim: Claim, desk: Desk) -> Ending:
    """Every step, told to the queue, until it is done or asked to stop."""
    kind = KINDS.get(desk.job.kind)
    if kind is None:
        raise JobError(f"Nobody here knows how to {desk.job.kind}.",
                       f"Cancel this job; what can be done: {', '.join(KINDS)}.")
    teller = _Teller(claim)
    with Followed(kind(desk)) as steps:
        for progress in steps:
            if teller.stops(progress):
                break
        else:
            teller.finish()
            return steps.result
    claim.stopped()
    raise Stopped("Paused after a chunk.")


class _Teller:
    """Tells the queue how far the job is, and knows when it is to stop after a chunk."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._told = self._logged = -1e9
        self._kept, self._kept_at = -1, time.monotonic()
        self._last: JobProgress | None = None
        self._wished: int | None = None

    def stops(self, progress: JobProgress) -> bool:
        now = time.monotonic()
        fresh = self._last is None or progress.stage != self._last.stage
        grown = progress.kept > self._kept >= 0
        if progress.kept != self._kept or fresh:
            self._kept, self._kept_at = progress.kept, now
        self._last = progress
        if grown or fresh or now - self._told >= _REPORT_EVERY:
            self._told = now
            self._tell(replace(progress, redo_seconds=now - self._kept_at))
        if now - self._logged >= _LOG_EVERY:
            self._logged = now
            log(details(Step(progress.stage, progress.frames, progress.total, progress.fps,
                              progress.eta_seconds, progress.chunk, progress.chunks)))
        return (self._wished is not None and self._wished < progress.kept < progress.total
                and progress.stage != "mux")

    def finish(self) -> None:
        if self._last is not None:
            self._tell(replace(self._last, redo_seconds=0.0))

    def _tell(self, progress: JobProgress) -> None:
        wish = _told(self._claim.report, progress)
        if wish is None:
            return
        if wish != "chunk":
            self._wished = None
        elif self._wished is None:
            self._wished = progress.kept


def _told(tell: Callable[[U], V], what: U) -> V | None:
    """Tell the queue; a disk that is full for a while ends no job."""
    try:
        return tell(what)
    except ClaimLost:
        raise
    except JobError as error:
        log(str(error))
        return None


def _write_report(job: Job, folder: Path, ending: Ending) -> None:
    """report.json for programs, report.txt for people."""
    document: dict[str, Any] = {
        "job": job.id, "kind": job.kind, "title": job.title, "style": job.style,
        "source": str(job.source or ""), "target": str(job.target), "started": job.started,
        "ended": time.time(), "attempts": job.attempts, "plan": dict(job.plan),
        "progress": asdict(job.progress), "warnings": list(ending.warnings),
        "result": dict(ending.result), **ending.report}
    durable.write(folder / "report.json", json.dumps(document, indent=2).encode())
    durable.write(folder / "report.txt", ("\n".join(ending.lines) + "\n").encode())

