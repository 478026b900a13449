"""Vignette and film grain in one loop."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples


def develop(picture: np.ndarray, across: np.ndarray, down: np.ndarray, falloff: float,
            grain: np.ndarray, offset: tuple[int, int], amplitude: float) -> np.ndarray:
    """`picture` (H, W, 3) darkened towards its corners, with `grain` laid over it.

    `across` (W,) and `down` (H,), float32, add up to the squared distance from the center, 1 in the
    corners; a signal s is divided by 1 + `falloff` * (1 - s / 2) * distance^4, so that light skies
    do not turn grey there. `grain` is int8 (rows, columns, 3) and repeats; `offset` is its column
    and row under the first pixel. It is weighed by `amplitude` and by a hump over the signal that
    is 1 in the middle, 0 at black and at white, and lies a little to the dark side, as grain in a
    print does.
    """
    out = np.empty(picture.shape, picture.dtype)
    _develop(samples(picture), np.repeat(across, 3), down, np.float32(falloff),
             grain.reshape(len(grain), -1), 3 * offset[0], offset[1], np.float32(4 * amplitude),
             np.float32(np.iinfo(picture.dtype).max), out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _line(row, across, down, falloff, grain, amplitude, peak, out):  # type: ignore[no-untyped-def]
    zero, half, one = np.float32(0), np.float32(0.5), np.float32(1)
    unit, lean = one / peak, np.float32(1.25)
    for i in range(out.size):
        distance = across[i] + down
        signal = np.float32(row[i]) * unit
        signal /= one + falloff * (distance * distance) * (one - half * signal)
        hump = signal * (one - signal) * (lean - half * signal)
        signal += np.float32(grain[i]) * amplitude * hump
        signal = signal if signal > zero else zero
        out[i] = out.dtype.type((signal if signal < one else one) * peak + half)


@njit(nogil=True, cache=True)
def _develop(  # type: ignore[no-untyped-def]
        picture, across, down, falloff, grain, column, row, amplitude, peak, out):
    length, period = across.size, grain.shape[1]
    for y in range(down.size):
        start, first = 0, column
        while start < length:
            end = min(length, start + period - first)
            _line(picture[y * length + start:y * length + end], across[start:end], down[y],
                  falloff, grain[(y + row) % grain.shape[0], first:first + end - start],
                  amplitude, peak, out[y * length + start:y * length + end])
            start, first = end, 0
