"""Making a store whole again: damaged records set aside and named, lost ones fetched from the copy.

What is set aside lies in `feedback.damaged.json`, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from core import durable
from core.errors import InputError
from feedback.migration import SCHEMA, migrated
from feedback.records import RECORD
from feedback.storage import ABOUT, RECORDS, AtomicStorage, Tables, salvaged, spare, tables_in


class Damage(BaseModel):
    """Something in the store that was no record: what it was, why, and when it was set aside."""

    model_config = ConfigDict(frozen=True)

    what: str
    why: str
    when: str
    content: Any


def mend(path: Path) -> None:
    """Bring what lies there to this version's schema, and set aside what is no record.

    Raises InputError, and changes nothing, where it is of a newer version.
    """
    try:
        tables = tables_in(path)
    except ValueError:
        _rebuild(path)
        return
    if tables is None:
        if spare(path).exists():
            _rebuild(path)
        return
    tables, schema = _current(tables, path)
    rows, damaged = _sorted_out(tables[RECORDS])
    if damaged:
        lost = {str(row.get("id")) for row in damaged.values() if isinstance(row, dict)}
        rows |= {key: row for key, row in _spare_rows(path).items()
                 if key in damaged or row["id"] in lost}
        _keep_aside(path, [_damage(f"record {key}", row) for key, row in damaged.items()])
    if damaged or schema != SCHEMA:
        _write(path, rows.values())


def aside(path: Path) -> Path:
    """Where damaged records of a store are kept."""
    return path.with_name(path.stem + ".damaged.json")


def set_aside(path: Path) -> list[Damage]:
    """All damage a store ever had."""
    kept = aside(path)
    try:
        return [Damage.model_validate(one) for one in json.loads(kept.read_bytes())]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, RecursionError):
        with durable.saving(kept):
            durable.rename(kept, kept.with_suffix(f".{datetime.now(UTC):%Y%m%d%H%M%S}"))
        return []


def _rebuild(path: Path) -> None:
    """From every record that can be read in the damaged file, and the second copy."""
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    found: list[Mapping[str, Any]] = []
    damaged: list[Damage] = []
    for piece in salvaged(text):
        if isinstance(piece, str):
            damaged.append(_damage("text between records", piece))
        elif reason(piece) is None:
            found.append(piece)
        else:
            damaged.append(_damage("a record", piece))
    known = {row["id"] for row in found}
    found += [row for row in _spare_rows(path).values() if row["id"] not in known]
    if damaged:
        _keep_aside(path, damaged)
    _write(path, found)


def _current(tables: Tables, path: Path) -> tuple[Tables, int]:
    """The tables in today's schema, and the one they were in."""
    about = tables.get(ABOUT, {}).get("1", {})
    schema = about.get("schema", SCHEMA) if isinstance(about, dict) else SCHEMA
    if not isinstance(schema, int) or schema > SCHEMA:
        raise InputError(f"{path.name} was written by a newer Brushreel.",
                         f"Update Brushreel, or move {path.parent} away to begin anew.")
    return {**tables, RECORDS: migrated(tables.get(RECORDS, {}), schema)}, schema


def _spare_rows(path: Path) -> dict[str, Any]:
    try:
        tables = tables_in(spare(path))
    except ValueError:
        return {}
    return {} if tables is None else _sorted_out(_current(tables, path)[0][RECORDS])[0]


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    ordered = sorted(rows, key=lambda row: RECORD.validate_python(row).made)
    AtomicStorage(path).write({
        RECORDS: {str(number): row for number, row in enumerate(ordered, 1)}})


def _keep_aside(path: Path, damaged: Iterable[Damage]) -> None:
    every = [*set_aside(path), *damaged]
    durable.write(aside(path), json.dumps([one.model_dump() for one in every], indent=2).encode())


def _sorted_out(rows: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those that are records, and those that are not, by their number."""
    good = {key: row for key, row in rows.items() if key.isdecimal() and reason(row) is None}
    return good, {key: row for key, row in rows.items() if key not in good}


def reason(row: Any) -> str | None:
    """What keeps plain values from being a record; None if nothing does."""
    try:
        RECORD.validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return None


def _damage(what: str, content: Any) -> Damage:
    why = reason(content) if isinstance(content, dict) else "it cannot be read"
    return Damage(what=what, why=why or "it has no number", when=datetime.now(UTC).isoformat(),
                  content=content)
