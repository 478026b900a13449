"""Recipe: the one value that says what to render."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import BrushreelError, InputError, InvalidParameter
from core.temporal import Temporal
from stylizers import style
from stylizers.base import StyleParams

_DEEPEST = 20
"""How far the values of a recipe may be nested: far more than any look's are."""

METADATA_KEY = "brushreel"
"""Where the recipe stands among a rendered file's tags."""


PRESET_NAME = r"^([a-z0-9]+(-[a-z0-9]+)*)?$"
"""What a look preset may be called, so that it may stand in the name of a file."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Layer(_Value):
    """One look with its settings. White in the mask, a still or a video, is styled."""

    style: str
    params: Mapping[str, Any] = Field(default_factory=dict, validate_default=True)
    preset: str = Field("", pattern=PRESET_NAME, description="Which of the look's presets it began "
                                                             "as; for names alone.")
    strength: float = Field(1.0, ge=0, le=1, description="How much of the look is laid on.")
    keep_colors: bool = Field(False, description="Keep the colors of the source.")
    mask: Path | None = Field(None, description="A still or a video; white is styled.")

    @field_validator("style")
    @classmethod
    def _known(cls, name: str) -> str:
        style(name)
        return name

    @field_validator("params")
    @classmethod
    def _complete(cls, params: Mapping[str, Any], info: Any) -> Mapping[str, Any]:
        """Every parameter by value, so that a later default changes no old recipe."""
        if "style" not in info.data:
            return params
        return style(info.data["style"]).Params.build(params).model_dump()

    @property
    def settings(self) -> StyleParams:
        return style(self.style).Params.build(self.params)

    def assets(self) -> dict[str, Path]:
        """Every file this layer needs, by parameter."""
        found = dict(self.settings.assets())
        return found if self.mask is None else found | {"mask": self.mask}


class QualityPreset(_Value):
    """What a quality preset stands for.

    `effort` is the encoder's and the looks'; `detail` is the short side, in pixels, beyond which
    looks are drawn reduced and enlarged again (None for never); `temporal` is the mode where none
    is asked for.
    """

    effort: Literal["speed", "balanced", "quality"]
    detail: int | None
    temporal: Literal["off", "ema", "flow"]


QUALITIES: Mapping[str, QualityPreset] = MappingProxyType({
    "speed": QualityPreset(effort="speed", detail=1080, temporal="ema"),
    "balanced": QualityPreset(effort="balanced", detail=2160, temporal="flow"),
    "quality": QualityPreset(effort="quality", detail=None, temporal="flow"),
})


class Output(_Value):
    """How the result is delivered. `crf` is on the x264 scale; None is the preset's."""

    codec: str = "auto"
    crf: int | None = Field(None, ge=0, le=51)
    container: Literal["mp4", "mov", "mkv", "webm"] | None = None
    audio: Literal["copy", "aac", "opus", "flac", "none"] = "copy"


class Recipe(_Value):
    """What to render, whole and unchanging; JSON in and out."""

    version: Literal[1] = 1
    layers: tuple[Layer, ...] = Field(min_length=1)
    preset: Literal["speed", "balanced", "quality"] = "balanced"
    temporal: Temporal | None = None
    hold: Literal[1, 2, 3] = Field(1, description="Frames a drawing stands for: 1, 2 (animated on "
                                                  "twos) or 3.")
    output: Output = Output()

    @property
    def quality(self) -> QualityPreset:
        return QUALITIES[self.preset]

    @property
    def steadiness(self) -> Temporal:
        """The temporal settings in force."""
        return self.temporal or Temporal(mode=self.quality.temporal)

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """A validated recipe; InvalidParameter says what is wrong with it."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            cause = first.get("ctx", {}).get("error")
            if isinstance(cause, BrushreelError):
                raise cause from error
            place = ".".join(str(part) for part in first["loc"])
            raise InvalidParameter(f"The recipe's {place} is refused: {first['msg']}.",
                                   "Correct it, or render with --styles instead.") from error
        except UnicodeEncodeError as error:  # half of a pair in UTF-16, where pydantic wants text
            raise InvalidParameter("The recipe holds characters that are no text.",
                                   "Correct it, or render with --styles instead.") from error

    @classmethod
    def from_json(cls, text: str, find: Callable[[str, str], Path | None] = lambda *_: None
                  ) -> Self:
        """A recipe from `to_json` or `portable`; `find(name, sha256)` locates its assets.

        Raises InvalidParameter for anything else, InputError for an asset that is not found.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidParameter(f"This is not a recipe ({getattr(error, 'msg', error)}).",
                                   "Give a JSON file written by Brushreel.") from error
        if not isinstance(values, dict):
            raise InvalidParameter("This is not a recipe.", "Give a JSON file from Brushreel.")
        return cls.build(_located(values, find))

    def to_json(self) -> str:
        """For this machine: asset paths as they are."""
        return self.model_dump_json()

    def portable(self) -> str:
        """For any machine: assets by name and SHA-256, no paths."""
        return json.dumps(_map_assets(json.loads(self.to_json()), self, _portable_asset),
                          separators=(",", ":"))

    def anchored(self) -> Self:
        """The same, its assets by absolute paths, whatever folder it is read in later."""
        values = json.loads(self.to_json())
        return self.build(_map_assets(values, self, lambda path: str(path.absolute())))

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file it names, by path."""
        return {str(path): asset_digest(path) for layer in self.layers
                for path in layer.assets().values()}

    def name(self) -> str:
        """The looks, as in a file name: pencil, or pencil-charcoal+cinematic."""
        return "+".join("-".join(filter(None, (layer.style, layer.preset)))
                        for layer in self.layers)


def asset_digest(path: Path) -> str:
    """SHA-256 of a file a recipe names; InputError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read.", "Check the path.") from error


def _portable_asset(path: Path) -> dict[str, str]:
    return {"name": path.name, "sha256": asset_digest(path)}


def _map_assets(values: dict[str, Any], recipe: Recipe, change: Callable[[Path], Any]
                ) -> dict[str, Any]:
    for layer, shown in zip(recipe.layers, values["layers"], strict=True):
        for name, path in layer.assets().items():
            place = shown if name == "mask" else shown["params"]
            place[name] = change(path)
    return values


def _located(values: Any, find: Callable[[str, str], Path | None], depth: int = 0) -> Any:
    """The same tree with every {name, sha256} replaced by the path of that file."""
    if depth > _DEEPEST or (isinstance(values, str) and "\0" in values):
        raise InvalidParameter("This is not a recipe.", "Give a JSON file from Brushreel.")
    if isinstance(values, list):
        return [_located(value, find, depth + 1) for value in values]
    if not isinstance(values, dict):
        return values
    if values.keys() == {"name", "sha256"} and all(isinstance(v, str) for v in values.values()):
        path = find(values["name"], values["sha256"])
        if path is None:
            raise InputError(f"The recipe needs {values['name']}, which is not here.",
                             "Put that file beside the video and try again.")
        return str(path)
    return {key: _located(value, find, depth + 1) for key, value in values.items()}
