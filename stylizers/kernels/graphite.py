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
def _tone(sample, torn, shade, unit):  # type: ignore[no-untyped-def]
    zero, one = np.float32(0), np.float32(1)
    tone = np.float32(sample) * unit
    tone -= torn * (one - tone) * (tone + np.float32(_SPECKS))
    return min(max(tone, zero), one) * np.float32(shade) + np.float32(0.5)


@njit(nogil=True, cache=True)
def _graphite(picture, color, tooth, peak, out):  # type: ignore[no-untyped-def]
    unit, shade = np.float32(1) / peak, peak / np.float32(65535)
    # Written out by channel: an inner loop of three would keep the outer one from vectorizing.
    for pixel in range(tooth.size):
        torn, i = np.float32(_BITE) * tooth[pixel], 3 * pixel
        out[i] = out.dtype.type(_tone(picture[i], torn, color[i] * shade, unit))
        out[i + 1] = out.dtype.type(_tone(picture[i + 1], torn, color[i + 1] * shade, unit))
        out[i + 2] = out.dtype.type(_tone(picture[i + 2], torn, color[i + 2] * shade, unit))
