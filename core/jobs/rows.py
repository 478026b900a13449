"""Rows of the database as jobs."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import JobError
from core.jobs.job import Job, Order, order_values
from core.jobs.states import OPEN, Event, State, after

if TYPE_CHECKING:
    from pydantic import TypeAdapter

IN_LINE = "priority DESC, position, id"
"""The order in which queued jobs are taken."""


def job_of(row: sqlite3.Row) -> Job:
    """One whose row is damaged stands as failed, so that it can be cleared and the others go on."""
    try:
        values = {name: json.loads(value) if name in _JSON else value
                  for name, value in dict(row).items()}
        return _job().validate_python({**values, "order": order_values(row["job_order"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Job(row["id"], Order("damaged", f"Job {row['id']}", Path("?")), State.FAILED,
                   message="What is kept of this job is damaged.",
                   hint=f"Remove it with the command queue clear {row['id']}.")


_JSON = ("progress", "plan", "result", "warnings")


@cache
def _job() -> TypeAdapter[Job]:
    from pydantic import TypeAdapter  # heavy: a command's help lists no job

    return TypeAdapter(Job)


def found(connection: sqlite3.Connection, number: int) -> Job:
    """Raises JobError where there is no such job."""
    return only(connection.execute("SELECT * FROM jobs WHERE id = ?", (number,)).fetchall(), number)


def only(rows: Sequence[sqlite3.Row], number: int) -> Job:
    """The job of what a question for job `number` gave; JobError where it gave nothing."""
    if not rows:
        raise JobError(f"There is no job {number}.", "See the command queue list.")
    return job_of(rows[0])


def happen(connection: sqlite3.Connection, job: Job, event: Event, **changes: Any) -> State:
    """Let something happen to a job, with what else it changes; JobError where it cannot."""
    try:
        state = after(job.state, event)
    except JobError as error:
        raise JobError(error.message.replace("The job", f"Job {job.id}", 1), error.hint) from None
    change(connection, job.id, state=state, **changes)
    return state


def change(connection: sqlite3.Connection, number: int, **values: Any) -> None:
    """Set columns, whose names are ours and never anybody's text."""
    values = {name: _storable(value) for name, value in values.items()}
    columns = ", ".join(f"{name} = ?" for name in values)
    if "updated" not in values:
        # Never back, though the clock is set back: what changed last is the last of all.
        columns += ", updated = max(?, (SELECT coalesce(max(updated), 0) + 1e-6 FROM jobs))"
        values[""] = time.time()
    connection.execute(f"UPDATE jobs SET {columns} WHERE id = ?", (*values.values(), number))


def _storable(value: Any) -> Any:
    """File names, and so what is said of them, may hold bytes that are no text."""
    if not isinstance(value, str):
        return value
    return value.encode(errors="backslashreplace").decode()


def target_key(target: Path) -> bytes:
    """Equal for two spellings of one place."""
    return os.fsencode(os.path.normcase(target.absolute()))


def place_of(key: bytes) -> Path:
    """The inverse of `target_key`."""
    return Path(os.fsdecode(key))


def check_target(connection: sqlite3.Connection, target: Path, but: int = 0) -> None:
    """Raises JobError where another job that has not ended will write this file."""
    held = connection.execute(
        f"SELECT id FROM jobs WHERE target_key = ? AND id != ? AND state IN ({listed(OPEN)})",
        (target_key(target), but)).fetchone()
    if held is not None:
        raise TargetTaken(f"Job {held['id']} will write {target} already.",
                          "Choose another name, or cancel that job.")


class TargetTaken(JobError):
    """Another job in the queue will write the same file."""


def listed(states: frozenset[State]) -> str:
    """As SQL has them; they are ours."""
    return ", ".join(f"'{state}'" for state in sorted(states))
