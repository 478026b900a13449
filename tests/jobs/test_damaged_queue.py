"""A queue that is damaged in places: whole jobs go on, and the others can be cleared."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from core.errors import JobError
from core.jobs import JobStore, State
from core.jobs.claims import abandoned, claim_next
from core.jobs.database import Database
from core.jobs.rules import Rules
from scripts.cli import main
from tests.jobs.conftest import Ordering

DAMAGES: dict[str, tuple[str, Any]] = {
    "an order that is no JSON": ("job_order", "{"),
    "an order that is no object": ("job_order", "[1]"),
    "an order without a target": ("job_order", '{"kind": "render", "source": null}'),
    "a target that is no path": ("job_order", '{"target": {}, "source": null}'),
    "a title that is no text": ("job_order", json.dumps(
        {"kind": "render", "title": 5, "target": "/x.mp4", "source": None})),
    "an unknown state": ("state", "flying"),
    "progress that is no JSON": ("progress", "{x}"),
    "progress without end": ("progress", '{"eta_seconds": Infinity}'),
    "progress nested too deeply": ("progress", "[" * 100_000),
    "warnings that are no list": ("warnings", "5"),
    "a time that is none": ("created", 1e300),
    "bytes for a message": ("message", b"\xff\x00"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_row_is_a_failed_job(damage: str, store: JobStore, order: Ordering,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    spoiled, whole = store.add_all([order("a.mp4"), order("b.mp4")])
    column, value = DAMAGES[damage]
    with store.database.writing() as connection:
        connection.execute(f"UPDATE jobs SET {column} = ? WHERE id = ?", (value, spoiled.id))
    found = {job.id: job for job in store.list()}
    assert found[spoiled.id].state is State.FAILED
    assert "damaged" in found[spoiled.id].message and "queue clear" in found[spoiled.id].hint
    assert found[whole.id] == whole
    assert main(["queue", "list", "--queue", str(store.path)]) == 0
    assert main(["queue", "show", str(spoiled.id), "--queue", str(store.path)]) == 0
    assert "Traceback" not in "".join(capsys.readouterr())
    assert abandoned(store) == []
    claim = claim_next(store, lambda _: True)
    assert claim is not None and claim.number == whole.id
    assert store.clear([spoiled.id]) == 1
    assert [job.id for job in store.list()] == [whole.id]


@pytest.mark.parametrize("text", ["{", "[]", '{"cpu_jobs": 0}', '{"speed": 1}', "[" * 100_000])
def test_damaged_rules_are_the_usual_ones(text: str, store: JobStore) -> None:
    store.set_rules(Rules(cpu_jobs=3))
    with store.database.writing() as connection:
        connection.execute("UPDATE rules SET rules = ?", (text,))
    assert store.rules() == Rules()


@pytest.mark.parametrize(("column", "value"), [("notes", "{"), ("notes", "5"), ("heartbeat", "x")])
def test_a_worker_of_whom_nothing_can_be_read_is_not_there(column: str, value: str,
                                                          store: JobStore) -> None:
    with store.database.writing() as connection:
        connection.execute("INSERT INTO worker VALUES (1, 1, 0.0, unixepoch(), '[]')")
        connection.execute(f"UPDATE worker SET {column} = ?", (value,))
    assert not store.worker().alive


def test_a_number_larger_than_any_job_has(store: JobStore) -> None:
    with pytest.raises(JobError, match="so large a number"):
        store.get(10**30)


def test_a_schema_that_is_no_text_is_damage(store: JobStore) -> None:
    """SQLite's own message holds the bytes, which Python cannot decode."""
    path = store.path
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = path.read_bytes()
    assert b"CREATE TABLE jobs" in content
    path.write_bytes(content.replace(b"CREATE TABLE jobs", b"\xffREATE TABLE jobs"))
    with pytest.raises(JobError, match=r"cannot be used|damaged"):
        Database(path)


def test_a_text_file_is_no_queue(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    path.write_text("some text " * 200)
    with pytest.raises(JobError, match="damaged"):
        Database(path)
