"""What was measured of renders over time: one line for each, never changed, in one file.

`quality/renders.jsonl` of the data folder. A line is appended under a lock between processes and
forced to the disk; one that a kill has cut off is passed over, and the next begins anew.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import filelock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from core import durable
from core.edge import edge
from core.errors import InputError
from core.models import ModelRegistry, registry
from core.paths import data_folder
from core.recipe import Recipe
from feedback.records import Versions, fingerprint, versions_of
from stylizers import STYLES

_PATIENCE = 30.0
"""Seconds to wait for another process; an operation takes milliseconds."""


class Measurement(BaseModel):
    """One render as it was measured.

    `look` is what drew it, as `look_of` names it, and `version` which version of that; `source` is
    the clip's fingerprint, `values` are figures of core.metrics over the clip.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    look: str
    version: str
    source: str
    output: str = ""
    values: Mapping[str, float]
    made: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))

    def same_as(self, other: Measurement) -> bool:
        """Whether both are of one render, whenever it was measured."""
        return self.model_copy(update={"made": other.made}) == other


def measurement(recipe: Recipe, source: Path, output: Path, values: Mapping[str, float]
                ) -> Measurement:
    """Of a render just made; raises InputError where `source` cannot be read."""
    versions = versions_of(ModelRegistry())
    look, version = look_of(json.loads(recipe.portable())["layers"], versions)
    return Measurement(look=look, version=version, source=fingerprint(source),
                       output=output.name, values=values)


def look_of(layers: Iterable[Mapping[str, Any]], versions: Versions,
            digests: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str]:
    """What draws layers and in which version: `pencil`, `neural:udnie`, joined by + in a stack.

    Layers are those of a portable recipe, or name files by path, whose SHA-256 are in `digests`.
    The version of a look is its revision of today, that of an installed network its number.
    """
    parts = [_part(layer, versions, digests) for layer in layers]
    return "+".join(name for name, _ in parts), "+".join(version for _, version in parts)


def _part(layer: Mapping[str, Any], versions: Versions, digests: Mapping[str, str]
          ) -> tuple[str, str]:
    name, params = str(layer["style"]), layer.get("params")
    file = params.get("model_path") if isinstance(params, Mapping) else None
    if name != registry.LOOK or not file:
        return name, str(STYLES[name].revision) if name in STYLES else ""
    path, digest = (file.get("name"), file.get("sha256")) if isinstance(file, Mapping) else \
        (file, digests.get(str(file)))
    network, number = versions.get(str(digest), (Path(str(path)).stem, str(digest or "")[:8]))
    return f"{name}:{network}", number


def named(look: str, version: str) -> str:
    """For people: `look_of` with the versions of networks, as in `ink+neural:udnie v2`."""
    parts = zip(look.split("+"), version.split("+"), strict=False)
    return "+".join(_named(*part) for part in parts)


def _named(look: str, version: str) -> str:
    if not look.startswith(f"{registry.LOOK}:"):
        return look
    return f"{look} shipped" if version == "0" else f"{look} v{version}" if version else look


class QualityLog:
    """Measurements, oldest first. Raises InputError where another process holds the file for long,
    DiskFull or CheckpointError where it cannot be written."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_folder() / "quality" / "renders.jsonl"

    def add(self, one: Measurement) -> None:
        """Keep it; it is on the disk when this returns."""
        with durable.saving(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.path.with_name(self.path.name + ".lock"))
        try:
            lock.acquire(timeout=_PATIENCE)
        except filelock.Timeout as error:
            raise InputError(f"{self.path.name} is held by another process.",
                             "End other Brushreel processes and try again.") from error
        try:
            with durable.saving(self.path), self.path.open("ab+", buffering=0) as file:
                size = file.tell()
                line = self._break(size) + one.model_dump_json().encode() + b"\n"
                if file.write(line) < len(line):  # as much as the disk had room for
                    file.truncate(size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
        finally:
            lock.release()

    def read(self, look: str | None = None) -> list[Measurement]:
        """All of them, or those of one look; lines that are none are passed over."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self.path} cannot be read ({error.strerror or error}).",
                             "Check the data folder.") from error
        with edge(self.path):
            found = [one for line in lines if (one := _measurement(line)) is not None]
        return sorted((one for one in found if look in (None, one.look)),
                      key=lambda one: one.made)

    def _break(self, size: int) -> bytes:
        """What ends a line that was cut off."""
        if not size:
            return b""
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return b"" if file.read(1) == b"\n" else b"\n"


def _measurement(line: bytes) -> Measurement | None:
    try:
        return Measurement.model_validate(json.loads(line))
    except (ValueError, ValidationError, RecursionError):
        return None
