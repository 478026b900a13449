"""Pictures reduced by whole factors: every sample the mean of a block."""

from __future__ import annotations

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples


def reduced(image: np.ndarray, columns: int, rows: int, planes: np.ndarray) -> None:
    """Fills three `planes` float32 (3, h, w) with R', G', B' 0..1: means of blocks of `image`.

    h and w are `size(image, columns, rows)`; blocks at the right and the bottom edge may be
    narrower. Sums are exact, so a code at 8 bits and the same tone at 16 give the same value.
    """
    _reduced(samples(image), image.shape[1], columns, rows, 1 / np.iinfo(image.dtype).max, planes)


def size(image: np.ndarray, columns: int, rows: int) -> tuple[int, int]:
    """Height and width of `image` in blocks of `columns` by `rows` samples."""
    height, width = image.shape[:2]
    return -(-height // rows), -(-width // columns)


@njit(nogil=True, cache=True)
def _first(line, total):  # type: ignore[no-untyped-def]
    for i in range(total.size):
        total[i] = line[i]


@njit(nogil=True, cache=True)
def _add(line, total):  # type: ignore[no-untyped-def]
    for i in range(total.size):
        total[i] += line[i]


@njit(nogil=True, cache=True)
def _pairs(total, channel, share, out):  # type: ignore[no-untyped-def]
    """A loop of its own for what is most usual, because it vectorizes."""
    for x in range(out.size):
        i = np.uint64(6 * x + channel)
        out[x] = np.float32(total[i] + total[i + np.uint64(3)]) * share


@njit(nogil=True, cache=True)
def _blocks(total, channel, columns, first, share, out):  # type: ignore[no-untyped-def]
    width = total.size // 3
    for x in range(first, out.size):
        left, right = x * columns, min((x + 1) * columns, width)
        tone = np.uint32(0)
        for i in range(left, right):
            tone += total[3 * i + channel]
        out[x] = np.float32(tone) * (share * np.float32(columns) / np.float32(right - left))


@njit(nogil=True, cache=True, error_model="numpy")
def _reduced(image, width, columns, rows, unit, small):  # type: ignore[no-untyped-def]
    row = 3 * width
    height = image.size // row
    total = np.empty(row, np.uint32)
    whole = width // columns
    for y in range(small.shape[1]):
        top, bottom = y * rows, min((y + 1) * rows, height)
        _first(image[top * row:(top + 1) * row], total)
        for line in range(top + 1, bottom):
            _add(image[line * row:(line + 1) * row], total)
        share = np.float32(unit / (columns * (bottom - top)))
        for channel in range(3):
            out = small[channel, y]
            if columns == 2:
                _pairs(total, channel, share, out[:whole])
                _blocks(total, channel, columns, whole, share, out)
            else:
                _blocks(total, channel, columns, 0, share, out)
