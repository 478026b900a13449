"""Bilateral filter in two one-dimensional passes.

Pham and van Vliet, "Separable bilateral filtering for fast video preprocessing" (ICME 2005): along
the rows first, then along the columns of what that gave. It costs 2 n taps instead of n^2; and as a
pair of samples has one weight for both, each weight is computed once.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


def smooth(planes: np.ndarray, radius: tuple[float, float], sigma_color: float,
           sigma: tuple[float, float]) -> None:
    """Evens `planes` (C, H, W) float32 out, in place, where neighbors differ by little.

    `radius` and `sigma` of the window are in columns and rows, its outermost samples counting by
    the part that lies inside; `sigma_color` is a Euclidean distance in the planes' values.
    """
    scale = np.float32(1 / (2 * 64 * sigma_color ** 2))
    _across(planes, _window(radius[0], sigma[0]), scale)
    _down(planes, _window(radius[1], sigma[1]), scale)


def _window(radius: float, sigma: float) -> np.ndarray:
    """Weights of the neighbors at 1, 2, ... samples; the sample itself weighs 1."""
    steps = np.arange(1, max(math.ceil(radius - 0.5), 0) + 1)
    inside = np.clip(radius + 0.5 - steps, 0, 1)
    return (inside * np.exp(-(steps / max(sigma, 1e-6)) ** 2 / 2)).astype(np.float32)


# Each loop below touches few rows: with more, LLVM would not check that they are apart, and not
# vectorize.
@njit(nogil=True, cache=True)
def _apart(a, other_a, far):  # type: ignore[no-untyped-def]
    for x in range(far.size):
        step = other_a[x] - a[x]
        far[x] = step * step


@njit(nogil=True, cache=True)
def _farther(a, other_a, far):  # type: ignore[no-untyped-def]
    for x in range(far.size):
        step = other_a[x] - a[x]
        far[x] += step * step


@njit(nogil=True, cache=True)
def _weigh(far, scale, weight):  # type: ignore[no-untyped-def]
    """Squared distances to weights in place: exp(-x) as (1 - x / 64)^64, 0.002 off at most."""
    for x in range(far.size):
        close = max(np.float32(1) - far[x] * scale, np.float32(0))
        close *= close
        close *= close
        close *= close
        close *= close
        close *= close
        far[x] = close * close * weight


@njit(nogil=True, cache=True)
def _add(one, two, total):  # type: ignore[no-untyped-def]
    for x in range(total.size):
        total[x] += one[x] + two[x]


@njit(nogil=True, cache=True)
def _gather(one, first, two, second, total):  # type: ignore[no-untyped-def]
    for x in range(total.size):
        total[x] += one[x] * first[x] + two[x] * second[x]


@njit(nogil=True, cache=True)
def _copy(line, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        out[x] = line[x]


@njit(nogil=True, cache=True, error_model="numpy")
def _divide(total, weight, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        out[x] = total[x] / weight[x]


@njit(nogil=True, cache=True)
def _across(planes, window, scale):  # type: ignore[no-untyped-def]
    channels, height, width = planes.shape
    reach = window.size
    padded = np.empty((channels, width + 2 * reach), np.float32)
    near = np.empty(width + 2 * reach, np.float32)
    totals = np.empty((channels + 1, width), np.float32)
    for y in range(height):
        for c in range(channels):
            _copy(planes[c, y], padded[c, reach:reach + width])
            padded[c, :reach] = planes[c, y, 0]
            padded[c, reach + width:] = planes[c, y, width - 1]
            _copy(planes[c, y], totals[c])
        totals[channels] = 1
        for k in range(1, reach + 1):
            # Pairs k apart, from the first whose right end is in the picture.
            pairs = near[:padded.shape[1] - k]
            _apart(padded[0], padded[0, k:], pairs)
            for c in range(1, channels):
                _farther(padded[c], padded[c, k:], pairs)
            _weigh(pairs, scale, window[k - 1])
            left, right = reach - k, reach + k
            _add(near[reach:], near[left:], totals[channels])
            for c in range(channels):
                _gather(near[reach:], padded[c, right:], near[left:], padded[c, left:], totals[c])
        for c in range(channels):
            _divide(totals[c], totals[channels], planes[c, y])


@njit(nogil=True, cache=True)
def _down(planes, window, scale):  # type: ignore[no-untyped-def]
    channels, height, width = planes.shape
    reach = window.size
    last, turn = height - 1, reach + 1
    # The last rows as they were, and the weights of pairs k rows apart that start in them.
    kept = np.empty((channels, turn, width), np.float32)
    near = np.empty((reach, turn, width), np.float32)
    totals = np.empty((channels + 1, width), np.float32)
    for y in range(-reach, height):
        here = y % turn
        for c in range(channels):
            _copy(planes[c, max(y, 0)], kept[c, here])
        for k in range(1, reach + 1):
            other, pairs = min(max(y + k, 0), last), near[k - 1, here]
            _apart(kept[0, here], planes[0, other], pairs)
            for c in range(1, channels):
                _farther(kept[c, here], planes[c, other], pairs)
            _weigh(pairs, scale, window[k - 1])
        if y < 0:
            continue
        for c in range(channels):
            _copy(kept[c, here], totals[c])
        totals[channels] = 1
        for k in range(1, reach + 1):
            above, below = (y - k) % turn, min(y + k, last)
            _add(near[k - 1, here], near[k - 1, above], totals[channels])
            for c in range(channels):
                _gather(near[k - 1, here], planes[c, below], near[k - 1, above], kept[c, above],
                        totals[c])
        for c in range(channels):
            _divide(totals[c], totals[channels], planes[c, y])
