"""Arrays as the kernels take them."""

from __future__ import annotations

import numpy as np


def samples(array: np.ndarray) -> np.ndarray:
    """All samples of `array` in one row, read-only.

    One flat index vectorizes, up to seven times faster than image[y, x, channel]; and read-only
    and writable arrays are different types to numba, which would compile each kernel for both.
    """
    flat = np.ascontiguousarray(array).reshape(-1)
    flat.flags.writeable = False
    return flat
