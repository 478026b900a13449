"""Graphite on paper: it catches on the peaks of the tooth and leaves the valleys bare."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_BITE = 0.42
"""How strongly the tooth tears the graphite, per deviation of its height."""
_SPECKS = 0.12
"""How much of that remains in the deepest black: bare valleys that the lead never reaches."""


def graphite(picture: np.ndarray, color: np.ndarray, tooth: np.ndarray) -> np.ndarray:
    """`picture` (H, W, 3) drawn on paper: `color` uint16 (H, W, 3) and `tooth` float32 (H, W)."""
    out = np.empty(picture.shape, picture.dtype)
    _graphite(samples(picture), samples(color), samples(tooth),
              np.float32(np.iinfo(picture.dtype).max), out.reshape(-1))
    return out


@njit(nogil=True, cache=True)
def _graphite(picture, color, tooth, peak, out):  # type: ignore[no-untyped-def]
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    bite, specks = np.float32(_BITE), np.float32(_SPECKS)
    unit, shade = one / peak, peak / np.float32(65535)
    for pixel in range(tooth.size):
        torn = bite * tooth[pixel]
        for i in range(3 * pixel, 3 * pixel + 3):
            tone = np.float32(picture[i]) * unit
            tone -= torn * (one - tone) * (tone + specks)
            tone = min(max(tone, zero), one)
            out[i] = out.dtype.type(tone * np.float32(color[i]) * shade + half)
