"""Whether a worker is there: it signs in about once a second."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.jobs.database import Database

MISSED = 15.0
"""Seconds without a sign of life after which a worker counts as gone."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """The worker that signed in last. `notes` are sentences: why it waits, or runs on battery."""

    alive: bool
    pid: int | None = None
    started: float | None = None
    heartbeat: float | None = None
    notes: tuple[str, ...] = ()


def attendance(database: Database) -> Attendance:
    rows = database.read("SELECT * FROM worker")
    if not rows:
        return Attendance(alive=False)
    [row] = rows
    try:
        alive = abs(time.time() - row["heartbeat"]) < MISSED
        notes = tuple(map(str, json.loads(row["notes"]))) if alive else ()
    except (ValueError, TypeError, RecursionError):
        return Attendance(alive=False)  # a worker that is there writes it again at once
    return Attendance(alive, row["pid"], row["started"], row["heartbeat"], notes)


def sign_in(database: Database, pid: int, started: float, notes: Sequence[str]) -> None:
    """What a worker does again and again; only the one that holds the lock may."""
    with database.writing(lasting=False) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO worker (one, pid, started, heartbeat, notes) "
            "VALUES (1, ?, ?, ?, ?)", (pid, started, time.time(), json.dumps(list(notes))))


def sign_out(database: Database) -> None:
    with database.writing() as connection:
        connection.execute("DELETE FROM worker")
