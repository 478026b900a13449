"""Luma of R'G'B' pictures."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples
from stylizers.kernels.weights import BLUE, GREEN, RED


def luma(image: np.ndarray) -> np.ndarray:
    """Luma 0..1, float32 (H, W), of R'G'B' (H, W, 3) uint8 or uint16; not rounded in between."""
    return _luma(samples(image), np.float32(1 / np.iinfo(image.dtype).max)).reshape(image.shape[:2])


@njit(nogil=True, cache=True)
def _luma(rgb, unit):  # type: ignore[no-untyped-def]
    red, green, blue = np.float32(RED) * unit, np.float32(GREEN) * unit, np.float32(BLUE) * unit
    plane = np.empty(rgb.size // 3, np.float32)
    for i in range(plane.size):
        plane[i] = (red * np.float32(rgb[3 * i]) + green * np.float32(rgb[3 * i + 1])
                    + blue * np.float32(rgb[3 * i + 2]))
    return plane


def luma_of_planes(planes: np.ndarray, plane: np.ndarray) -> None:
    """Fills `plane` float32 (H, W) with the luma of R', G', B' float32 (3, H, W)."""
    _luma_of_planes(planes[0], planes[1], planes[2], plane)


@njit(nogil=True, cache=True)
def _luma_of_planes(reds, greens, blues, plane):  # type: ignore[no-untyped-def]
    red, green, blue = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    for y in range(plane.shape[0]):
        r, g, b, out = reds[y], greens[y], blues[y], plane[y]
        for x in range(out.size):
            out[x] = red * r[x] + green * g[x] + blue * b[x]
