"""How records lie on the disk: TinyDB's tables as JSON, written whole or not at all, twice.

The second file is there for the day somebody or something spoils the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from core import durable
from core.errors import CheckpointError, DiskFull
from feedback.migration import SCHEMA

Tables = dict[str, dict[str, Any]]
ABOUT, RECORDS = "about", "records"
"""The two tables: which schema the records are in, and they themselves."""


class AtomicStorage(Storage):
    """TinyDB's storage in a file that is replaced, never written into."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Tables | None:
        return tables_in(self._path)

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        content = serialized({**data, ABOUT: {"1": {"schema": SCHEMA}}})
        durable.write(self._path, content)
        with suppress(DiskFull, CheckpointError):  # what was asked for is kept already
            durable.write(spare(self._path), content)


def spare(path: Path) -> Path:
    """Where the second copy lies."""
    return path.with_name(path.name + ".spare")


def tables_in(path: Path) -> Tables | None:
    """What a file holds; None if it is not there. Raises ValueError if it is damaged."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict) or not all(isinstance(table, dict) for table in found.values()):
        raise ValueError("not tables")
    return found


def serialized(data: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Each record on a line of its own, so that damage to one spares the others."""
    tables = []
    for name, table in data.items():
        rows = ",\n".join(f"{json.dumps(str(key))}: {json.dumps(row)}"
                          for key, row in table.items())
        tables.append(f"{json.dumps(name)}: {{\n{rows}\n}}")
    return ("{" + ",\n".join(tables) + "}\n").encode()


_OPENED = re.compile(r'\{\s*"')
_NAMES = 40
"""Characters that names of tables and numbers of records may fill between two records."""


def salvaged(text: str) -> Iterator[dict[str, Any] | str]:
    """What is left in a damaged file: each record that can be read, as plain values, and each
    stretch that cannot, as text.
    """
    decoder, at, lost = json.JSONDecoder(), 0, ""
    while (opened := _OPENED.search(text, at)) is not None:
        start = opened.start()
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            found, end = None, start + 1
        if isinstance(found, dict) and "kind" in found:
            yield from filter(None, [_meaning(lost + text[at:start])])
            yield found
            at, lost = end, ""
        else:
            lost += text[at:end]
            at = end
    yield from filter(None, [_meaning(lost + text[at:])])


def _meaning(text: str) -> str:
    """The text between records, empty where it is only what parts them."""
    stripped = text.strip(" \t\r\n,{}")
    return stripped if len(stripped) > _NAMES else ""

