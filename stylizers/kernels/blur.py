"""Gaussian blur whose cost does not grow with its width."""

from __future__ import annotations

import math

import cv2
import numpy as np

REACH = 3.0
"""The kernel ends at this many sigmas; what lies beyond is 0.3 % of its weight."""

_FINEST = 4.0
"""Sigma, in pixels, that a reduced picture keeps at least: below it the reduction would show."""


def gaussian(plane: np.ndarray, sigma_x: float, sigma_y: float) -> np.ndarray:
    """`plane` (H, W) float32 blurred by sigmas in columns and rows, mirrored at its edges.

    A wide blur is computed on a reduced picture.
    """
    return enlarged(reduced(plane, sigma_x, sigma_y), plane.shape)


def reduced(plane: np.ndarray, sigma_x: float, sigma_y: float,
            finest: float = _FINEST) -> np.ndarray:
    """The same as a picture so much smaller that sigma is `finest` of its pixels or little more.

    `enlarged` gives the blur asked for.
    """
    height, width = plane.shape
    columns, rows = samples_of(width, sigma_x / finest), samples_of(height, sigma_y / finest)
    if (columns, rows) == (width, height):
        return _blurred(plane, sigma_x, sigma_y)
    small = cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA)
    return _blurred(small, remaining(sigma_x, width / columns),
                    remaining(sigma_y, height / rows))


def enlarged(small: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A reduced plane at (H, W) `shape` again; itself if it has that shape."""
    if small.shape == shape:
        return small
    return cv2.resize(small, shape[1::-1], interpolation=cv2.INTER_LINEAR)


def samples_of(size: int, most: float) -> int:
    """How many samples `size` pixels become, each of `most` pixels at most."""
    limit = max(1.0, most)
    # Averaging whole blocks is six times faster, and every usual size divides by some number.
    for factor in range(int(limit), math.ceil(limit / 2) - 1, -1):
        if size % factor == 0:
            return size // factor
    return min(size, math.ceil(size / limit))


def remaining(sigma: float, factor: float) -> float:
    """What is left of a blur by `sigma` pixels, in samples of `factor` pixels each.

    Averaging blocks of n pixels blurs with variance (n^2 - 1) / 12, and linear interpolation back
    with n^2 / 6.
    """
    done = 0.0 if factor == 1 else (factor**2 - 1) / 12 + factor**2 / 6
    return math.sqrt(max(sigma**2 - done, 0.0)) / factor


def _blurred(plane: np.ndarray, sigma_x: float, sigma_y: float) -> np.ndarray:
    size = tuple(2 * math.ceil(REACH * sigma) + 1 for sigma in (sigma_x, sigma_y))
    # A mirror at the edge of the picture (not at its last pixel) is the same at every reduction.
    return cv2.GaussianBlur(plane, size, sigmaX=max(sigma_x, 1e-3), sigmaY=max(sigma_y, 1e-3),
                            borderType=cv2.BORDER_REFLECT)
