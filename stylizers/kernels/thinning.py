"""Edges thinned to their crests, with places between the samples.

Canny, "A computational approach to edge detection" (PAMI 1986): a sample is on an edge if the
gradient there is larger than on both sides of it. The crest's place between samples is the vertex
of a parabola through the three (Devernay, "A non-maxima suppression method for edge detection with
sub-pixel accuracy", INRIA RR-2724, 1995).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_LIFT = np.float32(0.8)
"""Luma at which tones are lifted halfway: in the dark, smaller steps are as plain to see."""
_TANGENT = np.float32(0.41421356)  # of 22.5 degrees


def steepness(plane: np.ndarray, sigma: tuple[float, float],
              scale: tuple[float, float], steep: np.ndarray) -> None:
    """Fills `steep` with the length of the gradient of `plane` float32 0..1, lifted and blurred a
    little; both (H, W).

    The gradient is Sobel's, eight times the slope per sample, with its parts across and down times
    `scale`. `sigma` (across, down) is the blur's, at most 0.7 samples: three taps of that variance.
    """
    side = [np.float32(min(part, 0.7) ** 2 / 2) for part in sigma]
    _steepness(plane, side[0], side[1], np.float32(scale[0]), np.float32(scale[1]), steep)


def crests(plane: np.ndarray, steep: np.ndarray, least: float, mask: np.ndarray,
           vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The crests of `steep`, float32 (H, W), the steepness of `plane`, where it is over `least`.

    Returns flat indices (N,) and vectors (N, 4): the crest's offset in columns and rows, and the
    direction in which `plane` rises, of length 1. `mask` uint8 (H, W) is filled with 1 on crests
    and 0 elsewhere; `vectors` float32 (M, 4) is room for them, half as many as samples at most.
    """
    mask[:] = 0
    indices = np.empty(len(vectors), np.int32)
    count = _crests(plane, steep, np.float32(least), mask, indices, vectors)
    return indices[:count], vectors[:count]


@njit(nogil=True, cache=True, error_model="numpy")
def _lift(line, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        out[x] = line[x] * (np.float32(1) + _LIFT) / (line[x] + _LIFT)


@njit(nogil=True, cache=True)
def _slope_rows(line, side, smooth, slope):  # type: ignore[no-untyped-def]
    """One padded row under the blur, then under Sobel's two halves."""
    center = np.float32(1) - np.float32(2) * side
    ends, next_to, middle = side, center + side * np.float32(2), np.float32(2) * (center + side)
    for x in range(smooth.size):
        smooth[x] = (ends * (line[x] + line[x + 4]) + next_to * (line[x + 1] + line[x + 3])
                     + middle * line[x + 2])
        slope[x] = side * (line[x + 4] - line[x]) + center * (line[x + 3] - line[x + 1])


@njit(nogil=True, cache=True)
def _smooth_down(a, b, c, d, e, side, out):  # type: ignore[no-untyped-def]
    center = np.float32(1) - np.float32(2) * side
    next_to, middle = center + side * np.float32(2), np.float32(2) * (center + side)
    for x in range(out.size):
        out[x] = side * (a[x] + e[x]) + next_to * (b[x] + d[x]) + middle * c[x]


@njit(nogil=True, cache=True)
def _slope_down(a, b, d, e, side, out):  # type: ignore[no-untyped-def]
    center = np.float32(1) - np.float32(2) * side
    for x in range(out.size):
        out[x] = side * (e[x] - a[x]) + center * (d[x] - b[x])


@njit(nogil=True, cache=True)
def _length(across, down, scale_x, scale_y, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        a, d = across[x] * scale_x, down[x] * scale_y
        out[x] = np.sqrt(a * a + d * d)


@njit(nogil=True, cache=True)
def _steepness(plane, side_x, side_y, scale_x, scale_y, out):  # type: ignore[no-untyped-def]
    height, width = plane.shape
    padded = np.empty(width + 4, np.float32)
    smooth, slope = np.empty((5, width), np.float32), np.empty((5, width), np.float32)
    across, down = np.empty(width, np.float32), np.empty(width, np.float32)
    for y in range(-4, height):
        line = plane[min(max(y + 2, 0), height - 1)]
        _lift(line, padded[2:width + 2])
        padded[:2] = padded[2]
        padded[width + 2:] = padded[width + 1]
        slot = (y + 2) % 5
        _slope_rows(padded, side_x, smooth[slot], slope[slot])
        if y < 0:
            continue
        a, b, c, d = (y - 2) % 5, (y - 1) % 5, y % 5, (y + 1) % 5
        _smooth_down(slope[a], slope[b], slope[c], slope[d], slope[slot], side_y, across)
        _slope_down(smooth[a], smooth[b], smooth[d], smooth[slot], side_y, down)
        _length(across, down, scale_x, scale_y, out[y])


@njit(nogil=True, cache=True, error_model="numpy")
def _crests(plane, steep, least, mask, indices, vectors):  # type: ignore[no-untyped-def]
    height, width = steep.shape
    count = 0
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            here = steep[y, x]
            if here <= least:
                continue
            across = (plane[y - 1, x + 1] - plane[y - 1, x - 1] + plane[y + 1, x + 1]
                      - plane[y + 1, x - 1]
                      + np.float32(2) * (plane[y, x + 1] - plane[y, x - 1]))
            down = (plane[y + 1, x - 1] - plane[y - 1, x - 1] + plane[y + 1, x + 1]
                    - plane[y - 1, x + 1]
                    + np.float32(2) * (plane[y + 1, x] - plane[y - 1, x]))
            dx, dy = 1, 1
            if abs(down) < _TANGENT * abs(across):
                dy = 0
            elif abs(across) < _TANGENT * abs(down):
                dx = 0
            elif (across > 0) != (down > 0):
                dy = -1
            before, after = steep[y - dy, x - dx], steep[y + dy, x + dx]
            # Of two equal neighbors one is taken.
            if here < before or here <= after or count == indices.size:
                continue
            bend = np.float32(2) * here - before - after
            along = np.float32(0.5) * (after - before) / bend if bend > 0 else np.float32(0)
            length = np.sqrt(across * across + down * down) + np.float32(1e-12)
            mask[y, x] = 1
            indices[count] = y * width + x
            vectors[count, 0], vectors[count, 1] = along * dx, along * dy
            vectors[count, 2], vectors[count, 3] = across / length, down / length
            count += 1
    return count
