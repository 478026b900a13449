"""Drawing paper: its color, its tooth, and where it lies under a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from stylizers.once import once
from stylizers.pictures import read_picture

_SIDE = 1024
"""Side of the generated paper in reference pixels; it repeats without a seam."""
_SEED = 20
_WHITE = (0.985, 0.978, 0.962)
"""R'G'B' of the generated paper: the warm white of unbleached cotton."""
_RELIEF = 0.012
"""How much the tooth shades bare paper, per deviation of its height."""
_GRAIN = ((2.2, 0.5), (4.5, 1.0), (10.0, 0.6), (45.0, 0.15))
"""Wavelengths in reference pixels and amplitudes: fibers, felt marks, and a slow cloudiness."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`color` is R'G'B' uint16 (H, W, 3); `tooth` the height of the surface, float32 (H, W), with
    mean 0 and deviation 1. One pixel is one reference pixel, or one of the picture it lies under.
    """

    color: np.ndarray
    tooth: np.ndarray
    seamless: bool


@once
def generated() -> Paper:
    """Cold-pressed drawing paper, always the same."""
    noise = np.fft.rfft2(np.random.default_rng(_SEED).standard_normal((_SIDE, _SIDE)))
    frequency = np.hypot(np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None])
    tooth = np.zeros((_SIDE, _SIDE))
    for wavelength, amplitude in _GRAIN:
        band = np.fft.irfft2(noise * np.exp(-((frequency * wavelength - 1) / 0.4) ** 2))
        tooth += amplitude * band / band.std()
    tooth /= tooth.std()
    color = np.clip(np.multiply.outer(1 + _RELIEF * tooth, _WHITE), 0, 1)
    return Paper(np.rint(color * 65535).astype(np.uint16), tooth.astype(np.float32), True)


def load(path: Path) -> Paper:
    """The paper in a picture file; raises UnreadableImage."""
    image = read_picture(path)
    depth = 257 if image.dtype == np.uint8 else 1
    color = image.astype(np.uint16) * np.uint16(depth)
    return Paper(color, _tooth(color), False)


def _tooth(color: np.ndarray) -> np.ndarray:
    """Light on a sheet tells its height; what is wider than a felt mark is lighting or stains."""
    grey = color.astype(np.float32).mean(axis=2)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 8, borderType=cv2.BORDER_REFLECT)
    # A sheet without texture has only rounding left, which must not be blown up into grain.
    return np.clip(detail / max(float(detail.std()), 65535 / 512), -3, 3)


def lay(paper: Paper, width: int, height: int, scale: tuple[float, float]) -> Paper:
    """`paper` under a picture of that size, centered; where it ends it repeats or is mirrored.

    `scale` is columns and rows per reference pixel.
    """
    shrink = tuple(min(1.0, factor) for factor in scale)
    across = _positions(paper.tooth.shape[1], width, shrink[0], scale[0])
    down = _positions(paper.tooth.shape[0], height, shrink[1], scale[1])
    columns, rows = np.meshgrid(across, down)
    border = cv2.BORDER_WRAP if paper.seamless else cv2.BORDER_REFLECT

    def laid(plane: np.ndarray) -> np.ndarray:
        if min(shrink) < 1:
            size = tuple(max(1, round(side * factor))
                         for side, factor in zip(plane.shape[1::-1], shrink, strict=True))
            plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return cv2.remap(plane, columns, rows, cv2.INTER_CUBIC, borderMode=border)

    return Paper(laid(paper.color), laid(paper.tooth), False)


def _positions(side: int, length: int, shrink: float, scale: float) -> np.ndarray:
    """Where in the (shrunken) paper of `side` the `length` pixels of a picture lie."""
    step = shrink / scale
    start = round((max(1, round(side * shrink)) - length * step) / 2)
    return (start + (np.arange(length) + 0.5) * step - 0.5).astype(np.float32)
