"""How records of earlier versions become those of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Row = Mapping[str, Any]
MIGRATIONS: Mapping[int, Callable[[Row], Row]] = MappingProxyType({})
"""By the schema a record is in: what makes it one of the next. Grows whenever a field changes in a
way that old records do not fit; what has a default needs none."""
SCHEMA = 1
"""What is written today."""


def migrated(rows: Mapping[str, Any], schema: int,
             migrations: Mapping[int, Callable[[Row], Row]] = MIGRATIONS,
             wanted: int = SCHEMA) -> dict[str, Any]:
    """Rows of an earlier schema, step by step; what is no row at all stays as it is."""
    now = dict(rows)
    for version in range(schema, wanted):
        now = {key: migrations[version](row) if isinstance(row, Mapping) else row
               for key, row in now.items()}
    return now
