"""JobStore: the one queue, as the application, the command line and scripts see it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from core.errors import JobError
from core.jobs.job import HIGH, LOW, NORMAL, Job, Order
from core.jobs.line import moved
from core.jobs.reading import QueueReader
from core.jobs.rows import change, check_target, found, happen, place_of, target_key
from core.jobs.rules import Rules, set_rules
from core.jobs.states import ENDED, Event, State
from core.jobs.unfinished import remove_unfinished


class JobStore(QueueReader):
    """The queue in a file, by default in the data folder; everybody opens the same one.

    >>> with JobStore() as store:
    ...     job = store.add(Order.render(source, target, recipe))
    ...     store.pause(job.id)

    Whoever works on jobs is a worker process; here they are listed, added, and wished for. Each
    wish takes effect as one transaction and returns the job as it then is; JobError says why it
    is refused. Safe to use from several threads and processes.
    """

    # Adding and changing

    def add(self, order: Order, *, priority: int = NORMAL, run_after: float | None = None,
            paused: bool = False) -> Job:
        """Queue a job, last in line. Raises JobError where another will write the same file."""
        return self.add_all([order], priority=priority, run_after=run_after, paused=paused)[0]

    def add_all(self, orders: Iterable[Order], *, priority: int = NORMAL,
                run_after: float | None = None, paused: bool = False) -> Sequence[Job]:
        """Queue many in one go, all or none."""
        now, added = time.time(), []
        state = State.PAUSED if paused else State.QUEUED
        with self.database.writing() as connection:
            [last] = connection.execute("SELECT coalesce(max(position), 0) FROM jobs").fetchone()
            for place, order in enumerate(orders, last + 1):
                check_target(connection, order.target)
                row = connection.execute(
                    "INSERT INTO jobs (job_order, target_key, state, priority, position, "
                    "run_after, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (order.to_json(), target_key(order.target), state, _priority(priority),
                     place, run_after, now, now))
                added.append(found(connection, int(row.lastrowid or 0)))
        return added

    def edit(self, number: int, order: Order) -> Job:
        """Put another order in the place of a job that is queued or paused."""
        return self._wish(number, Event.EDIT, order=order)

    def duplicate(self, number: int, target: Path) -> Job:
        """Queue the same once more, into another file."""
        job = self.get(number)
        return self.add(job.order.to(target), priority=job.priority)

    # Wishes

    def pause(self, number: int, *, after_chunk: bool = False) -> Job:
        """Stop at once, or when the chunk in progress is done and nothing has to be redone."""
        if after_chunk:
            return self._wish(number, Event.PAUSE_AFTER_CHUNK, stop="chunk")
        return self._wish(number, Event.PAUSE, stop="now")

    def resume(self, number: int) -> Job:
        """Let a paused job go on, or take a pause back that has not come about."""
        return self._wish(number, Event.RESUME, stop="", message="", hint="")

    def cancel(self, number: int) -> Job:
        """End a job; what it has rendered stays until it is cleared, for a retry."""
        return self._wish(number, Event.CANCEL, stop="cancel")

    def retry(self, number: int) -> Job:
        """Queue a failed or cancelled job again; it goes on with what it had."""
        return self._wish(number, Event.RETRY, stop="", message="", hint="", crashes=0,
                          ended=None)

    def retry_failed(self) -> Sequence[Job]:
        """Every failed job whose target no other job has taken since."""
        again = []
        for job in self.list({State.FAILED}):
            try:
                again.append(self.retry(job.id))
            except JobError:
                continue  # its target is another job's now, or somebody was faster
        return again

    def set_priority(self, number: int, priority: int) -> Job:
        """HIGH, NORMAL or LOW; of jobs of one priority the first in line goes first."""
        return self._set(number, priority=_priority(priority))

    def run_later(self, number: int, run_after: float | None) -> Job:
        """Do not start before this time, in seconds since 1970; None for as soon as can be."""
        return self._set(number, run_after=run_after)

    def move(self, number: int, *, before: int | None = None, to_top: bool = False) -> Job:
        """Put a job before another, whose priority it takes, or first or last of its own."""
        with self.database.writing() as connection:
            moved(connection, number, before, to_top=to_top)
            return found(connection, number)

    def clear(self, numbers: Iterable[int] | None = None) -> int:
        """Take jobs that have ended off the list, all or these; how many.

        Logs and unfinished work go with them. What a render was and came to stays readable, see
        `list`; of other kinds of jobs nothing does.
        """
        with self.database.writing() as connection:
            jobs = (self.list(ENDED) if numbers is None
                    else [found(connection, number) for number in numbers])
            for job in jobs:
                happen(connection, job, Event.CLEAR, updated=job.updated)
                if job.kind == "render":
                    connection.execute("INSERT INTO cleared SELECT * FROM jobs WHERE id = ?",
                                       (job.id,))
                connection.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
        open_targets = self.targets()
        for job in jobs:
            shutil.rmtree(self.folder(job.id), ignore_errors=True)
            if place_of(target_key(job.target)) not in open_targets:  # which may go on with it
                remove_unfinished(job)
        return len(jobs)

    def set_rules(self, rules: Rules) -> None:
        """From now on, for a worker that is at work too."""
        set_rules(self.database, rules)

    def _wish(self, number: int, event: Event, order: Order | None = None, **changes: Any) -> Job:
        with self.database.writing() as connection:
            job = found(connection, number)
            if event in (Event.RETRY, Event.EDIT):
                check_target(connection, (order or job.order).target, number)
            if order is not None:
                changes |= {"job_order": order.to_json(), "target_key": target_key(order.target)}
            state = happen(connection, job, event, **changes)
            if state is State.CANCELLED:
                change(connection, number, ended=time.time())
            return found(connection, number)

    def _set(self, number: int, **changes: Any) -> Job:
        with self.database.writing() as connection:
            found(connection, number)
            change(connection, number, **changes)
            return found(connection, number)


def _priority(value: int) -> int:
    if not LOW <= value <= HIGH:
        raise JobError(f"A priority of {value} is refused.", f"Give {LOW} to {HIGH}.")
    return value
