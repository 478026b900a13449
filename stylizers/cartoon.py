"""Cartoon: smoothed colors drawn towards a small palette, under lines of black ink."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

import cv2
import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import lines, pace, palette
from stylizers.base import Analysis, AnyAnalysis, StyleParams, Stylizer
from stylizers.frame import Frame
from stylizers.scratch import Scratch

_FINE, _COARSE = 0.5, 0.25
"""Lines and borders are drawn on a picture with about so many samples per reference pixel, and
colors are smoothed on one with about so many."""
_WIDER, _PASSES = 2.0, 3
"""On that one the window is so many times wider, and that often gone over: each pass finds the
colors of the one before, and flattens what is left, as the mean shift does."""
_CLOSER = 0.4
"""Share of the difference of color that is smoothed away in each of these passes."""
_FLOW = 7.0
"""Sigma of the structure tensor in reference pixels."""
_SAMPLES = 8000
_EDGES, _LIKE = 0.95, 0.02
"""Quantile of the gradients that tells a picture's contrast; and what it is in a clear one, per
reference pixel."""
_LIFT = 2.0
"""Of the midtones at full brightness: no tone passes a lighter one up to this."""
_LIVELY = 0.5
"""Power of the shading by which hues are kept: more than light and shade, so that skin lives."""


class CartoonParams(StyleParams):
    bilateral_d: int = Field(9, ge=3, le=25, description=(
        "Window over which colors are smoothed, in pixels at 1080p."))
    bilateral_sigma_color: float = Field(75, ge=5, le=200, description=(
        "Difference of color, in codes of 255, that is smoothed away."))
    bilateral_sigma_space: float = Field(75, ge=1, le=200, description=(
        "Fall-off of the smoothing inside its window, in pixels at 1080p."))
    num_colors: int = Field(8, ge=4, le=16, description="Colors in the palette.")
    edge_threshold1: float = Field(50, ge=1, le=400, description=(
        "Gradient from which an edge is followed; the lower of the two thresholds counts as this."))
    edge_threshold2: float = Field(150, ge=1, le=600, description=(
        "Gradient that starts a line; the higher of the two thresholds counts as this."))
    line_weight: float = Field(5.5, ge=1, le=8, description=(
        "Width of the boldest lines, in pixels at 1080p."))
    line_strength: float = Field(0.9, ge=0, le=1, description=(
        "How black the lines are; less lets the color below through."))
    shading: float = Field(0.1, ge=0, le=1, description=(
        "How much of the light and shade within each color is kept."))
    brightness: float = Field(0.35, ge=0, le=1, description=(
        "How far the midtones are lifted."))
    saturation: float = Field(1.3, ge=0, le=2, description=(
        "Strength of the colors; 0 is black and white."))
    contrast: float = Field(0.15, ge=0, le=1, description=(
        "How far the palette is stretched towards black and white."))


@dataclass(frozen=True, slots=True)
class Sheet(Analysis):
    """What a frame hands to the next: palette, contrast and flow of the lines, and when it was."""

    colors: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    contrast: float = 1.0
    tensor: np.ndarray = field(default_factory=lambda: np.zeros((1, 1, 3), np.float32))
    plan: np.ndarray = field(default_factory=lambda: np.zeros((1, 1, 2), np.float32))
    numerator: int = 0
    denominator: int = 1


class CartoonStylizer(Stylizer[CartoonParams]):
    name = "cartoon"
    summary = "Flat colors under black ink lines."
    revision = 1
    stateful = True
    Params = CartoonParams
    Analysis = Sheet

    def __init__(self, params: CartoonParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        self._scratch = Scratch()

    @override
    def support(self) -> float:
        window = self.params.bilateral_d / 2
        colors = _PASSES * (_WIDER * window + 4) + 34
        return max(colors, window + 2 + lines.reach(self.params.line_weight))

    @override
    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> Sheet:
        before = previous if isinstance(previous, Sheet) else None
        planes = self._reduced(frame, 3)
        rate = 1.0 if before is None else _rate(frame, before)
        # After a flash the shot goes on as it was, so nothing is learned from one.
        learned = 0.0 if frame.flash else rate
        colors, shares = self._palette(planes, before, learned)
        tensor, plan, contrast = self._lines(planes, frame, before, learned)
        return Sheet(colors, shares, contrast, tensor, plan, frame.time.numerator,
                     frame.time.denominator)

    def _reduced(self, frame: Frame, count: int) -> np.ndarray:
        """R', G' and B' of the frame, and room for more planes, (count, h, w)."""
        from stylizers.kernels.blocks import reduced, size

        blocks = _blocks(frame)
        planes = self._scratch.array(f"{count} planes", (count, *size(frame.image, *blocks)))
        reduced(frame.image, *blocks, planes)
        return planes

    def _palette(self, planes: np.ndarray, before: Sheet | None, rate: float
                 ) -> tuple[np.ndarray, np.ndarray]:
        """Colors and their shares, carried on."""
        samples = palette.seen(_samples(planes))
        if before is None:
            colors = palette.found(samples, self.params.num_colors)
            return colors, palette.moved(samples, colors)[1]
        return palette.followed(samples, before.colors, before.shares, rate)

    def _lines(self, planes: np.ndarray, frame: Frame, before: Sheet | None, rate: float
               ) -> tuple[np.ndarray, np.ndarray, float]:
        """Structure tensor and plan of the lines, and how clear edges are, carried on."""
        from stylizers.kernels.inking import carry
        from stylizers.kernels.tensor import structure_tensor

        fine, factors = _scale(frame), _factors(_scale(frame))
        scale = (fine[0] / factors[0], fine[1] / factors[1])
        small = cv2.resize(self._luma(planes), _size(planes, factors), interpolation=cv2.INTER_AREA)
        tensor = structure_tensor(small, (1 / scale[0], 1 / scale[1]), _FLOW)
        steep = math.sqrt(float(np.quantile(tensor[::2, ::2, 0] + tensor[::2, ::2, 2], _EDGES)))
        contrast = float(np.clip(steep / _LIKE, 0.15, 1))
        if before is not None:
            contrast = before.contrast + rate * (contrast - before.contrast)
        self._smooth(small[None], scale, 1, _CLOSER / math.sqrt(3))
        plan = lines.planned(small, tensor, scale, self._pen(contrast))
        if before is not None and before.tensor.shape == tensor.shape:
            carry(tensor.ravel(), plan.ravel(), before.tensor.ravel(), before.plan.ravel(),
                  np.float32(rate))
        return tensor, plan, contrast

    def _pen(self, contrast: float) -> lines.Pen:
        low, high = sorted((self.params.edge_threshold1, self.params.edge_threshold2))
        return lines.Pen(low * contrast, high * contrast, self.params.line_weight)

    def _luma(self, planes: np.ndarray) -> np.ndarray:
        from stylizers.kernels.luma import luma_of_planes

        luma = self._scratch.array("luma", planes.shape[1:])
        luma_of_planes(planes, luma)
        return luma

    def _smooth(self, planes: np.ndarray, scale: tuple[float, float], wider: float, unit: float
                ) -> None:
        """Bilateral smoothing in place, colors differing by `unit` times what they are given as."""
        from stylizers.kernels.bilateral import smooth

        params = self.params
        radius, sigma = wider * params.bilateral_d / 2, wider * params.bilateral_sigma_space
        smooth(planes, (radius * scale[0], radius * scale[1]),
               params.bilateral_sigma_color / 255 / math.sqrt(3) * unit,
               (sigma * scale[0], sigma * scale[1]))

    def _abstracted(self, planes: np.ndarray, luma: np.ndarray, scale: tuple[float, float]
                    ) -> None:
        """Fills the first three of `planes` with flat colors that end where `luma`'s edges are."""
        from stylizers.kernels.abstraction import refined

        factors = _factors(scale)
        size = _size(planes, factors)
        small = self._scratch.array("small", (4, size[1], size[0]))
        for plane, source in zip(small[:3], planes[:3], strict=True):
            plane[:] = cv2.medianBlur(cv2.resize(source, size, interpolation=cv2.INTER_AREA), 5)
        for _ in range(_PASSES):
            self._smooth(small[:3], (scale[0] / factors[0], scale[1] / factors[1]), _WIDER, _CLOSER)
        cv2.resize(luma, size, small[3], interpolation=cv2.INTER_AREA)
        refined(small, luma, planes[:3])
        for plane in planes[:3] if min(factors) > 1 else ():
            plane[:] = cv2.medianBlur(plane, 3)

    @override
    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        from stylizers.kernels.enlarge import enlarged
        from stylizers.kernels.soft_palette import recolor, table

        sheet, params, scale = cast(Sheet, analysis), self.params, _scale(frame)
        # A plane more than there are channels: it will hold the luma.
        planes = self._reduced(frame, 4)
        luma = self._luma(planes[:3])
        # Of three channels that differ alike, a distance is the square root of 3 times one's.
        self._smooth(luma[None], scale, 1, _CLOSER / math.sqrt(3))
        self._abstracted(planes, luma, scale)
        recolor(planes, table(palette.shown(sheet.colors), palette.presence(sheet.shares),
                              palette.HUE, palette.softness(sheet.colors, sheet.shares),
                              (params.shading, params.shading ** _LIVELY), params.saturation,
                              palette.stretched(sheet.colors, sheet.shares, params.contrast),
                              _LIFT * params.brightness))
        planes[3] = luma
        ink = lines.drawn(luma, sheet.tensor, sheet.plan, scale, self._pen(sheet.contrast))
        return enlarged(frame.image, planes, _blocks(frame), ink,
                        (lines.BORDER - lines.RIM, lines.BORDER + lines.RIM), params.line_strength)


def _blocks(frame: Frame) -> tuple[int, int]:
    """Columns and rows of the frame per sample of the picture that is drawn from."""
    across, down = frame.scale
    return max(1, round(across / _FINE)), max(1, round(down / _FINE))


def _scale(frame: Frame) -> tuple[float, float]:
    """Columns and rows, of the picture that is drawn from, per reference pixel."""
    across, down = _blocks(frame)
    return frame.scale[0] / across, frame.scale[1] / down


def _rate(frame: Frame, before: Sheet) -> float:
    """How far what is carried moves to what this frame shows."""
    return 1 - pace.stays(frame.time - Fraction(before.numerator, before.denominator))


def _samples(planes: np.ndarray) -> np.ndarray:
    """R'G'B' (N, 3) of blocks all over the picture, about 8000 of them."""
    height, width = planes.shape[1:]
    side = max(1, round(math.sqrt(height * width / _SAMPLES)))
    down, across = max(height // side, 1), max(width // side, 1)
    small = [cv2.resize(plane[:down * side, :across * side], (across, down),
                        interpolation=cv2.INTER_AREA) for plane in planes]
    return np.stack(small, axis=-1).reshape(-1, 3)


def _factors(scale: tuple[float, float]) -> tuple[int, int]:
    """How much coarser than at `scale` colors are smoothed, in columns and rows."""
    return max(1, round(scale[0] / _COARSE)), max(1, round(scale[1] / _COARSE))


def _size(planes: np.ndarray, factors: tuple[int, int]) -> tuple[int, int]:
    """Width and height of `planes` (C, H, W) in blocks of that many samples."""
    height, width = planes.shape[1:]
    return -(-width // factors[0]), -(-height // factors[1])
