"""Graphite drawing: contours of a color dodge over shading laid in strokes, on paper."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import paper, strokes
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.frame import Frame
from stylizers.once import once

_CONTOUR = 2.0
"""Blur, in reference pixels, that the contours stand out from; it also rids shading of noise."""
_HALF = 0.9
"""Pixels of that blur that are enough for shading, which is soft."""
_FULL = 1.25
"""Slope of darkness to darkness at full shading; the default of 0.8 leaves contrasts as they are,
and with them the blocks that compression leaves in the dark."""
_REACH = 3.5
"""Sigmas that a source pixel reaches: a blur's three, and the reduction it is computed on."""


class PencilParams(StyleParams):
    blur_sigma: float = Field(21.0, ge=5, le=50,
                              description="Softness of the shading, in pixels at 1080p.")
    shading: float = Field(0.8, ge=0, le=1,
                           description="How much graphite the tones get; 0 draws lines only.")
    line_strength: float = Field(1.0, ge=0, le=3, description="How firmly contours are drawn.")
    hatching: float = Field(0.5, ge=0, le=1,
                            description="How much single strokes show; 0 is smudged smooth.")
    stroke_width: float = Field(2.5, ge=1.5, le=12,
                                description="Width of a pencil stroke, in pixels at 1080p.")
    stroke_angle: float = Field(50.0, ge=0, le=180, description="Direction of the strokes in "
                                "degrees: 0 is level, 45 rises to the right, 90 is upright.")
    use_texture: bool = Field(False, description="Draw on grained paper instead of plain white.")
    texture_path: Path | None = Field(
        None, description="Picture of the paper to draw on; without one the grain is generated.")


class PencilStylizer(Stylizer[PencilParams]):
    name = "pencil"
    summary = "Graphite drawing on white or grained paper."
    revision = 3
    sdr_only = True  # its paper is the signal's white, which on HDR is far brighter than paper
    Params = PencilParams

    def __init__(self, params: PencilParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        path = self.params.texture_path
        self._loaded = None if path is None else paper.load(path)
        # Paper and strokes are laid once per picture size, not once per frame.
        self._paper = once(self._lay)
        self._strokes = once(self._hatch)

    def _lay(self, width: int, height: int, scale: tuple[float, float]) -> paper.Paper:
        return paper.lay(self._loaded or paper.generated(), width, height, scale)

    def _hatch(self, width: int, height: int, scale: tuple[float, float]) -> strokes.Strokes:
        return strokes.hatching(width, height, scale, self.params.stroke_width,
                                self.params.stroke_angle)

    @override
    def support(self) -> float:
        return _REACH * (self.params.blur_sigma + _CONTOUR)

    @override
    def render(self, frame: Frame, analysis: Analysis) -> np.ndarray:
        from stylizers.kernels import blur, dodge
        from stylizers.kernels.luma import luma

        grey = luma(frame.image)
        across, down = frame.scale
        small = blur.reduced(grey, _CONTOUR * across, _CONTOUR * down, _HALF)
        left = math.sqrt(self.params.blur_sigma**2 - _CONTOUR**2)
        wide = blur.gaussian(small, left * across * small.shape[1] / grey.shape[1],
                             left * down * small.shape[0] / grey.shape[0])
        line = self.params.line_strength
        shaded = dodge.shade(small, wide, _FULL * self.params.shading, line)
        return dodge.contour(grey, blur.enlarged(small, grey.shape),
                             blur.enlarged(shaded, grey.shape), line, frame.image.dtype)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: Analysis) -> np.ndarray:
        height, width = picture.shape[:2]
        if self.params.hatching:
            from stylizers.kernels import hatch

            laid = self._strokes(width, height, frame.scale)
            picture = hatch.lay(picture, laid.order, self.params.hatching * laid.contrast)
        if self.params.use_texture:
            from stylizers.kernels.graphite import graphite

            sheet = self._paper(width, height, frame.scale)
            picture = graphite(picture, sheet.color, sheet.tooth)
        return picture
