"""Comic print: four halftone screens on paper under bold black outlines."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import BeforeValidator, Field
from typing_extensions import override

from stylizers import outline, shading
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.frame import Frame
from stylizers.once import once

_NEWSPRINT = (0.93, 0.885, 0.79)
"""R'G'B' of the warmest paper: newsprint that has lain in an attic."""
_CONTRAST = (0.032, 1 / 16)
"""Response at which a line begins with `edge_detail` 0, and its share of that at 1."""


def _listed(value: object) -> object:
    """Angles as typed on a command line: numbers with commas between."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip("()[] ").split(",")]
    return value


Angle: TypeAlias = Annotated[float, Field(ge=0, le=90)]


class ComicParams(StyleParams):
    dot_size: float = Field(3.0, ge=2, le=8,
                            description="Distance between two dots, in pixels at 1080p.")
    angles: Annotated[tuple[Angle, Angle, Angle, Angle], BeforeValidator(_listed)] = Field(
        (15.0, 75.0, 0.0, 45.0),
        description="Angles of the screens of cyan, magenta, yellow and black, in degrees.")
    edge_thickness: float = Field(2.0, ge=1, le=5,
                                  description="Width of the outlines, in pixels at 1080p.")
    edge_detail: float = Field(0.6, ge=0, le=1,
                               description="How faint an edge may be and still become a line.")
    dot_shape: Literal["round", "diamond", "line"] = Field(
        "round", description="Shape of the halftone dots.")
    dot_strength: float = Field(1.0, ge=0, le=1,
                                description="How much is printed in dots; the rest is flat color.")
    inks: Literal["color", "black"] = Field(
        "color", description="Print in four colors, or in black alone.")
    flatness: float = Field(0.0, ge=0, le=1,
                            description="How flat tones become: texture goes, then shading.")
    saturation: float = Field(1.2, ge=0, le=2, description="How vivid the inks are.")
    contrast: float = Field(0.0, ge=0, le=1, description="How far light and dark are pushed apart.")
    black: float = Field(0.6, ge=0, le=1,
                         description="How much grey is printed in black ink, not in colors.")
    paper: float = Field(0.2, ge=0, le=1,
                         description="Tint of the paper, from white to old newsprint.")


class ComicStylizer(Stylizer[ComicParams]):
    name = "comic"
    summary = "Comic print in halftone dots with bold outlines."
    revision = 3
    sdr_only = True  # its paper is the signal's white, which on HDR is far brighter than paper
    Params = ComicParams

    def __init__(self, params: ComicParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        # Screens are drawn once per picture size, not once per frame.
        self._screens = once(self._drawn)

    def _drawn(self, scale: tuple[float, float]) -> np.ndarray:
        from stylizers.kernels.screen import SHAPES, tile

        chosen = self.params
        return tile(chosen.dot_size, chosen.angles, SHAPES.index(chosen.dot_shape), scale)

    def _print(self) -> np.ndarray:
        """Paper, saturation, contrast, black and dots as kernels.halftone takes them."""
        chosen = self.params
        paper = [1 - chosen.paper * (1 - part) for part in _NEWSPRINT]
        colored = chosen.inks == "color"
        return np.array([*paper, chosen.saturation if colored else 0.0, chosen.contrast,
                         chosen.black if colored else 1.0, chosen.dot_strength], np.float32)

    @override
    def support(self) -> float:
        return shading.REACH if self.params.flatness else 0.0

    @override
    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        if not self.params.flatness:
            return frame.image
        return shading.flattened(frame.image, self.params.flatness, frame.scale)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis) -> np.ndarray:
        """Lines are found here, in the steady picture, and printed over the screens."""
        from stylizers.kernels.halftone import printed

        begin, share = _CONTRAST
        lines, steep = outline.outlines(picture, self.params.edge_thickness,
                                        begin * share**self.params.edge_detail, frame.scale)
        return printed(picture, self._screens(frame.scale), lines, steep, self._print())
