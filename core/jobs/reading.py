"""What there is to see of the queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Self

from core.jobs.attendance import Attendance, attendance
from core.jobs.database import Database
from core.jobs.job import Job
from core.jobs.rows import IN_LINE, job_of, listed, only, place_of, target_key
from core.jobs.rules import Rules, rules_of
from core.jobs.states import OPEN, State
from core.paths import data_folder

QUEUE = "queue.db"


class QueueReader:
    """The queue in a file, by default in the data folder."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_folder() / QUEUE
        self.database = Database(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def list(self, states: Collection[State] | None = None, *, newest_first: bool = False,
             limit: int | None = None, offset: int = 0, cleared: bool = False) -> Sequence[Job]:
        """Jobs of these states, or all, in line or the last changed first.

        With renders that were `cleared` from the list, where that is asked for: nothing can be done
        to them, but they say what was rendered.
        """
        rows = "(SELECT * FROM jobs UNION ALL SELECT * FROM cleared)" if cleared else "jobs"
        chosen = "" if states is None else f"WHERE state IN ({listed(frozenset(states))})"
        by = "updated DESC, id DESC" if newest_first else IN_LINE
        return [job_of(row) for row in self.database.read(
            f"SELECT * FROM {rows} {chosen} ORDER BY {by} LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, offset))]

    def get(self, number: int) -> Job:
        """Raises JobError where there is no such job."""
        rows = self.database.read("SELECT * FROM jobs WHERE id = ?", (number,))
        return only(rows, number)

    def counts(self) -> dict[State, int]:
        """How many jobs are in each state; all states are there."""
        rows = self.database.read("SELECT state, count(*) AS jobs FROM jobs GROUP BY state")
        known = {row["state"]: row["jobs"] for row in rows}
        return {state: known.get(state, 0) for state in State}

    def changed(self) -> float:
        """When anything last changed, in seconds since 1970; to know whether to look again."""
        [row] = self.database.read(
            "SELECT coalesce(max(updated), 0) + count(*) * 1e-6 AS mark FROM jobs")
        return float(row["mark"])

    def targets(self) -> frozenset[Path]:
        """The files that jobs which have not ended will write."""
        return frozenset(self.planned())

    def planned(self) -> Mapping[Path, str]:
        """The same with the recipe of each, as JSON; empty for what is no render."""
        return {place_of(target_key(job.target)): job.order.recipe_json
                for job in self.list(OPEN) if job.state in OPEN}

    def worker(self) -> Attendance:
        """Whether a worker is at work, and what it has to say."""
        return attendance(self.database)

    def rules(self) -> Rules:
        """What the worker keeps to."""
        return rules_of(self.database)

    def folder(self, number: int) -> Path:
        """Where a job keeps its log, report and latest picture; it may not be there yet."""
        return self.path.parent / "jobs" / str(number)
