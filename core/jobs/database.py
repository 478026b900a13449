"""The file the queue lives in: SQLite with a write-ahead log, written by several processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

from core.edge import edge
from core.errors import JobError

VERSION = 3
_PATIENCE = 15.0
"""Seconds to wait for another process that is writing."""

_SCHEMA = """
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_order TEXT NOT NULL,
    target_key TEXT NOT NULL,
    state TEXT NOT NULL,
    priority INTEGER NOT NULL,
    position INTEGER NOT NULL,
    run_after REAL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    updated REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    stop TEXT NOT NULL DEFAULT '',
    token TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    progress TEXT NOT NULL DEFAULT '{}',
    plan TEXT NOT NULL DEFAULT '{}',
    result TEXT NOT NULL DEFAULT '{}',
    warnings TEXT NOT NULL DEFAULT '[]',
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_in_line ON jobs (state, priority DESC, position, id);
CREATE INDEX jobs_by_target ON jobs (target_key);
CREATE TABLE worker (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    pid INTEGER NOT NULL,
    started REAL NOT NULL,
    heartbeat REAL NOT NULL,
    notes TEXT NOT NULL DEFAULT '[]'
);
"""


_SINCE_1 = """
CREATE TABLE rules (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    rules TEXT NOT NULL
);
"""


_SINCE_2 = """
CREATE TABLE cleared AS SELECT * FROM jobs WHERE 0;
CREATE UNIQUE INDEX cleared_by_id ON cleared (id);
"""
"""Renders that were taken off the list: what there is to see and to count of them stays."""


class Database:
    """One connection, usable from any thread; made with its folder where it is not there yet.

    Raises JobError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._turn = path, threading.RLock()
        with edge(path), self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two processes that both find nothing must not both begin.
            with filelock.FileLock(path.with_name(path.name + ".opening"), timeout=_PATIENCE):
                self._connection = sqlite3.connect(
                    path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
                self._connection.row_factory = sqlite3.Row
                self._prepare()

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with edge(self.path), self._turn, self._translated():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self, *, lasting: bool = True) -> Iterator[sqlite3.Connection]:
        """Everything inside happens, or nothing of it.

        What is `lasting` outlives a power cut; the rest may be as it was a moment before.
        """
        with self._turn, self._translated():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            self._connection.close()
            raise JobError(f"The queue in {self.path} was made by a later version of Brushreel.",
                           "Update Brushreel, or move that file away to begin a new queue.")
        steps = (_SCHEMA, _SINCE_1, _SINCE_2)[version:]
        if steps:
            self._connection.executescript(
                f"BEGIN; {' '.join(steps)} PRAGMA user_version = {VERSION}; COMMIT;")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise JobError(f"The queue in {self.path} cannot be used now ({error}).",
                           "Check the disk and the folder, and try again.") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise JobError(f"The queue in {self.path} is damaged ({error}).",
                           "Move that file away; a new queue begins without it.") from error
        except OverflowError as error:
            raise JobError("No job has so large a number.",
                           "See the command queue list.") from error
        except (OSError, filelock.Timeout) as error:
            raise JobError(f"The queue in {self.path} cannot be opened ({error}).",
                           "Check that folder, and try again.") from error
