"""FeedbackStore: everything said of renders on this machine, in one file that several write.

The app, the worker and the command line each open the store anew for every operation, under a lock
between processes, so that none works on what another has changed. Whatever cannot be read as a
record is set aside in `feedback.damaged.json`, with the reason, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import filelock
from tinydb import TinyDB, where
from tinydb.queries import QueryLike
from tinydb.table import Table

from core import durable
from core.edge import edge
from core.errors import InputError, InvalidParameter
from core.paths import data_folder
from feedback.mending import Damage, mend, set_aside
from feedback.records import RECORD, Approval, Rating, Record, Vote, samples
from feedback.storage import RECORDS, AtomicStorage

_PATIENCE = 30.0
"""Seconds to wait for another process; an operation takes milliseconds."""

R = TypeVar("R", Rating, Vote, Approval)


class FeedbackStore:
    """Ratings, votes and approvals, oldest first.

    Every method raises InputError where the store was written by a newer Brushreel or is locked
    by a process that hangs, and DiskFull or CheckpointError where it cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        """By default `feedback/feedback.json` in the data folder."""
        self.path = path or data_folder() / "feedback" / "feedback.json"

    def add(self, record: R) -> R:
        """Keep a record; it is on the disk when this returns."""
        with self._open() as table:
            table.insert(_plain(record))
        return record

    def add_all(self, records: Iterable[Record]) -> int:
        """Keep those that are not there yet, all at once; how many that were."""
        with self._open() as table:
            known = {row["id"] for row in table}
            new = list({record.id: record for record in records if record.id not in known}.values())
            table.insert_multiple(_plain(record) for record in new)
        return len(new)

    def replace(self, record: R) -> R:
        """Keep a record in place of the one with its `id`; raises InvalidParameter if none is."""
        with self._open() as table:
            if not table.update(_plain(record), _with_id(record.id)):
                raise _unknown(record.id)
        return record

    def remove(self, identity: str) -> None:
        """Forget the record with that `id`; raises InvalidParameter if none has it."""
        with self._open() as table:
            if not table.remove(_with_id(identity)):
                raise _unknown(identity)

    def records(self, look: str | None = None) -> list[Record]:
        """All of them, or those that speak of a look, named as `Sample.look` is."""
        with self._open() as table:
            found = [RECORD.validate_python(dict(row)) for row in table]
        return [record for record in sorted(found, key=lambda record: record.made)
                if look is None or any(sample.look == look for sample in samples(record))]

    def ratings(self, look: str | None = None) -> list[Rating]:
        return [record for record in self.records(look) if isinstance(record, Rating)]

    def votes(self, look: str | None = None) -> list[Vote]:
        return [record for record in self.records(look) if isinstance(record, Vote)]

    def approvals(self, look: str | None = None) -> list[Approval]:
        return [record for record in self.records(look) if isinstance(record, Approval)]

    def damage(self) -> list[Damage]:
        """What was ever set aside, and where it came from."""
        with self._open():
            return set_aside(self.path)

    @contextmanager
    def _open(self) -> Iterator[Table]:
        with durable.saving(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.path.with_name(self.path.name + ".lock"), timeout=_PATIENCE)
        try:
            with durable.saving(self.path):
                lock.acquire()
        except filelock.Timeout as error:
            raise InputError(f"{self.path.name} is held by another process.",
                             "End other Brushreel processes and try again.") from error
        try:
            with edge(self.path):
                mend(self.path)
            with TinyDB(self.path, storage=AtomicStorage) as base:
                yield base.table(RECORDS)
        finally:
            lock.release()


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json")


def _with_id(identity: str) -> QueryLike:
    return where("id") == identity


def _unknown(identity: str) -> InvalidParameter:
    return InvalidParameter(f"There is no record {identity}.", "See the command feedback list.")
