"""Shading drawn in few tones: smoothed between the edges, then softly quantized."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples
from stylizers.kernels.weights import BLUE, GREEN, RED


def flattened(picture: np.ndarray, slope: np.ndarray, offset: np.ndarray, smoothing: float,
              steps: float, tones: int) -> np.ndarray:
    """R'G'B' (H, W, 3) with its luma y drawn flat, its colors kept; a new array.

    `slope` y + `offset`, float32 (H, W), is luma smoothed (a guided filter's), laid on by the share
    `smoothing`; then it is drawn in so many `tones`, by the share `steps`, with soft rims between
    (Winnemöller, Olsen and Gooch 2006, Real-Time Video Abstraction, section 3.3).
    """
    out = np.empty(picture.shape, picture.dtype)
    _flattened(samples(picture), samples(slope), samples(offset), np.float32(smoothing),
               np.float32(steps), np.float32(tones), np.float32(np.iinfo(picture.dtype).max),
               out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _flattened(rgb, slope, offset, smoothing, steps, tones, peak, out):  # type: ignore[no-untyped-def]
    zero, half, one = np.float32(0), np.float32(0.5), np.float32(1)
    two, three, rim, dark = np.float32(2), np.float32(3), np.float32(2.5), np.float32(0.02)
    red, green, blue, unit = np.float32(RED), np.float32(GREEN), np.float32(BLUE), one / peak
    for i in range(slope.size):
        r, g = np.float32(rgb[3 * i]), np.float32(rgb[3 * i + 1])
        b = np.float32(rgb[3 * i + 2])
        luma = (red * r + green * g + blue * b) * unit
        tone = luma + smoothing * (slope[i] * luma + offset[i] - luma)
        place = min(max(tone, zero), one) * tones
        step = np.float32(np.int32(place))
        rise = min(max((place - step - half) * rim + half, zero), one)
        drawn = (step + rise * rise * (three - two * rise)) / tones
        # As a ratio, so that colors stay as saturated; held back where luma says little.
        ratio = (tone + steps * (drawn - tone) + dark) / (luma + dark)
        out[3 * i] = out.dtype.type(min(max(r * ratio, zero), peak) + half)
        out[3 * i + 1] = out.dtype.type(min(max(g * ratio, zero), peak) + half)
        out[3 * i + 2] = out.dtype.type(min(max(b * ratio, zero), peak) + half)
