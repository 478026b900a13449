"""Ink from the response to lines: where it lies, and which pieces of it are lines at all."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, error_model="numpy")
def carry(tensor, plan, before, plan_before, rate):  # type: ignore[no-untyped-def]
    """Moves what was before towards `tensor`, flat triples of xx, xy, yy, and `plan`, flat pairs;
    both take the result.

    `rate` of the way where they are alike, all of it where an edge has come or turned; nothing
    moves at a rate of 0.
    """
    zero, one, two = np.float32(0), np.float32(1), np.float32(2)
    for i in range(tensor.size // 3):
        a, b, c = tensor[3 * i], tensor[3 * i + 1], tensor[3 * i + 2]
        a0, b0, c0 = before[3 * i], before[3 * i + 1], before[3 * i + 2]
        unlike = ((abs(a - a0) + two * abs(b - b0) + abs(c - c0))
                  / (a + c + a0 + c0 + np.float32(1e-12)))
        gate = min(max(two * unlike - np.float32(0.4), zero), one)
        share = rate + (one - rate) * gate if rate > zero else zero
        tensor[3 * i] = a0 + share * (a - a0)
        tensor[3 * i + 1] = b0 + share * (b - b0)
        tensor[3 * i + 2] = c0 + share * (c - c0)
        for j in (2 * i, 2 * i + 1):
            plan[j] = plan_before[j] + share * (plan[j] - plan_before[j])


@njit(nogil=True, cache=True, error_model="numpy")
def marked(dark, around, low, rim, field, mask):  # type: ignore[no-untyped-def]
    """`field` = d / (d + t) of the response d to darkness, and `mask` where that is over `rim`.

    The threshold t is `low` and what `around` adds to it; all are flat, float32. At the threshold
    the field is one half; it is 0 where nothing is dark.
    """
    zero = np.float32(0)
    for i in range(field.size):
        response = max(dark[i], zero)
        part = response / (response + low + around[i])
        field[i] = part
        mask[i] = part > rim


@njit(nogil=True, cache=True, error_model="numpy")
def totals(field, labels, count, full):  # type: ignore[no-untyped-def]
    """How much ink each label's piece has, and the mean of the field where there is ink.

    Samples count by how far they are from 1/2 to `full`.
    """
    total, ink = np.zeros(count, np.float32), np.zeros(count, np.float32)
    number = np.full(count, np.float32(1e-6))
    half, one = np.float32(0.5), np.float32(1)
    slope = one / (full - half)
    for i in range(field.size):
        label = labels[i]
        if label and field[i] > half:
            total[label] += min((field[i] - half) * slope, one)
            ink[label] += field[i]
            number[label] += one
    return total, ink / number


@njit(nogil=True, cache=True, error_model="numpy")
def laid(dark, around, low, share, out):  # type: ignore[no-untyped-def]
    """`out` uint16: the field, see `marked`, times `share`."""
    zero, peak = np.float32(0), np.float32(65535)
    for i in range(out.size):
        response = max(dark[i], zero)
        out[i] = np.uint16(peak * share[i] * response / (response + low + around[i]))
