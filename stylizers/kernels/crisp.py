"""Enlarging a painting so that its edges stay as crisp as they were."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_STEEP = 2.5
"""How much steeper than its interpolation an edge becomes."""
_ROUND = 0.7
"""Blur, in pixels of the small picture, that rounds the stairs of its edges."""


def reduced(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """`image` (H, W, 3) uint8 or uint16 at a smaller size, 0..1, as planes float32 (3, H, W)."""
    if image.shape[1::-1] != (width, height):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    planes = np.empty((3, height, width), np.float32)
    _split(samples(image), np.float32(1 / np.iinfo(image.dtype).max), planes.reshape(3, -1))
    return planes


@njit(nogil=True, cache=True)
def _split(image, unit, planes):  # type: ignore[no-untyped-def]
    for i in range(planes.shape[1]):
        planes[0, i] = np.float32(image[3 * i]) * unit
        planes[1, i] = np.float32(image[3 * i + 1]) * unit
        planes[2, i] = np.float32(image[3 * i + 2]) * unit


def enlarged(planes: np.ndarray, width: int, height: int, dtype: np.dtype) -> np.ndarray:
    """Planes 0..1, float32 (3, h, w), as a picture (H, W, 3) of `dtype`, its edges crisp.

    With l and h the least and the largest of the nine pixels around, an edge is made steeper about
    their middle and held between them: clamp(s v - (s - 1) (l + h) / 2, l, h). All three are linear
    in the small picture, and a ramp stays the ramp it was.
    """
    around, out = np.ones((3, 3), np.uint8), np.empty((height, width, 3), dtype)
    # One plane at a time: a third of the memory, and OpenCV resizes three together more slowly.
    for channel, plane in enumerate(planes):
        low, high = cv2.erode(plane, around), cv2.dilate(plane, around)
        steep = cv2.GaussianBlur(plane, (3, 3), _ROUND, borderType=cv2.BORDER_REFLECT)
        steep = cv2.addWeighted(steep, _STEEP, cv2.add(low, high), (1 - _STEEP) / 2, 0)
        steep, low, high = (cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
                            for part in (steep, low, high))
        _held(samples(steep), samples(low), samples(high), np.float32(np.iinfo(dtype).max),
              out.reshape(-1)[channel:])
    return out


@njit(nogil=True, cache=True)
def _held(steep, low, high, peak, out):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    for i in range(steep.size):
        out[3 * i] = out.dtype.type(min(max(steep[i], low[i]), high[i]) * peak + half)
