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


@njit(nogil=True, cache=True)
def _dodge(plane, blurred, depth, peak, out):  # type: ignore[no-untyped-def]
    bend, quarter, half = np.float32(2) * depth, np.float32(0.25) / depth, np.float32(0.5)
    for i in range(plane.size):
        divisor = blurred[i]
        if divisor < bend:
            divisor = depth + divisor * divisor * quarter
        tone = out.dtype.type(min(plane[i] / divisor, np.float32(1)) * peak + half)
        out[3 * i] = tone
        out[3 * i + 1] = tone
        out[3 * i + 2] = tone
