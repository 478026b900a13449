"""The light of highlights, gathered on a reduced picture."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples


def highlights(image: np.ndarray, threshold: float, columns: int, rows: int) -> np.ndarray:
    """Mean light of the highlights in cells of `columns` x `rows`, float32 (down, across, 3), 0..1.

    Cells that reach beyond the picture see it mirrored there.

    Light is the square of the signal, and counts by the square of how far the signal lies above
    `threshold` on the way to white. The knee is soft in value and slope, so that noise around it
    does not pump; it is met before the mean is taken, so that a spark smaller than a cell counts
    with all it gives.
    """
    height, width = image.shape[:2]
    sums = np.zeros((-(-height // rows), 3 * width), np.float32)
    unit = np.float32(1 / np.iinfo(image.dtype).max)
    _sum(samples(image), height, np.float32(threshold), np.float32(1 / (1 - threshold)), unit,
         rows, sums)
    means = np.empty((len(sums), -(-width // columns), 3), np.float32)
    _fold(sums, columns, np.float32(1 / (columns * rows)), means)
    return means


@njit(nogil=True, cache=True)
def _add(row, threshold, gain, unit, sums):  # type: ignore[no-untyped-def]
    zero = np.float32(0)
    for i in range(sums.size):
        signal = np.float32(row[i]) * unit
        over = (signal - threshold) * gain
        share = (over if over > zero else zero) * signal
        sums[i] += share * share


@njit(nogil=True, cache=True)
def _mirrored(place, size):  # type: ignore[no-untyped-def]
    return place if place < size else max(2 * size - 1 - place, 0)


@njit(nogil=True, cache=True)
def _sum(rgb, height, threshold, gain, unit, rows, sums):  # type: ignore[no-untyped-def]
    length = sums.shape[1]
    for y in range(len(sums) * rows):
        start = _mirrored(y, height) * length
        _add(rgb[start:start + length], threshold, gain, unit, sums[y // rows])


@njit(nogil=True, cache=True)
def _fold(sums, columns, part, means):  # type: ignore[no-untyped-def]
    width = sums.shape[1] // 3
    for y in range(means.shape[0]):
        for x in range(means.shape[1]):
            red = green = blue = np.float32(0)
            for column in range(x * columns, (x + 1) * columns):
                i = 3 * _mirrored(column, width)
                red += sums[y, i]
                green += sums[y, i + 1]
                blue += sums[y, i + 2]
            means[y, x, 0], means[y, x, 1], means[y, x, 2] = red * part, green * part, blue * part
