"""The compiled loops that judge motion: where it can be followed, and what changes along it.

All numbers are float32: one of double precision in a formula would take twice the time.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, inline="always")
def _place(x, y, u, v, width, height):  # type: ignore[no-untyped-def]
    """Corners and weights for the bilinear sample (u, v) away from (x, y), held to the picture."""
    one, zero = np.float32(1), np.float32(0)
    px = min(max(np.float32(x) + u, zero), np.float32(width - 1))
    py = min(max(np.float32(y) + v, zero), np.float32(height - 1))
    left, top = int(px), int(py)
    fx, fy = px - np.float32(left), py - np.float32(top)
    return (left, top, min(left + 1, width - 1), min(top + 1, height - 1),
            (one - fx) * (one - fy), fx * (one - fy), (one - fx) * fy, fx * fy)


@njit(cache=True, nogil=True, error_model="numpy")
def errors(colors, before, backward):  # type: ignore[no-untyped-def]
    """Squared change of color (H, W, 2), summed over the channels: along the motion, in place."""
    height, width = backward.shape[:2]
    found = np.empty((height, width, 2), np.float32)
    for y in range(height):
        for x in range(width):
            left, top, right, bottom, a, b, c, d = _place(
                x, y, backward[y, x, 0], backward[y, x, 1], width, height)
            along = in_place = np.float32(0)
            for k in range(3):
                old = (a * before[top, left, k] + b * before[top, right, k]
                       + c * before[bottom, left, k] + d * before[bottom, right, k])
                now = colors[y, x, k]
                along += (now - old) * (now - old)
                in_place += (now - before[y, x, k]) * (now - before[y, x, k])
            found[y, x, 0] = along
            found[y, x, 1] = in_place
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def settle(flow, forward, squares, ratio, floor, noise):  # type: ignore[no-untyped-def]
    """Motion to follow and, where there is none, 0: (H, W, 2) and (H, W) float32.

    Not followed is what leaves the picture or is not led back by `forward` (Sundaram, Brox and
    Keutzer 2010, eq. 5), and where motion breaks (Ruder, Dosovitskiy and Brox 2016, eq. 6).

    Rest takes its place where that leaves hardly more change. `squares` are `errors`, averaged over
    a neighborhood: where motion can be followed, rest may leave `ratio` times its and `floor` more,
    and at half as much again all motion stands; elsewhere, `noise`.
    """
    height, width = flow.shape[:2]
    settled = np.empty((height, width, 2), np.float32)
    followed = np.empty((height, width), np.float32)
    zero, one, two = np.float32(0), np.float32(1), np.float32(2)
    hundredth, half, least = np.float32(0.01), np.float32(0.5), np.float32(0.002)
    for y in range(height):
        below = min(y + 1, height - 1)
        for x in range(width):
            beside = min(x + 1, width - 1)
            u, v = flow[y, x, 0], flow[y, x, 1]
            left, top, right, bottom, a, b, c, d = _place(x, y, u, v, width, height)
            back = astray = slope = zero
            for k in range(2):
                f = (a * forward[top, left, k] + b * forward[top, right, k]
                     + c * forward[bottom, left, k] + d * forward[bottom, right, k])
                here = flow[y, x, k]
                across, down = flow[y, beside, k] - here, flow[below, x, k] - here
                back += f * f
                astray += (f + here) * (f + here)
                slope += across * across + down * down
            size = u * u + v * v
            inside = x + u >= 0 and x + u <= width - 1 and y + v >= 0 and y + v <= height - 1
            along, in_place = squares[y, x, 0], squares[y, x, 1]
            if (inside and astray <= hundredth * (size + back) + half
                    and slope <= hundredth * size + least):
                share = two * (in_place / (ratio * along + floor) - one)
                share = min(max(share, zero), one)
                settled[y, x, 0], settled[y, x, 1] = u * share, v * share
                followed[y, x] = one
            else:
                settled[y, x, 0] = settled[y, x, 1] = zero
                followed[y, x] = one if in_place <= noise else zero
    return settled, followed


@njit(cache=True, nogil=True, error_model="numpy")
def judge(colors, before, means, means_before, flow, drift):  # type: ignore[no-untyped-def]
    """Changes along the motion, (H, W, 4) in 8-bit codes.

    That of the source's color, squared and summed over the channels; the greater change of the
    source's means; that of the styled picture's, signed; and `drift` (H, W) carried along. The
    other arrays are those of `Reduced` and `settle`.
    """
    height, width = flow.shape[:2]
    changes = np.empty((height, width, 4), np.float32)
    for y in range(height):
        for x in range(width):
            left, top, right, bottom, a, b, c, d = _place(
                x, y, flow[y, x, 0], flow[y, x, 1], width, height)
            square = greatest = np.float32(0)
            for k in range(3):
                change = colors[y, x, k] - (
                    a * before[top, left, k] + b * before[top, right, k]
                    + c * before[bottom, left, k] + d * before[bottom, right, k])
                square += change * change
            changes[y, x, 0] = square
            for k in range(3):
                change = means[y, x, k] - (
                    a * means_before[top, left, k] + b * means_before[top, right, k]
                    + c * means_before[bottom, left, k] + d * means_before[bottom, right, k])
                if k < 2:
                    greatest = max(greatest, abs(change))
                else:
                    changes[y, x, 2] = change
            changes[y, x, 1] = greatest
            changes[y, x, 3] = (a * drift[top, left] + b * drift[top, right]
                                + c * drift[bottom, left] + d * drift[bottom, right])
    return changes
