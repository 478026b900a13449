"""What is known of an installed network; lies beside it as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from core import durable
from core.edge import edge
from core.errors import ModelCorrupt
from core.recipe import PRESET_NAME, asset_digest
from stylizers.neural.conventions import Conventions, sidecar


class Lineage(BaseModel):
    """Where a network came from that was trained here: the SHA-256 of the network it began as, a
    hash of what it learned from, its settings, and what it was measured at beside its parent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parent: str = Field(pattern=r"^[0-9a-f]{64}$")
    data: str
    settings: Mapping[str, Any]
    before: Mapping[str, float]
    after: Mapping[str, float]
    verdict: str


class Card(BaseModel):
    """`size` is in bytes, `added` a date as ISO 8601 writes it; `license` and `source` are as the
    user or the file itself says, and may be empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    name: str = Field(pattern=PRESET_NAME, min_length=1)
    version: int = Field(1, ge=1)
    about: str = ""
    license: str = ""
    source: str = ""
    producer: str = ""
    added: str = ""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=1)
    conventions: Conventions
    lineage: Lineage | None = None

    @classmethod
    def of(cls, model: Path) -> Self:
        """The card beside `model`; raises ModelCorrupt where there is none that can be read."""
        path = sidecar(model)
        with edge(path):
            try:
                return cls.model_validate(json.loads(path.read_bytes()))
            except (OSError, ValueError, RecursionError) as error:
                raise ModelCorrupt(f"{path.name}, the card of {model.name}, cannot be read.",
                                   f"Import the model again, or delete {path.parent}.") from error

    def save(self, model: Path) -> None:
        """Write the card beside `model`, whole or not at all."""
        durable.write(sidecar(model), self.model_dump_json(indent=2).encode())


@dataclass(frozen=True, slots=True)
class Model:
    """One version of an installed network."""

    card: Card
    path: Path
    shipped: bool

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def version(self) -> int:
        """Its number; 0 for what comes with Brushreel, whatever its card says."""
        return 0 if self.shipped else self.card.version

    def intact(self) -> bool:
        """Whether the file is still the one that was installed."""
        return self.path.is_file() and asset_digest(self.path) == self.card.sha256
