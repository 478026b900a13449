"""Points drawn as lines, and lines carried from one frame to the next."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def totals(values, labels, count):  # type: ignore[no-untyped-def]
    """The largest of the values of each label (count,), their sum, and their number."""
    most, total = np.zeros(count, np.float32), np.zeros(count, np.float32)
    number = np.zeros(count, np.float32)
    for i in range(values.size):
        label = labels[i]
        most[label] = max(most[label], values[i])
        total[label] += values[i]
        number[label] += np.float32(1)
    return most, total, number


@njit(nogil=True, cache=True)
def splat(columns, rows, values, plane):  # type: ignore[no-untyped-def]
    """Adds each value to the four samples of `plane` around its place."""
    height, width = plane.shape
    zero, one = np.float32(0), np.float32(1)
    for i in range(values.size):
        x = min(max(columns[i], zero), np.float32(width - 1))
        y = min(max(rows[i], zero), np.float32(height - 1))
        left, top = int(x), int(y)
        right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
        x -= np.float32(left)
        y -= np.float32(top)
        plane[top, left] += values[i] * (one - x) * (one - y)
        plane[top, right] += values[i] * x * (one - y)
        plane[bottom, left] += values[i] * (one - x) * y
        plane[bottom, right] += values[i] * x * y


@njit(nogil=True, cache=True)
def carry(fresh, before, change, rate, still, changed, unit):  # type: ignore[no-untyped-def]
    """`before` uint16 moved towards `fresh` float32, times `unit`, each flat.

    `rate` of the way where `change` is up to `still`, all of it where it is `changed` or more.
    """
    out = np.empty(fresh.size, np.uint16)
    zero, one, top = np.float32(0), np.float32(1), np.float32(65535)
    slope = one / (changed - still)
    for i in range(fresh.size):
        gate = min(max((np.float32(change[i]) - still) * slope, zero), one)
        target = min(fresh[i] * unit, top)
        old = np.float32(before[i])
        out[i] = np.uint16(old + (target - old) * (rate + (one - rate) * gate) + np.float32(0.5))
    return out


@njit(nogil=True, cache=True)
def codes(plane, peak):  # type: ignore[no-untyped-def]
    """`plane` float32, flat, times `peak`, as uint8; what is over 255 is held there."""
    out = np.empty(plane.size, np.uint8)
    for i in range(plane.size):
        out[i] = np.uint8(min(plane[i] * peak + np.float32(0.5), np.float32(255)))
    return out
