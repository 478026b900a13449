"""The worker's side of the queue: who works on a job, and what became of it.

A claim is a random token. Whatever is written of a job while it runs is written under its token,
so that a process which has lost its job, without knowing yet, cannot touch it any more.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.errors import BrushreelError, JobError
from core.jobs.job import Job, JobProgress, Stop
from core.jobs.rows import IN_LINE, change, found, happen, job_of, listed
from core.jobs.states import ACTIVE, ENDED, Event, State
from core.jobs.store import JobStore


@dataclass(frozen=True, slots=True)
class Claim:
    """One run of one job. Everything here raises ClaimLost where another has the job now."""

    store: JobStore
    number: int
    token: str

    def job(self) -> Job:
        rows = self.store.database.read(
            f"SELECT * FROM jobs WHERE id = ? AND token = ? AND state IN ({listed(ACTIVE)})",
            (self.number, self.token))
        if not rows:
            raise ClaimLost(self.number)
        return job_of(rows[0])

    def report(self, progress: JobProgress) -> Stop:
        """Tell how far it is; gives back what is wished for meanwhile."""
        with self.store.database.writing(lasting=False) as connection:
            job = self._held(connection)
            # Whoever gets on has not been crashing in the same place.
            crashes = 0 if progress.kept > job.progress.kept else job.crashes
            change(connection, self.number, progress=json.dumps(asdict(progress)),
                   crashes=crashes)
            return job.stop

    def planned(self, plan: Mapping[str, Any]) -> None:
        """What was resolved for this run: encoder, chunks, provider, where they lie."""
        self._write(plan=json.dumps(dict(plan), default=str))

    def runs_as(self, pid: int) -> None:
        """Which process works on it."""
        self._write(pid=pid)

    def finish(self, result: Mapping[str, Any], warnings: Sequence[str]) -> State:
        return self._end(Event.WARN if warnings else Event.FINISH,
                         result=json.dumps(dict(result), default=str),
                         warnings=json.dumps(list(warnings)))

    def fail(self, error: BrushreelError) -> State:
        return self._end(Event.FAIL, message=error.message, hint=error.hint)

    def halt(self, error: BrushreelError) -> State:
        """It has stopped of itself and can go on once the cause is gone."""
        return self._end(Event.HALT, message=error.message, hint=error.hint)

    def stopped(self) -> State:
        """It has ended as it was asked to."""
        return self._end(Event.STOP)

    def lost(self, crash: str = "") -> State:
        """Its process ended without a word: the job is interrupted, unless it was to stop.

        `crash` is a sentence on how that came about, where it is the job's own doing.
        """
        with self.store.database.writing() as connection:
            job = self._held(connection)
            return _ended(connection, job, Event.LOSE, message=crash,
                          crashes=job.crashes + bool(crash))

    def _end(self, event: Event, **changes: Any) -> State:
        with self.store.database.writing() as connection:
            return _ended(connection, self._held(connection), event, **changes)

    def _write(self, **changes: Any) -> None:
        with self.store.database.writing(lasting=False) as connection:
            self._held(connection)
            change(connection, self.number, **changes)

    def _held(self, connection: sqlite3.Connection) -> Job:
        row = connection.execute("SELECT token FROM jobs WHERE id = ?", (self.number,)).fetchone()
        if row is None or row["token"] != self.token:
            raise ClaimLost(self.number)
        job = found(connection, self.number)
        if job.state not in ACTIVE:
            raise ClaimLost(self.number)
        return job


class ClaimLost(JobError):
    """The job is another's now, or nobody's."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Job {number} is not this process's to work on.",
                         "Leave it to the worker: see the command work.")


def claim_next(store: JobStore, fits: Callable[[Job], bool]) -> Claim | None:
    """Take the first job in line that may start now and `fits`; None where there is none."""
    now = time.time()
    with store.database.writing() as connection:
        rows = connection.execute(
            "SELECT * FROM jobs WHERE state = ? AND (run_after IS NULL OR run_after <= ?) "
            f"ORDER BY {IN_LINE}", (State.QUEUED, now))
        job = next((job for job in map(job_of, rows)
                    if job.state is State.QUEUED and fits(job)), None)
        if job is None:
            return None
        claim = Claim(store, job.id, uuid.uuid4().hex)
        happen(connection, job, Event.CLAIM, token=claim.token, started=now, ended=None, stop="",
               progress=_at_rest(job.progress), attempts=job.attempts + 1, message="",
               hint="", pid=None)
        return claim


def abandoned(store: JobStore, held: Collection[int] = ()) -> list[Job]:
    """Jobs in nobody's hands, since the worker that had them died; now interrupted.

    For a worker alone, which says what it holds itself.
    """
    with store.database.writing() as connection:
        jobs = [job for job in map(job_of, connection.execute(
            f"SELECT * FROM jobs WHERE state IN ({listed(ACTIVE)})"))
            if job.state in ACTIVE and job.id not in held]
        for job in jobs:
            _ended(connection, job, Event.LOSE)
        return jobs


def requeue_interrupted(store: JobStore, most_crashes: int) -> list[Job]:
    """Put what was interrupted into the line again, where it was.

    What crashes too often fails instead; gives those jobs.
    """
    failed = []
    for job in store.list({State.INTERRUPTED}):
        with store.database.writing() as connection:
            job = found(connection, job.id)
            if job.state is not State.INTERRUPTED:
                continue  # somebody wished for something else meanwhile
            if job.crashes < most_crashes:
                happen(connection, job, Event.REQUEUE)
                continue
            happen(connection, job, Event.FAIL, ended=time.time(),
                   message=f"{job.message.rstrip('.')}. That was {job.crashes} times in a row.",
                   hint="Read its log; another codec or look may get past it, then retry.")
            failed.append(found(connection, job.id))
    return failed


def _ended(connection: sqlite3.Connection, job: Job, event: Event, **changes: Any) -> State:
    """No process works on it any more, whatever comes next."""
    state = happen(connection, job, event, token="", pid=None, stop="", **changes)
    if state in ENDED:
        change(connection, job.id, ended=time.time())
    else:
        change(connection, job.id, progress=_at_rest(job.progress))
    return state


def _at_rest(progress: JobProgress) -> str:
    """What is left of it when no process works on the job: as much as was kept."""
    return json.dumps(asdict(replace(progress, frames=progress.kept, stage="", fps=0.0,
                                     eta_seconds=None, redo_seconds=0.0)))
