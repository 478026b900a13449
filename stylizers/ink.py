"""Brush and ink: an extended difference of Gaussians that flows along the edges.

Winnemöller, Kyprianidis and Olsen 2012, XDoG: An eXtended difference-of-Gaussians compendium
including advanced image stylization.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import cv2
import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import base, coarse, pace, paper
from stylizers.base import StyleParams, Stylizer
from stylizers.frame import Frame
from stylizers.once import once
from stylizers.steadying import Steadying

_WIDER = 1.6
"""Ratio of the two blurs whose difference is inked."""
_PEN = 0.5
"""Sigma of the finer blur per `line_width`."""
_FLOW, _FLOW_GRAIN = 6.0, 4.0
"""Sigma of the structure tensor, and the grid it is carried on, in reference pixels."""
_STROKES = (1.0, 12.0)
"""Sigma along the flow, in reference pixels, at `smoothness` 0 and 1."""
_SHARPNESS = (3.0, 36.0)
"""Weight of the difference of Gaussians at `detail` 0 and 1."""
_LEVELS = (0.1, 0.75)
"""Tone that is inked all over at `black_level` 0 and 1."""
_FAINTEST = 2e-5
"""Energy of gradients, per reference pixel, at which an edge counts half."""
_MASS = 1.5
"""Sigma by which blacks are rounded into masses, per sigma of the wider blur: what a codec leaves
of a dark wall is no drawing."""
_HEADROOM = 0.1
"""How far above that level light tones are told apart when lines are drawn."""
_SLOPES = (1.5, 80.0)
"""Steepness of the rims at `hardness` 0 and 1."""
_MIDDLE, _LIFT = 0.45, 0.6
"""Mean luma towards which a picture is exposed before it is inked, and how much of the way."""
_GRAIN = 0.67
"""Grid on which lines are drawn, per `line_width`."""
_WASHES, _LIGHT = 3, 0.8
"""Layers of wash over each other, and from which tone on there is none."""
_TORN, _RELIEF = 2.5, 0.012
"""How strongly the tooth tears dry ink and shades bare paper, per deviation of its height."""
_WARM = (0.955, 0.905, 0.79)
"""R'G'B' of the warmest paper."""
INKS = MappingProxyType({"black": (0.035, 0.035, 0.045), "sepia": (0.24, 0.13, 0.06),
                         "indigo": (0.07, 0.11, 0.3), "red": (0.6, 0.1, 0.07)})
"""R'G'B' of the inks."""


class InkParams(StyleParams):
    line_width: float = Field(3.0, ge=1, le=8,
                              description="Width of the strokes, in pixels at 1080p.")
    detail: float = Field(0.65, ge=0, le=1, description="How much fine detail is inked.")
    black_level: float = Field(0.4, ge=0, le=1,
                               description="How light a tone may be and still be filled with ink.")
    hardness: float = Field(0.45, ge=0, le=1,
                            description="How sharp the strokes end, from soft to knife-cut.")
    smoothness: float = Field(0.75, ge=0, le=1,
                              description="How far strokes are drawn out along the edges.")
    wash: float = Field(0.25, ge=0, le=1,
                        description="How much diluted ink is laid into the mid-tones.")
    dryness: float = Field(0.3, ge=0, le=1, description="How much dry ink breaks up on the paper.")
    paper: float = Field(0.3, ge=0, le=1, description="Tint of the paper, from white to warm.")
    ink: Literal["black", "sepia", "indigo", "red"] = Field(
        "black", description="Color of the ink.")


@dataclass(frozen=True, slots=True)
class InkAnalysis(pace.Dated):
    """The flow of the lines and the exposure, both smoothed over the shot."""

    tensor: np.ndarray
    """Structure tensor, float32 (h, w, 3), as kernels.tensor gives it, on a coarse grid."""
    mean: float
    """Mean luma."""


class InkStylizer(Stylizer[InkParams]):
    name = "ink"
    summary = "Brush and ink drawing in strokes that follow the forms."
    revision = 6
    stateful = True
    steadying = Steadying(lag=8, slack=20, give=2, memory=1.25, fine=True)
    sdr_only = True  # its paper is the signal's white, which on HDR is far brighter than paper
    Params = InkParams
    Analysis = InkAnalysis

    def __init__(self, params: InkParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        # Paper is laid once per picture size, not once per frame.
        self._tooth = once(self._laid)

    def _laid(self, width: int, height: int, scale: tuple[float, float]) -> np.ndarray:
        return paper.lay(paper.generated(), width, height, scale).tooth

    @property
    def _sigmas(self) -> tuple[float, float, float]:
        """Of the finer blur, of what makes it the wider one, and along the flow."""
        fine = _PEN * self.params.line_width
        return fine, fine * math.sqrt(_WIDER**2 - 1), _between(_STROKES, self.params.smoothness)

    @override
    def support(self) -> float:
        fine, wider, stroke = self._sigmas
        return 4 * (fine + (1 + _MASS) * wider) + 4 * stroke + 8

    @override
    def analyze(self, frame: Frame, previous: base.Analysis | None) -> InkAnalysis:
        from stylizers.kernels.tensor import structure_tensor

        grey, pixel = coarse.luma(frame.image, _FLOW_GRAIN, frame.scale)
        tensor, mean = structure_tensor(grey, pixel, _FLOW), float(grey.mean())
        if isinstance(previous, InkAnalysis) and previous.tensor.shape == tensor.shape:
            stays = previous.stays(frame)
            tensor = cv2.addWeighted(tensor, 1 - stays, previous.tensor, stays, 0)
            mean = (1 - stays) * mean + stays * previous.mean
        return InkAnalysis(frame.time.numerator, frame.time.denominator, tensor, mean)

    @override
    def render(self, frame: Frame, analysis: base.Analysis) -> np.ndarray:
        assert isinstance(analysis, InkAnalysis)
        from stylizers.kernels import ink
        from stylizers.kernels.flow import along
        from stylizers.kernels.tensor import directions

        chosen, (pen, more, stroke) = self.params, self._sigmas
        grey, pixel = coarse.luma(frame.image, _GRAIN * chosen.line_width, frame.scale)
        tensor = cv2.resize(analysis.tensor, grey.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        fine = coarse.blurred(ink.lifted(grey, _gain(analysis.mean)), pen, pixel)
        wide = coarse.blurred(fine, more, pixel)
        level = _between(_LEVELS, chosen.black_level)
        masses = coarse.blurred(wide, _MASS * more, pixel)
        sharp = ink.sharpened(fine, wide, masses, tensor, _between(_SHARPNESS, chosen.detail),
                              _FAINTEST, level + _HEADROOM)
        sharp = along(sharp, directions(tensor), stroke, pixel)
        size = frame.image.shape[1::-1]
        tone = cv2.resize(ink.washes(wide, _LIGHT, _WASHES), size, interpolation=cv2.INTER_LINEAR)
        return ink.inked(cv2.resize(sharp, size, interpolation=cv2.INTER_LINEAR), tone, level,
                         _between(_SLOPES, chosen.hardness), chosen.wash, frame.image.dtype)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: base.Analysis) -> np.ndarray:
        from stylizers.kernels.ink import on_paper

        height, width = picture.shape[:2]
        warm = [1 - self.params.paper * (1 - part) for part in _WARM]
        colors = np.array([INKS[self.params.ink], warm], np.float32)
        return on_paper(picture, self._tooth(width, height, frame.scale),
                        _TORN * self.params.dryness, _RELIEF * self.params.paper, colors)


def _between(ends: tuple[float, float], share: float) -> float:
    """From one end to the other in even ratios."""
    return ends[0] * (ends[1] / ends[0]) ** share


def _gain(mean: float) -> float:
    """What lifts a picture's mean luma towards the middle, see `kernels.ink.lifted`."""
    mean = min(max(mean, 0.05), 0.95)
    return (_MIDDLE * (1 - mean) / (mean * (1 - _MIDDLE))) ** _LIFT
