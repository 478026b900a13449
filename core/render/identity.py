"""Hashes of what determines pictures, so that nothing is resumed into what it does not fit."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.io.encoders import VideoSpec
from core.io.index import PacketIndex
from core.io.probe import VideoMetadata
from core.recipe import Recipe, asset_digest
from core.render.chunks import Chunk
from core.render.inputs import Stamp, stamp_of
from core.render.stack import Stack
from core.temporal import Temporal
from stylizers.base import Stylizer

ENGINE_REVISION = 2
"""Raised whenever the same plan would give other pictures, whatever the look."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What determines pixels besides the source; `layers` as JSON, with assets by content.

    `detail` is the short side beyond which looks are drawn reduced, `hold` how many frames a
    drawing stands for. `assets` are the files behind it all, as they were before they were read.
    """

    layers: str
    temporal: Temporal
    detail: int | None = None
    hold: int = 1
    assets: tuple[tuple[Path, Stamp], ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"layers": json.loads(self.layers), "temporal": self.temporal.model_dump(),
                "detail": self.detail, "hold": self.hold}


def settings_of(recipe: Recipe, temporal: Temporal) -> Settings:
    """Those of a recipe, but for `temporal`."""
    assets = _stamped(path for layer in recipe.layers for path in layer.assets().values())
    layers = []
    for layer in recipe.layers:
        values = json.loads(layer.model_dump_json(exclude={"preset"}))
        mask = {"mask": layer.mask} if layer.mask is not None else {}
        values["params"] |= _digests(layer.settings.assets())
        layers.append(values | _digests(mask))
    return Settings(json.dumps(layers), temporal, recipe.quality.detail, recipe.hold, assets)


def settings_of_look(look: Any, temporal: Temporal) -> Settings:
    """The same for a look, or a function, on its own."""
    params, assets = None, _stamped(())
    if isinstance(look, Stylizer):
        assets = _stamped(look.params.assets().values())
        params = look.params.model_dump(mode="json") | _digests(look.params.assets())
    return Settings(json.dumps(params, default=str), temporal, assets=assets)


def _stamped(paths: Iterable[Path]) -> tuple[tuple[Path, Stamp], ...]:
    return tuple((path, stamp_of(path)) for path in dict.fromkeys(paths) if path.is_file())


def _digests(assets: Mapping[str, Path]) -> dict[str, str]:
    return {name: asset_digest(path) for name, path in assets.items()}


def drawn_by(source: VideoMetadata, settings: Settings, stack: Stack) -> str:
    """A hash of what determines the pictures of `source` before they are encoded."""
    looks = [[look.stylizer.name, getattr(look.stylizer, "revision", 0),
              getattr(look.stylizer, "version", None)] for look in stack.looks]
    return hash_of(ENGINE_REVISION, settings.document(), looks, dataclasses.astuple(source.tags),
                   source.pixel_format, str(source.sar))


def chunk_identities(drawn: str, spec: VideoSpec, chunks: Sequence[Chunk], index: PacketIndex,
                     carries: bool, look_ahead: int) -> list[str]:
    """Chunks that carry state over depend on all before them; others on themselves alone.

    All depend on the pictures within `look_ahead` ticks after them.
    """
    common = hash_of(drawn, dataclasses.asdict(spec))
    found: list[str] = []
    keys = index.keys()
    for chunk in chunks:
        # What is decoded from, where a chunk does not start at a key frame.
        since = keys[keys <= chunk.start]
        end = None if chunk.end is None else chunk.end + look_ahead
        content = index.between(int(since[-1]) if len(since) else None, end).digest()
        before = found[-1] if carries and found else ""
        found.append(hash_of(common, content, str(chunk.start), str(chunk.end), before))
    return found


def hash_of(*parts: Any) -> str:
    return hashlib.blake2b(json.dumps(parts, sort_keys=True, default=str).encode(),
                           digest_size=12).hexdigest()
