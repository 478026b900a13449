"""The order in which jobs are taken, as people arrange it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from core.jobs.rows import IN_LINE, change, found, job_of, listed
from core.jobs.states import OPEN


def moved(connection: sqlite3.Connection, number: int, before: int | None, *, to_top: bool
          ) -> None:
    """Put a job before another, whose priority it takes, or first or last among its equals."""
    job = found(connection, number)
    line = [job_of(row) for row in connection.execute(
        f"SELECT * FROM jobs WHERE state IN ({listed(OPEN)}) AND id != ? ORDER BY {IN_LINE}",
        (number,))]
    if before is not None:
        job = replace(job, priority=found(connection, before).priority)
    end = 0 if to_top and before is None else len(line)
    line.insert(next((at for at, other in enumerate(line) if other.id == before), end), job)
    for position, other in enumerate(line, 1):
        if other.position != position or other.id == number:
            change(connection, other.id, position=position, priority=other.priority)
