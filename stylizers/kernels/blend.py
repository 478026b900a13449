"""Weighted means of two pictures, and the luma of one under the chroma of another.

All arrays are flat. Means are taken in double precision, so that they round to the nearest code
at 16 bits too.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.weights import BLUE, GREEN, RED


@njit(nogil=True, cache=True)
def mix(below, above, weight, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        low = np.float64(below[i])
        out[i] = out.dtype.type(low + (np.float64(above[i]) - low) * weight + 0.5)


@njit(nogil=True, cache=True)
def mix_masked(below, above, mask, unit, out):  # type: ignore[no-untyped-def]
    """One mask sample per sample; its weight is mask * unit, held to 0..1."""
    for i in range(out.size):
        weight = mask[i] * unit
        weight = weight if weight > 0.0 else 0.0  # not a number counts as 0
        weight = weight if weight < 1.0 else 1.0
        low = np.float64(below[i])
        out[i] = out.dtype.type(low + (np.float64(above[i]) - low) * weight + 0.5)


@njit(nogil=True, cache=True)
def mix_masked_rgb(below, above, mask, unit, out):  # type: ignore[no-untyped-def]
    """One mask sample per three samples."""
    for pixel in range(mask.size):
        weight = mask[pixel] * unit
        weight = weight if weight > 0.0 else 0.0
        weight = weight if weight < 1.0 else 1.0
        for channel in range(3):
            i = 3 * pixel + channel
            low = np.float64(below[i])
            out[i] = out.dtype.type(low + (np.float64(above[i]) - low) * weight + 0.5)


@njit(nogil=True, cache=True)
def recolor(luma_of, chroma_of, peak, out):  # type: ignore[no-untyped-def]
    red, green, blue = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    zero, half = np.float32(0), np.float32(0.5)
    for pixel in range(out.size // 3):
        i = 3 * pixel
        r, g = np.float32(chroma_of[i]), np.float32(chroma_of[i + 1])
        b = np.float32(chroma_of[i + 2])
        shift = (red * (np.float32(luma_of[i]) - r) + green * (np.float32(luma_of[i + 1]) - g)
                 + blue * (np.float32(luma_of[i + 2]) - b))
        out[i] = out.dtype.type(min(max(r + shift, zero), peak) + half)
        out[i + 1] = out.dtype.type(min(max(g + shift, zero), peak) + half)
        out[i + 2] = out.dtype.type(min(max(b + shift, zero), peak) + half)
