"""Records into files and back, as JSON or CSV; both hold all of them exactly.

In CSV each record is a row. A text that a spreadsheet would take for a formula gets an apostrophe
in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import durable
from core.edge import edge
from core.errors import InputError, InvalidParameter
from feedback.mending import reason
from feedback.migration import SCHEMA, migrated
from feedback.records import RECORD, Record

_PARTS = ("sample", "first", "second")
_INSIDE = ("source", "fingerprint", "start", "end", "models", "metrics", "recipe")
_OWN = ("kind", "id", "made", "stars", "preferred", "blind", "approved", "note")
COLUMNS = (*_OWN, *(f"{part}.{name}" for part in _PARTS for name in _INSIDE))
_PLAIN = {"kind", "id", "made", "preferred", "note", "source", "fingerprint", "start", "end"}
"""Columns of text; the others hold JSON."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: records, and what in it was none, each with its place and the reason."""

    records: tuple[Record, ...]
    refused: tuple[str, ...]


def write_records(records: Sequence[Record], path: Path) -> None:
    """Into a file whose suffix is .json or .csv; raises InvalidParameter for another."""
    rows = [record.model_dump(mode="json") for record in records]
    durable.write(path, _form(path)[0](rows).encode())


def read_records(path: Path) -> Imported:
    """Out of such a file; raises InputError where it cannot be read as one at all."""
    read = _form(path)[1]
    with edge(path):
        try:
            rows = read(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, csv.Error, RecursionError) as error:
            raise InputError(f"{path} cannot be read as records.",
                             "Give a file that Brushreel exported.") from error
        reasons = [reason(row) for row in rows]
        return Imported(
            tuple(RECORD.validate_python(row)
                  for row, why in zip(rows, reasons, strict=True) if why is None),
            tuple(f"record {number}: {why}"
                  for number, why in enumerate(reasons, 1) if why is not None))


def check_form(path: Path) -> None:
    """Raises InvalidParameter for a file whose suffix is neither .json nor .csv."""
    _form(path)


def _form(path: Path) -> tuple[Callable[[Sequence[Mapping[str, Any]]], str],
                               Callable[[str], list[Any]]]:
    forms = {".json": (_as_json, _from_json), ".csv": (_as_csv, _from_csv)}
    if path.suffix.lower() not in forms:
        raise InvalidParameter(f"{path.name} does not say in which form records are kept.",
                               "Let it end in .json or .csv.")
    return forms[path.suffix.lower()]


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"schema": SCHEMA, "records": rows}, indent=2) + "\n"


def _from_json(text: str) -> list[Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get("records"), list):
        raise ValueError("no records")
    schema = found.get("schema")
    if not isinstance(schema, int) or schema > SCHEMA:
        raise ValueError("a newer schema")
    numbered = {str(number): row for number, row in enumerate(found["records"])}
    return list(migrated(numbered, schema).values())


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in rows:
        flat = {name: row[name] for name in _OWN if name in row}
        flat |= {f"{part}.{name}": row[part][name] for part in _PARTS if part in row
                 for name in _INSIDE}
        table.writerow({name: _cell(name, value) for name, value in flat.items()})
    return written.getvalue()


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column.split(".")[-1] not in _PLAIN:
        return json.dumps(value)
    text = json.dumps(value)[1:-1] if any(mark in value for mark in "\r\n\0\\") else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _from_csv(text: str) -> list[Any]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if set(table.fieldnames or ()) != set(COLUMNS):
        raise ValueError("other columns")
    return [_row(cells) for cells in table]


def _row(cells: Mapping[str, str | None]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    kind = cells["kind"]
    parts = ("first", "second") if kind == "vote" else ("sample",)
    own = {"rating": {"stars"}, "vote": {"preferred", "blind"}, "approval": {"approved"}}
    for name in _OWN:
        if name in {"kind", "id", "made", "note"} | own.get(str(kind), set()):
            row[name] = _value(name, cells[name])
    for part in parts:
        row[part] = {name: _value(name, cells[f"{part}.{name}"]) for name in _INSIDE}
    return row


def _value(name: str, cell: str | None) -> Any:
    """What a cell means; what means nothing stays text, for the record to refuse."""
    if name in ("start", "end") and not cell:
        return None
    text = cell or ""
    if name not in _PLAIN:
        try:
            return json.loads(text)
        except ValueError:
            return text
    text = text.removeprefix("'")
    if "\\" in text:
        try:
            return json.loads(f'"{text}"')
        except ValueError:
            return text
    return text
