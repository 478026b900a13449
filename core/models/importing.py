"""What a file must pass before it is installed as a model."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from core import durable
from core.errors import InvalidParameter, ModelCorrupt, ModelMissing, UnsupportedModel
from core.models.card import Card
from core.models.history import today
from core.recipe import PRESET_NAME, asset_digest
from stylizers.inference.graph import LARGEST
from stylizers.neural.conventions import declared, sidecar
from stylizers.neural.inspection import Hints, inspect
from stylizers.refusal import validated


def admitted(path: Path, name: str | None, taken: Collection[str]) -> str:
    """The name a file is installed under; raises ModelError or InvalidParameter."""
    if not path.is_file():
        raise ModelMissing(f"{path} is not a file.", "Give the path of an ONNX file.")
    chosen = slug(path.stem) if name is None else name
    if not chosen or not re.fullmatch(PRESET_NAME, chosen):
        raise InvalidParameter(f"'{chosen}' is no name for a model.",
                               "Use small letters, digits and single hyphens: --name starry-night")
    if chosen in taken:
        raise InvalidParameter(f"{chosen} is a model that comes with Brushreel.",
                               "Choose another name with --name.")
    if path.stat().st_size > LARGEST:
        raise UnsupportedModel(f"{path.name} has {path.stat().st_size / 2**20:.0f} MB, more than "
                               f"the {LARGEST // 2**20} MB a style network may have.",
                               "Give a smaller network.")
    return chosen


def prepared(path: Path, name: str, folder: Path, sha256: str | None, hints: Mapping[str, Any],
             said: Mapping[str, str]) -> Card:
    """Copy the file into `folder`, examine the copy, and give back its card, not yet written.

    A card that lies beside the file settles what `hints` and `said` leave open. Raises ModelError.
    """
    copy = folder / f"{name}.onnx"
    with durable.saving(copy):
        shutil.copyfile(path, copy)
        durable.sync(copy)
    digest = asset_digest(copy)
    if sha256 is not None and digest != sha256.strip().lower():
        raise ModelCorrupt(f"{path.name} has the SHA-256 {digest}, not {sha256}.",
                           "Fetch it again; do not use it until they agree.")
    return described(copy, name, _hints(path, hints), {**_told(path), **_given(said)},
                     called=path.name)


def described(path: Path, name: str, hints: Hints, said: Mapping[str, str], *, called: str = ""
              ) -> Card:
    """The card of a file, which is examined; `called` is its name in complaints.

    Raises ModelError for what is no style network.
    """
    found = inspect(path, hints, name=called or path.name)
    notes = {"license": found.notes.get("license", ""), "source": found.notes.get("author", ""),
             "about": ""}
    return Card(name=name, sha256=asset_digest(path), size=path.stat().st_size, added=today(),
                producer=found.producer, conventions=found.conventions, **{**notes, **_given(said)})


def _told(path: Path) -> Mapping[str, str]:
    """What a card beside the file says of it in words."""
    try:
        card = json.loads(sidecar(path).read_bytes())
        return {key: str(card[key]) for key in ("about", "license", "source") if card.get(key)}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _given(said: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in said.items() if value}


def _hints(path: Path, given: Mapping[str, Any]) -> Hints:
    known = declared(path)
    settled = {} if known is None else {
        "input_range": known.input_range, "output_range": known.output_range,
        "order": known.order, "layout": known.layout}
    return validated(Hints, {**settled, **{key: value for key, value in given.items()
                                           if value is not None}})


def slug(stem: str) -> str:
    """A name for a model, from that of a file."""
    return "-".join(re.findall(r"[a-z0-9]+", stem.lower()))
