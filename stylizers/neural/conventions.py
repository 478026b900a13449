"""What a network expects of its pictures and how it gives them back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.edge import edge
from core.errors import ModelCorrupt

Range = Literal["0..255", "0..1", "-1..1"]
Order = Literal["RGB", "BGR"]
Layout = Literal["NCHW", "NHWC"]

LIMITS: Mapping[Range, tuple[float, float]] = MappingProxyType(
    {"0..255": (0.0, 255.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)})
"""What stands for black and white, by the name of the range."""


class Conventions(BaseModel):
    """Everything that must be known to use a network; measured at import, kept in its card.

    `height` and `width` are None where the network takes any size, of which both sides must be
    multiples of `multiple`; `batch` is None where it takes any number of pictures at a time.
    `freed` says that the file declares one size, but works at any once that is overlooked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_name: str
    output_name: str
    layout: Layout
    batch_axis: bool = True
    order: Order = "RGB"
    input_range: Range
    output_range: Range
    dtype: Literal["float32", "float16", "uint8"] = "float32"
    height: int | None = Field(None, ge=1, le=16384)
    width: int | None = Field(None, ge=1, le=16384)
    batch: int | None = Field(1, ge=1, le=1024)
    multiple: int = Field(1, ge=1, le=1024)
    freed: bool = False
    global_statistics: bool = Field(False, description="Whether every output pixel depends on all "
                                                       "of the picture, so that tiles show.")
    reach: int = Field(0, ge=0, le=16384, description="How far an input pixel is seen, in pixels.")
    margin: int = Field(0, ge=0, le=64, description="How far the edge of the picture shows in what "
                                                    "is drawn, in pixels.")
    memory: int = Field(1000, ge=1, description="Bytes in use per pixel while it runs, about.")

    @property
    def tileable(self) -> bool:
        return not self.global_statistics


def sidecar(model: Path) -> Path:
    """Where the card of a model lies."""
    return model.with_suffix(".json")


def declared(model: Path) -> Conventions | None:
    """What the card beside `model` says; None where there is none.

    Raises ModelCorrupt for a card that is no card.
    """
    path = sidecar(model)
    with edge(path):
        try:
            card = json.loads(path.read_bytes())
            return Conventions.model_validate(card["conventions"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise ModelCorrupt(f"{path.name}, the card of {model.name}, cannot be read.",
                               "Correct it, or import the model again.") from error
