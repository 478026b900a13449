"""Halftone screens as thresholds: one tile of them that repeats over the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit

STRIDE = 512
"""Columns between two planes of a tile: a constant, so that the printing loop vectorizes."""
SHAPES = ("round", "diamond", "line")
ROUND, DIAMOND, LINE = range(len(SHAPES))

_SIDES = range(192, STRIDE + 1)
"""Sides of a tile to choose from."""
_EXACT = 0.003
"""How far, in its own frequency, a screen may be off: a sixth of a degree."""
_FLAT = 128
"""Side of a tile without dots."""
_SAMPLES = 4
"""Samples across a pixel, by which a dot's rim is smoothed."""
_FADE = (1.5, 2.75)
"""Pitches in pixels at which dots begin to show, and are fully there. Finer ones cannot be drawn
on a grid of pixels without beating against it: the tone itself is printed instead."""
_SHARPEST = 1 / 64
"""Least range of ink over which a pixel fills."""
_SHIFT = (0.25, 0.08)
"""Where the screens begin, in pixels: off the grid of pixels, so that where dots lie a whole number
of pixels apart no two of a dot's pixels are alike, and fill one after the other."""
_PHASES = (0.0, 0.0, 0.0, 0.25)
"""Where each screen begins, in cells. Three screens 30 degrees apart keep step with each other: the
sum of two is the third. A quarter cell between them is where they overlap as if by chance."""
_RANKS = 1024
_TONES = 129


def tile(pitch: float, angles: Sequence[float], shape: int, scale: tuple[float, float]
         ) -> np.ndarray:
    """Screens of `pitch` reference pixels at `angles` (degrees), float32 (side, planes, STRIDE).

    Screen n covers the share clip(ink * tile[y, 2n, x] + tile[y, 2n + 1, x], 0, 1) of pixel
    (x mod side, y mod side), for any `ink` of 0..1, and on average the share `ink` of all.
    `scale` is columns and rows per reference pixel.
    """
    visible = _visible(pitch * min(scale))
    if not visible:
        planes = np.zeros((_FLAT, 2 * len(angles), STRIDE), np.float32)
        planes[:, ::2] = 1
        return planes
    cells, side = _supercell(_frequencies(pitch, angles, scale))
    area = _area_above(shape)
    planes = np.zeros((side, 2 * len(angles), STRIDE), np.float32)
    for number, grid in enumerate(cells):
        low, high = _thresholds(grid, side, _PHASES[number % len(_PHASES)], shape, area)
        low, high = visible * low, 1 - visible * (1 - high)
        _true_to_tone(low, high)
        slope = (1 / (high - low)).reshape(side, side)
        planes[:, 2 * number, :side] = slope
        planes[:, 2 * number + 1, :side] = -low.reshape(side, side) * slope
    return planes


def _visible(pitch: float) -> float:
    """How much of a dot shows, 0..1, where dots lie `pitch` pixels apart."""
    part = min(max((pitch - _FADE[0]) / (_FADE[1] - _FADE[0]), 0.0), 1.0)
    return part * part * (3 - 2 * part)


def _frequencies(pitch: float, angles: Sequence[float], scale: tuple[float, float]) -> np.ndarray:
    """Cycles per column and row (screens, 2 axes, 2) along both axes of each screen's grid."""
    turns = np.radians(angles)
    axes = np.array([[np.cos(turns), np.sin(turns)], [-np.sin(turns), np.cos(turns)]])
    return axes.transpose(2, 0, 1) / (pitch * np.asarray(scale))


def _supercell(frequencies: np.ndarray) -> tuple[np.ndarray, int]:
    """Whole cycles per tile, and its side, near to the `frequencies` (supercell screening).

    A turned grid does not repeat on the grid of pixels; turned and stretched by a trifle more it
    does, and what would be computed for every pixel of a frame is computed once.
    """
    errors = {side: np.abs(frequencies * side - np.rint(frequencies * side)).max() / side
              for side in _SIDES}
    enough = _EXACT * np.abs(frequencies).max()
    side = next((side for side in _SIDES if errors[side] < enough),
                min(errors, key=errors.__getitem__))
    return np.rint(frequencies * side).astype(np.int64), side


def _area_above(shape: int) -> np.ndarray:
    """Share of a cell that is higher than each of _RANKS heights from 0 to 1."""
    heights = _cell(shape, 256)
    heights.sort()
    above = heights.size - np.searchsorted(heights, np.linspace(0, 1, _RANKS), side="right")
    return (above / heights.size).astype(np.float32)


def _true_to_tone(low: np.ndarray, high: np.ndarray) -> None:
    """Moves the ramps, in place, so that all pixels together are covered as much as the ink says.

    Even ramps are not exactly how pixels fill; a printer would speak of dot gain. Each step gives
    every ramp the mean and the variance that it has when measured in covered area.
    """
    for _ in range(8):
        area = _mean_coverage(low[::13], high[::13], np.linspace(0, 1, _TONES))
        _measured_in(_integral(area), _integral(area**2), low, high)


def _integral(curve: np.ndarray) -> np.ndarray:
    steps = (curve[1:] + curve[:-1]) / (2 * (curve.size - 1))
    return np.concatenate([[0.0], np.cumsum(steps)])


@njit(nogil=True, cache=True)
def _height(u, v, shape):  # type: ignore[no-untyped-def]
    """0..1 at phase (u, v) in cycles: the hill whose level sets are a screen's dots."""
    u -= math.floor(u + 0.5)
    v -= math.floor(v + 0.5)
    if shape == ROUND:
        return 1 - math.sqrt(2 * (u * u + v * v))
    if shape == DIAMOND:
        return 0.5 + 0.25 * (math.cos(2 * math.pi * u) + math.cos(2 * math.pi * v))
    return 1 - 2 * abs(v)


@njit(nogil=True, cache=True)
def _cell(shape, side):  # type: ignore[no-untyped-def]
    heights = np.empty(side * side)
    for i in range(side):
        for j in range(side):
            heights[i * side + j] = _height((i + 0.5) / side, (j + 0.5) / side, shape)
    return heights


@njit(nogil=True, cache=True)
def _thresholds(grid, side, phase, shape, area):  # type: ignore[no-untyped-def]
    """Ink at which each pixel of a tile begins to fill, and at which it is full.

    The even ramp of the same mean and variance as the thresholds within the pixel.
    """
    low, high = np.empty(side * side), np.empty(side * side)
    for y in range(side):
        for x in range(side):
            total = squares = 0.0
            for i in range(_SAMPLES):
                for j in range(_SAMPLES):
                    across = (x + _SHIFT[0] + (i + 0.5) / _SAMPLES) / side
                    down = (y + _SHIFT[1] + (j + 0.5) / _SAMPLES) / side
                    height = _height(grid[0, 0] * across + grid[0, 1] * down + phase,
                                     grid[1, 0] * across + grid[1, 1] * down + phase, shape)
                    rank = max(height, 0.0) * (_RANKS - 1)
                    lower = min(int(rank), _RANKS - 2)
                    part = rank - lower
                    threshold = area[lower] * (1 - part) + area[lower + 1] * part
                    total += threshold
                    squares += threshold * threshold
            mean = total / _SAMPLES**2
            half = math.sqrt(3 * max(squares / _SAMPLES**2 - mean * mean, 0.0))
            at = y * side + x
            low[at], high[at] = max(mean - half, 0.0), min(mean + half, 1.0)
            high[at] = max(high[at], low[at] + _SHARPEST)
    return low, high


@njit(nogil=True, cache=True)
def _mean_coverage(low, high, inks):  # type: ignore[no-untyped-def]
    means = np.empty(inks.size)
    for k in range(inks.size):
        total = 0.0
        for i in range(low.size):
            total += min(max((inks[k] - low[i]) / (high[i] - low[i]), 0.0), 1.0)
        means[k] = total / low.size
    return means


@njit(nogil=True, cache=True)
def _at(integral, place):  # type: ignore[no-untyped-def]
    step = place * (integral.size - 1)
    lower = min(int(step), integral.size - 2)
    return integral[lower] + (step - lower) * (integral[lower + 1] - integral[lower])


@njit(nogil=True, cache=True)
def _measured_in(integral, of_squares, low, high):  # type: ignore[no-untyped-def]
    for i in range(low.size):
        mean = (_at(integral, high[i]) - _at(integral, low[i])) / (high[i] - low[i])
        square = (_at(of_squares, high[i]) - _at(of_squares, low[i])) / (high[i] - low[i])
        half = math.sqrt(3 * max(square - mean * mean, 0.0))
        low[i], high[i] = max(mean - half, 0.0), min(mean + half, 1.0)
        high[i] = max(high[i], low[i] + _SHARPEST)
