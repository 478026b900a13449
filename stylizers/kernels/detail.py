"""Detail of a large picture laid over what was drawn small."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from stylizers.kernels.luma import luma
from stylizers.kernels.samples import samples
from stylizers.kernels.weights import BLUE, GREEN, RED

REACH = 8
"""How many pixels of the small picture one of its pixels is seen in the large one."""
_RADIUS = 4
_FAINT = 0.02**2
"""Variance of luma, 0..1, below which a picture counts as flat and lends no detail."""


def detailed(drawn: np.ndarray, small: np.ndarray, image: np.ndarray) -> np.ndarray:
    """`drawn` (h, w, 3) float32 0..1 at the size of `image`, R'G'B' uint8 or uint16, and as fine.

    `small` is `image` at the size of `drawn`. What is lost between `image` and `small` is added to
    the luma, as far as the drawing follows the picture there: by the slope of its regression on
    `small` in a window, which is the `a` of the guided filter (He, Sun and Tang 2013, eq. 5), held
    to 0..1. Marks of the drawing itself are only interpolated, never blurred by the window.
    """
    height, width = image.shape[:2]
    peak = np.float32(np.iinfo(image.dtype).max)
    out = np.empty(image.shape, image.dtype)
    if height <= drawn.shape[0] and width <= drawn.shape[1]:
        large = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
        _rounded(samples(large), peak, out.reshape(-1))
        return out
    tones = _float_luma(small)
    slope = _slope(_float_luma(drawn), tones)
    large, gain, known = (cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
                          for plane in (drawn, slope, tones))
    _detailed(samples(large), samples(gain), samples(known), samples(luma(image)), peak,
              out.reshape(-1))
    return out


def _slope(drawn: np.ndarray, tones: np.ndarray) -> np.ndarray:
    def mean(plane: np.ndarray) -> np.ndarray:
        side = 2 * _RADIUS + 1
        return cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)

    average, other = mean(tones), mean(drawn)
    variance = np.maximum(mean(tones * tones) - average * average, 0)
    covariance = mean(tones * drawn) - average * other
    return np.clip(covariance / (variance + np.float32(_FAINT)), 0, 1)


def _float_luma(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture @ np.array([RED, GREEN, BLUE], np.float32))


@njit(nogil=True, cache=True)
def _rounded(large, peak, out):  # type: ignore[no-untyped-def]
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for i in range(out.size):
        out[i] = out.dtype.type(min(max(large[i], zero), one) * peak + half)


@njit(nogil=True, cache=True)
def _detailed(large, gain, known, tones, peak, out):  # type: ignore[no-untyped-def]
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for pixel in range(tones.size):
        i = 3 * pixel
        detail = gain[pixel] * (tones[pixel] - known[pixel])
        out[i] = out.dtype.type(min(max(large[i] + detail, zero), one) * peak + half)
        out[i + 1] = out.dtype.type(min(max(large[i + 1] + detail, zero), one) * peak + half)
        out[i + 2] = out.dtype.type(min(max(large[i + 2] + detail, zero), one) * peak + half)
