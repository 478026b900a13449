"""Smoothing that keeps edges: less total variation, near the picture it is made from.

The model of Rudin, Osher and Fatemi 1992 for colors that share their edges (Blomgren and Chan 1998,
Bresson and Chan 2008), solved by Chambolle's projections: "An algorithm for total variation
minimization and applications", 2004, eq. 9.
"""

from __future__ import annotations

import numpy as np
from numba import njit

STEPS = 12
"""Projections, each of which carries values one pixel on; after these little changes any more."""
_TAU = 0.245
"""Length of a step; up to a quarter converges."""


def smoothed(planes: np.ndarray, weight: float) -> np.ndarray:
    """Planes (3, H, W) float32 0..1 with the total variation counting `weight` times as much as the
    squared distance from them, halved.
    """
    dual = np.zeros((2, *planes.shape), np.float32)
    out = np.empty_like(planes)
    for _ in range(STEPS):
        _primal(planes, dual, np.float32(weight), out)
        _projected(out, dual, np.float32(_TAU / weight))
    _primal(planes, dual, np.float32(weight), out)
    return out


@njit(nogil=True, cache=True)
def _primal(planes, dual, weight, out):  # type: ignore[no-untyped-def]
    """The picture that belongs to the dual: planes + weight * divergence."""
    channels, height, width = planes.shape
    for c in range(channels):
        for y in range(height):
            source, row, across, down = planes[c, y], out[c, y], dual[0, c, y], dual[1, c, y]
            above = dual[1, c, max(y - 1, 0)]
            first = np.float32(1 if y else 0)
            row[0] = source[0] + weight * (across[0] + down[0] - first * above[0])
            for x in range(1, width):
                row[x] = source[x] + weight * (across[x] - across[x - 1] + down[x]
                                               - first * above[x])


@njit(nogil=True, cache=True, error_model="numpy")
def _projected(picture, dual, step):  # type: ignore[no-untyped-def]
    """One step along the gradient of the picture, back into the unit ball."""
    channels, height, width = picture.shape
    norm = np.empty(width, np.float32)
    right, below = np.empty((channels, width), np.float32), np.empty((channels, width), np.float32)
    for y in range(height):
        norm[:] = 0
        last = y == height - 1
        for c in range(channels):
            row, following = picture[c, y], picture[c, y if last else y + 1]
            wide, deep = right[c], below[c]
            for x in range(width - 1):
                wide[x] = row[x + 1] - row[x]
            wide[width - 1] = 0
            for x in range(width):
                deep[x] = following[x] - row[x]
            for x in range(width):
                norm[x] += wide[x] * wide[x] + deep[x] * deep[x]
        for x in range(width):
            norm[x] = np.float32(1) / (np.float32(1) + step * np.sqrt(norm[x]))
        for c in range(channels):
            across, down, wide, deep = dual[0, c, y], dual[1, c, y], right[c], below[c]
            for x in range(width):
                across[x] = (across[x] + step * wide[x]) * norm[x]
                down[x] = (down[x] + step * deep[x]) * norm[x]
