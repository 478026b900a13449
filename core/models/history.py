"""Which version of an installed network is current, and what happened to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from core import durable
from core.edge import edge
from core.errors import ModelCorrupt

FILE = "history.json"


class Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    date: str
    what: str


class History(BaseModel):
    """`changes` are in order, the newest last; 0 stands for the version that is shipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    current: int = Field(ge=0)
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """What `folder` holds; None where nothing was ever written there."""
        with edge(folder / FILE):
            try:
                return cls.model_validate(json.loads((folder / FILE).read_bytes()))
            except FileNotFoundError:
                return None
            except (OSError, ValueError, RecursionError) as error:
                raise ModelCorrupt(f"{folder / FILE} cannot be read.",
                                   f"Delete {folder} and import the model again.") from error


def record(folder: Path, current: int, what: str) -> None:
    """Make a version the current one, and write down why."""
    before: Sequence[Change] = (known.changes if (known := History.of(folder)) else ())
    history = History(current=current, changes=(*before, Change(date=today(), what=what)))
    durable.write(folder / FILE, history.model_dump_json(indent=2).encode())


def today() -> str:
    return datetime.now(UTC).date().isoformat()
