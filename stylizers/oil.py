"""Oil painting: dabs of an anisotropic Kuwahara filter, in relief on canvas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from pydantic import Field
from typing_extensions import override

from stylizers import impasto, pace
from stylizers.base import AnyAnalysis, StyleParams, Stylizer
from stylizers.frame import Frame
from stylizers.once import once

_PIXELS = 5.0
"""Pixels that the brush measures in the picture that is painted, which is the smaller for it."""
_GRID = 4.0
"""Reference pixels between samples of the light in which directions are looked for."""
_SMOOTH = 8.0
"""Reference pixels over which directions are averaged."""
_STILL = 1e-5
"""Squared gradient of luma 0..1, per reference pixel, that a brush does not follow."""


class OilParams(StyleParams):
    brush_size: float = Field(10.0, ge=3, le=40,
                              description="Reach of the brush, in pixels at 1080p.")
    stroke_length: float = Field(1.0, ge=0, le=2,
                                 description="How much longer dabs grow along the forms.")
    sharpness: int = Field(6, ge=1, le=16, description="How sharply dabs end at each other.")
    relief: float = Field(0.4, ge=0, le=1,
                          description="How thick the paint stands, with furrows of bristles.")
    canvas: float = Field(0.25, ge=0, le=1, description="How much the woven canvas shows.")


@dataclass(frozen=True, slots=True)
class OilAnalysis(pace.Dated):
    """`tensor` is the structure tensor xx, xy, yy, float32 (h, w, 3), of luma per reference pixel,
    averaged in time."""

    tensor: np.ndarray


class OilStylizer(Stylizer[OilParams]):
    name = "oil"
    summary = "Oil painting on canvas."
    revision = 3
    stateful = True
    Params = OilParams
    Analysis = OilAnalysis

    def __init__(self, params: OilParams | None = None, **values: Any) -> None:
        super().__init__(params, **values)
        self._furrows = once(_brushed)
        self._canvas = once(_woven)

    @override
    def support(self) -> float:
        brush = self.params.brush_size * (2 + self.params.stroke_length)
        # Directions turn beside whatever moves, and the dabs with them.
        return max(brush, 3 * _SMOOTH + 2 * _GRID) + 8

    @override
    def analyze(self, frame: Frame, previous: AnyAnalysis | None) -> OilAnalysis:
        tensor = _tensor(frame)
        if isinstance(previous, OilAnalysis) and previous.tensor.shape == tensor.shape:
            tensor += np.float32(previous.stays(frame)) * (previous.tensor - tensor)
        return OilAnalysis(frame.time.numerator, frame.time.denominator, tensor)

    @override
    def render(self, frame: Frame, analysis: AnyAnalysis) -> np.ndarray:
        from stylizers.kernels.crisp import enlarged, reduced
        from stylizers.kernels.kuwahara import ellipses, kuwahara

        assert isinstance(analysis, OilAnalysis)
        height, width = frame.image.shape[:2]
        radius = [self.params.brush_size * scale for scale in frame.scale]
        columns, rows = (max(1, round(size / max(1.0, reach / _PIXELS)))
                         for size, reach in zip((width, height), radius, strict=True))
        tensor = cv2.resize(analysis.tensor, (columns, rows), interpolation=cv2.INTER_LINEAR)
        brushes = ellipses(tensor, (radius[0] * columns / width, radius[1] * rows / height),
                           self.params.stroke_length)
        painted = kuwahara(reduced(frame.image, columns, rows), brushes, self.params.sharpness)
        return enlarged(painted, width, height, frame.image.dtype)

    @override
    def finish(self, frame: Frame, picture: np.ndarray, analysis: AnyAnalysis) -> np.ndarray:
        from stylizers.kernels.relief import bearings, light

        assert isinstance(analysis, OilAnalysis)
        if not (self.params.relief or self.params.canvas):
            return picture
        height, width = picture.shape[:2]
        tensor = cv2.resize(analysis.tensor, _grid(width, height, frame.scale),
                            interpolation=cv2.INTER_LINEAR)
        return light(picture, bearings(tensor, _STILL, 256), self._furrows(frame.scale),
                     self._canvas(width, height, frame.scale), self.params.relief,
                     self.params.canvas, frame.scale)


@once
def _brushed(scale: tuple[float, float]) -> np.ndarray:
    furrows = _coded(impasto.furrows(scale))
    return np.concatenate([furrows, furrows], axis=2)


def _woven(width: int, height: int, scale: tuple[float, float]) -> np.ndarray:
    return _coded(impasto.canvas(width, height, scale))


def _coded(shades: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(shades * 32, -127, 127)).astype(np.int8)


def _grid(width: int, height: int, scale: tuple[float, float]) -> tuple[int, int]:
    """Columns and rows of the grid on which directions are looked for."""
    columns, rows = (max(1, min(side, round(side / (_GRID * factor))))
                     for side, factor in zip((width, height), scale, strict=True))
    return columns, rows


def _tensor(frame: Frame) -> np.ndarray:
    from stylizers.kernels.luma import luma
    from stylizers.kernels.tensor import structure_tensor

    grey = luma(frame.image)
    (height, width), (across, down) = grey.shape, frame.scale
    columns, rows = _grid(width, height, frame.scale)
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    pixel = (width / (across * columns), height / (down * rows))
    tensor = structure_tensor(small, pixel, _SMOOTH)
    return cv2.resize(tensor, ((columns + 1) // 2, (rows + 1) // 2),
                      interpolation=cv2.INTER_AREA)
