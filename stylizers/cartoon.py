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

_FINE = 0.5
"""Colors and lines are drawn on a picture with about this many samples per reference pixel."""
_PASSES = 2
"""Of the bilateral filter; the second finds the first's colors, and flattens what is left."""
_SAMPLES = 8000
_CONTRAST = 0.2
"""Deviation of lightness under which edges count for more, down to a quarter of it."""
_LIVELY = 0.35
"""Power of the shading by which hues are kept: more than light and shade, so that skin lives."""
_STILL, _CHANGED = 3.0, 10.0
"""Change of luma, in codes of 255, up to which lines are averaged, and from which they are new."""


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
    line_weight: float = Field(3.0, ge=1, le=8, description=(
        "Width of the boldest lines, in pixels at 1080p."))
    line_strength: float = Field(0.9, ge=0, le=1, description=(
        "How black the lines are; less lets the color below through."))
    shading: float = Field(0.2, ge=0, le=1, description=(
        "How much of the light and shade within each color is kept."))
    saturation: float = Field(1.15, ge=0, le=2, description=(
        "Strength of the colors; 0 is black and white."))
    contrast: float = Field(0.15, ge=0, le=1, description=(
        "How far the palette is stretched towards black and white."))


@dataclass(frozen=True, slots=True)
class Sheet(Analysis):
    """What a frame hands to the next: palette, thresholds and lines, and when it was."""

    colors: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    contrast: float = 1.0
    ink: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.uint16))
    luma: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.uint8))
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
        return _PASSES * (self.params.bilateral_d / 2 + 2) + 6

    @override
    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> Sheet:
        before = previous if isinstance(previous, Sheet) else None
        planes = self._reduced(frame, 3)
        rate = 1.0 if before is None else _rate(frame, before)
        # After a flash the shot goes on as it was, so nothing is learned from one.
        learned = 0.0 if frame.flash else rate
        colors, shares, contrast = self._palette(planes, before, learned)
        seen, ink = self._lines(frame, planes, contrast, before, rate)
        return Sheet(colors, shares, contrast, ink, seen, frame.time.numerator,
                     frame.time.denominator)

    def _reduced(self, frame: Frame, count: int) -> np.ndarray:
        """R', G' and B' of the frame, and room for more planes, (count, h, w)."""
        from stylizers.kernels.blocks import reduced, size

        blocks = _blocks(frame)
        planes = self._scratch.array(f"{count} planes", (count, *size(frame.image, *blocks)))
        reduced(frame.image, *blocks, planes)
        return planes

    def _palette(self, planes: np.ndarray, before: Sheet | None,
                 rate: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Colors, their shares, and what contrast does to the thresholds, carried on."""
        samples = palette.seen(_samples(planes))
        contrast = float(np.clip((samples[:, 0].std() / _CONTRAST) ** 0.5, 0.5, 1))
        if before is None:
            colors = palette.found(samples, self.params.num_colors)
            return colors, palette.moved(samples, colors)[1], contrast
        colors, shares = palette.followed(samples, before.colors, before.shares, rate)
        return colors, shares, before.contrast + rate * (contrast - before.contrast)

    def _lines(self, frame: Frame, planes: np.ndarray, contrast: float, before: Sheet | None,
               rate: float) -> tuple[np.ndarray, np.ndarray]:
        """The smoothed luma as uint8, and the ink: averaged where that stays, new elsewhere."""
        from stylizers.kernels.inking import carry, codes
        from stylizers.kernels.luma import luma_of_planes

        scale = _scale(frame)
        luma = self._scratch.array("luma", planes.shape[1:])
        luma_of_planes(planes, luma)
        # Of three channels that differ alike, a distance is the square root of 3 times one's.
        self._smooth(luma[None], scale, 1 / math.sqrt(3))
        low, high = sorted((self.params.edge_threshold1, self.params.edge_threshold2))
        pen = lines.Pen(low * contrast, high * contrast, self.params.line_weight)
        fresh = lines.drawn(luma, scale, pen, self._scratch)
        seen = codes(luma.ravel(), np.float32(255)).reshape(luma.shape)
        if before is None or before.luma.shape != seen.shape:
            change, ink = np.full(seen.shape, 255, np.uint8), np.zeros(seen.shape, np.uint16)
        else:
            change, ink = _change(seen, before.luma), before.ink
        ink = carry(fresh.ravel(), ink.ravel(), change.ravel(), np.float32(rate),
                    np.float32(_STILL), np.float32(_CHANGED), np.float32(65535 / lines.PEAK))
        return seen, ink.reshape(seen.shape)

    def _smooth(self, planes: np.ndarray, scale: tuple[float, float], unit: float) -> None:
        """Bilateral smoothing in place, colors differing by `unit` times what they are given as."""
        from stylizers.kernels.bilateral import smooth

        params = self.params
        radius, sigma = params.bilateral_d / 2, params.bilateral_sigma_space
        for _ in range(_PASSES):
            smooth(planes, (radius * scale[0], radius * scale[1]),
                   params.bilateral_sigma_color / 255 / math.sqrt(3) * unit,
                   (sigma * scale[0], sigma * scale[1]))

    @override
    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        from stylizers.kernels.enlarge import enlarged
        from stylizers.kernels.soft_palette import recolor, table

        sheet, params, scale = cast(Sheet, analysis), self.params, _scale(frame)
        # A plane more than there are channels: it will hold the luma.
        planes = self._reduced(frame, 4)
        self._smooth(planes[:3], scale, 1)
        recolor(planes, table(palette.shown(sheet.colors), palette.presence(sheet.shares),
                              palette.HUE, palette.softness(sheet.colors, sheet.shares),
                              (params.shading, params.shading ** _LIVELY), params.saturation,
                              palette.stretched(sheet.colors, sheet.shares, params.contrast)))
        low, high = lines.border(params.line_weight, scale)
        return enlarged(frame.image, planes, _blocks(frame), sheet.ink,
                        (low / lines.PEAK, high / lines.PEAK), params.line_strength)


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


def _change(seen: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Change of luma around each sample, uint8; the mean of nine takes the noise off."""
    change = cv2.blur(cv2.absdiff(seen, before), (3, 3))
    return cv2.dilate(change, np.ones((5, 5), np.uint8))
