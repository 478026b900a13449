"""Light that spills: a soft glow around highlights, with the red rim that film gives them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from stylizers.kernels.blur import remaining

REACH = 3.0
"""The glow ends at this many of its radii, which are standard deviations."""
CELL = 5.0
"""Reference pixels that the light is gathered in, at most."""

_THRESHOLD = 0.55
"""Signal from which light spills, slowly at first."""
_FINEST = 2.5
"""Sigma, in cells, that a reduced picture keeps at least."""
_FULL = 0.7
"""Share of the highlights' light that spills at full strength."""
_RIM, _RIM_SHARE = 0.35, 0.45
"""The rim's radius over the glow's, and how much of the light goes there. Light that passed the
film is thrown back by its base and meets the red layer first: that is halation."""
_RIM_TINT, _VEIL_TINT = (0.0, 0.62, 0.88), (0.0, 0.12, 0.26)
"""How much of R, G, B the rim and the wide glow lack at full halation."""


def glow(image: np.ndarray, strength: float, radius: float, halation: float,
         scale: tuple[float, float]) -> tuple[np.ndarray, int]:
    """Light to be screened over `image`, and how many of its rows share a line of it.

    Float32 (lines, 3 * W), 0..1; `radius` is in reference pixels.
    """
    from stylizers.kernels.glow import highlights

    height, width = image.shape[:2]
    columns, rows = (_cell(length, min(CELL, radius * _RIM / 2) * factor)
                     for length, factor in zip((width, height), scale, strict=True))
    light = highlights(image, _THRESHOLD, columns, rows)
    spilt = np.zeros((len(light), 3 * light.shape[1]), np.float32)
    for sigma, share, tint in ((radius * _RIM, _RIM_SHARE, _RIM_TINT),
                               (radius, 1 - _RIM_SHARE, _VEIL_TINT)):
        color = strength * _FULL * share * (1 - halation * np.array(tint, np.float32))
        left = (remaining(sigma * scale[0], columns), remaining(sigma * scale[1], rows))
        # One color per row of samples multiplies five times faster than one per pixel.
        spilt += _blurred(light, *left).reshape(spilt.shape) * np.tile(color, light.shape[1])
    wide = cv2.resize(spilt.reshape(light.shape), (light.shape[1] * columns, len(light)),
                      interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(wide[:, :width]).reshape(len(light), 3 * width), rows


def _cell(length: int, limit: float) -> int:
    """Pixels that share a cell, at most `limit`; one that divides the picture needs no mirror."""
    largest = max(1, int(limit))
    return next((size for size in range(largest, largest // 2, -1) if length % size == 0), largest)


def _blurred(light: np.ndarray, across: float, down: float) -> np.ndarray:
    """A wide blur is computed on a reduced picture once more."""
    size = light.shape[1::-1]
    smaller = tuple(max(1, round(length / max(1, sigma // _FINEST)))
                    for length, sigma in zip(size, (across, down), strict=True))
    if smaller != size:
        across, down = (remaining(sigma, length / short) for sigma, length, short
                        in zip((across, down), size, smaller, strict=True))
        light = cv2.resize(light, smaller, interpolation=cv2.INTER_AREA)
    light = cv2.sepFilter2D(light, cv2.CV_32F, spread(across), spread(down),
                            borderType=cv2.BORDER_REFLECT)
    return light if smaller == size else cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)


def spread(sigma: float) -> np.ndarray:
    """A kernel shaped like three boxes over each other, the quadratic B-spline.

    A cut Gaussian would end in a visible edge where the glow lies on black; this one falls to
    zero with its slope, at REACH sigmas.
    """
    width = max(2 * sigma, 1e-3)
    reach = math.ceil(1.5 * width)
    place = np.abs(np.arange(-reach, reach + 1)) / width
    kernel = np.where(place < 0.5, 0.75 - place**2, 0.5 * np.maximum(1.5 - place, 0) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)
