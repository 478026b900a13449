"""In what a recipe differs from others of the same looks, in words that fit into a file name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import BrushreelError
from core.io import VideoProbe
from core.recipe import METADATA_KEY, Recipe

_MOST = 3
"""Settings that are named; more would be no name any more."""
_LONGEST = 24
"""Letters of one value."""

_TOLD_BY_VALUE = ("looks", "quality", "codec")

Settings = Mapping[str, Any]
"""Values by what they are called in a name, in the order they are named."""


def in_words(recipe: Recipe, others: Iterable[Settings]) -> str:
    """Its settings that are not the same in all of `others`: "blur-sigma-30_speed", or nothing."""
    own, others = settings_of(recipe.portable()), list(others)
    words = [_word(name, value) for name, value in own.items()
             if any(other.get(name, value) != value for other in others)]
    return "_".join(words[:_MOST])


def settings_of(portable: str) -> Settings:
    """Of a recipe's portable JSON; raises ValueError, LookupError, TypeError or AttributeError."""
    recipe = json.loads(portable)
    layers: Sequence[Mapping[str, Any]] = recipe["layers"]
    found: dict[str, Any] = {"looks": [layer["style"] for layer in layers]}
    for layer in layers:
        prefix = f"{layer['style']}-" if len(layers) > 1 else ""
        laid_on = {name: layer.get(name) for name in ("strength", "keep_colors", "mask")}
        values = {**layer["params"], **laid_on}
        found |= {f"{prefix}{name}": value for name, value in values.items()}
    output, temporal = recipe.get("output") or {}, recipe.get("temporal") or {}
    return {**found, "hold": recipe.get("hold"), "temporal": temporal.get("mode"),
            "crf": output.get("crf"), "audio": output.get("audio"),
            "quality": recipe.get("preset"), "codec": output.get("codec")}


def settings_in(video: Path, planned: str = "") -> Settings | None:
    """What a render is made with, by the JSON of its recipe or by what the finished file says.

    None where neither does.
    """
    try:
        if planned:
            return settings_of(Recipe.from_json(planned).portable())
        tags = VideoProbe.probe(video).tags_text
        text = next(text for name, text in tags.items() if name.lower() == METADATA_KEY)
        return settings_of(text)
    except (BrushreelError, StopIteration, ValueError, LookupError, TypeError, AttributeError):
        return None


def plain_settings(recipe: Recipe) -> Settings:
    """Those of the looks by themselves, or of the presets that they began as."""
    from core.presets import plain, preset

    layers = []
    for layer in recipe.layers:
        try:
            layers.append(preset(layer.style, layer.preset).layer if layer.preset else
                          plain(layer.style))
        except BrushreelError:  # the preset is gone
            layers.append({"style": layer.style})
    return settings_of(Recipe.build({"layers": layers}).portable())


def _word(name: str, value: Any) -> str:
    if isinstance(value, Mapping):  # a file
        value = Path(str(value.get("name", ""))).stem
    if value is None or isinstance(value, bool):
        value = "on" if value else "off"
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "-".join(f"{each:g}" if isinstance(each, float) else str(each) for each in value)
    text = f"{value:g}" if isinstance(value, float) else str(value)
    clean = re.sub(r"[^\w.]+", "-", text)[:_LONGEST].strip("-.")
    return clean if name in _TOLD_BY_VALUE else f"{name.replace('_', '-')}-{clean}"
