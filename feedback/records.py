"""One thing somebody said of a render, with all it takes to learn from it later.

Records are frozen values. `id` and `made` are set when one is made; times are seconds of the
source, exactly.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from core.errors import InputError
from core.models import ModelRegistry
from core.recipe import Layer, Recipe, asset_digest

_LONGEST_NOTE = 10_000
Versions: TypeAlias = Mapping[str, tuple[str, str]]
"""Name and number of versions of networks, by their SHA-256; those that ship are version 0."""
_PIECE, _PIECES = 1 << 20, 5
"""A source is known by its size and this many pieces of so many bytes, spread over the file."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Sample(_Value):
    """What was looked at: a render, or a part of it from `start` to `end` (None for its ends).

    `recipe` is a portable one: assets by name and SHA-256. `source` is the file's name, its
    `fingerprint` tells it again under any name. `models` are the networks used, by name, each with
    its version and SHA-256; `metrics` are those of core.metrics, where they were measured.
    """

    recipe: Mapping[str, Any]
    source: str = ""
    fingerprint: str = ""
    start: Fraction | None = None
    end: Fraction | None = None
    models: Mapping[str, str] = Field(default_factory=dict)
    metrics: Mapping[str, float] = Field(default_factory=dict)

    @property
    def look(self) -> str:
        """The styles of its layers, as in `cartoon+cinematic`."""
        return "+".join(str(layer["style"]) for layer in self.recipe["layers"])

    @property
    def versions(self) -> Versions:
        """What was installed of `models` then."""
        said = ((name, *known.rpartition(" ")) for name, known in self.models.items())
        return {digest: (name, number) for name, number, _, digest in said if number}

    @model_validator(mode="after")
    def _has_layers(self) -> Sample:
        layers = self.recipe.get("layers")
        if not isinstance(layers, list | tuple) or not layers or \
                not all(isinstance(layer, Mapping) and "style" in layer for layer in layers):
            raise ValueError("the recipe has no layers")
        return self


class _Said(_Value):
    id: str = Field(default_factory=lambda: uuid.uuid4().hex, pattern=r"^[0-9a-f]{32}$")
    made: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    note: str = Field("", max_length=_LONGEST_NOTE)


class Rating(_Said):
    """One to five stars for one render."""

    kind: Literal["rating"] = "rating"
    sample: Sample
    stars: int = Field(ge=1, le=5, strict=True)


class Vote(_Said):
    """Which of two renders is better; `blind` if it was not said which is which."""

    kind: Literal["vote"] = "vote"
    first: Sample
    second: Sample
    preferred: Literal["first", "second", "neither"]
    blind: bool = True


class Approval(_Said):
    """Good enough to be delivered and learned from, or expressly not."""

    kind: Literal["approval"] = "approval"
    sample: Sample
    approved: bool = True


Record: TypeAlias = Rating | Vote | Approval
RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
"""Reads any of them from plain values."""


def samples(record: Record) -> tuple[Sample, ...]:
    """What a record speaks of: one, or both of a vote."""
    return (record.first, record.second) if isinstance(record, Vote) else (record.sample,)


def sample_of(recipe: Recipe, source: Path, *, start: Fraction | None = None,
              end: Fraction | None = None, metrics: Mapping[str, float] | None = None) -> Sample:
    """What is needed of a render, looked up; raises InputError where `source` cannot be read."""
    return Sample(recipe=json.loads(recipe.portable()), source=source.name,
                  fingerprint=fingerprint(source), start=start, end=end,
                  models=networks(recipe.layers), metrics=metrics or {})


def fingerprint(path: Path) -> str:
    """Tells a video again wherever it lies; quick however large it is."""
    try:
        size = path.stat().st_size
        seen = hashlib.blake2b(str(size).encode(), digest_size=16)
        with open(path, "rb") as file:
            for piece in range(_PIECES):
                file.seek(max(0, size - _PIECE) * piece // (_PIECES - 1))
                seen.update(file.read(_PIECE))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).",
                         "Check the path.") from error
    return seen.hexdigest()


def networks(layers: Iterable[Layer]) -> dict[str, str]:
    """The networks that layers draw with, by name: their version, where installed, and SHA-256."""
    paths = [path for layer in layers for path in layer.assets().values()
             if path.suffix == ".onnx"]
    if not paths:
        return {}
    installed, found = versions_of(ModelRegistry()), {}
    for path in paths:
        digest = asset_digest(path)
        name, number = installed.get(digest, (path.stem, ""))
        found[name] = f"{number} {digest}".strip()
    return found


def versions_of(registry: ModelRegistry) -> Versions:
    """All that is installed."""
    return {model.card.sha256: (name, str(model.version))
            for name in registry.models() for model in registry.versions(name)}
