"""Color dodge of a grey picture by its own blurred negative."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples


def dodge(plane: np.ndarray, blurred: np.ndarray, depth: float, dtype: np.dtype) -> np.ndarray:
    """The drawing as R'G'B' (H, W, 3) of `dtype`, from luma and its blur, (H, W) float32 0..1.

    Dodging by a blurred negative is a quotient, plane / (1 - blur(1 - plane)) = plane / blurred.
    Below 2 * depth the divisor bends away from zero, to `depth` at black, smoothly in value and
    slope: so the quotient never magnifies by more than 1 / depth, and black stays black.
    """
    peak = np.float32(np.iinfo(dtype).max)
    picture = np.empty((*plane.shape, 3), dtype)
    _dodge(samples(plane), samples(blurred), np.float32(depth), peak, picture.reshape(-1))
    return picture


# No divisor is zero; Python's error model would check each and keep the loop from vectorizing.
@njit(nogil=True, cache=True, error_model="numpy")
def _dodge(plane, blurred, depth, peak, out):  # type: ignore[no-untyped-def]
    bend, quarter = np.float32(2) * depth, np.float32(0.25) / depth
    half, one = np.float32(0.5), np.float32(1)
    for i in range(plane.size):
        light = blurred[i]
        dark = depth + light * light * quarter
        quotient = plane[i] / (light if light > bend else dark)
        tone = out.dtype.type((quotient if quotient < one else one) * peak + half)
        out[3 * i] = tone
        out[3 * i + 1] = tone
        out[3 * i + 2] = tone
