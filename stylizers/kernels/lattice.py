"""Colors through a curve on each channel and a tetrahedral grid, in whole numbers.

A point of the grid is packed into 64-bit words, so that one multiplication weighs two or three
channels at once: three of 13 bits with weights of 8 for pictures of 8 bits, and two and one of 16
bits with weights of 16 for deeper ones. Weights add up to one and no field can spill into the next.
The tetrahedron is found without a branch: the way into the cell along each axis is carried in one
number with the step along that axis, and these three numbers are sorted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_WAY, _STEP = 47, 30
"""Bits of an axis entry: the way into the cell above _WAY, so that entries sort by it, then the
offset of the next point above _STEP, and that of the cell below."""
_THREE = 21
"""Bits between three fields of one word."""
SHALLOW, DEEP = 8, 16
"""Bits of a weight."""
LEVELS = {np.dtype(np.uint8): 4096, np.dtype(np.uint16): 16384}
"""Steps of the signal between a glow and the curves, by the depth of the picture."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """A grade ready for the loop, for pictures of one depth.

    `axes` (3, levels) uint64 says where each level of the signal falls on each axis; `points` are
    the packed colors, flat uint64 at 8 bits, (N^3, 2) at 16. A field f of the result means
    `gain` * f + `lift` in codes of the picture.
    """

    axes: np.ndarray
    points: np.ndarray
    gain: np.float32
    lift: np.float32


def packed(places: np.ndarray, values: np.ndarray, dtype: np.dtype) -> Lattice:
    """`places` (levels, 3) 0..1 along the axes of `values`, (N, N, N, 3) as blue, green, red.

    Colors may lie outside 0..1; they are held to it after the interpolation.
    """
    bits = SHALLOW if dtype == np.uint8 else DEEP
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    top = (1 << 13) - 1 if dtype == np.uint8 else (1 << 16) - 1
    fields = np.rint((values.reshape(-1, 3).astype(np.float64) - low) * (top / (high - low)))
    red, green, blue = fields.astype(np.uint64).T
    if dtype == np.uint8:
        points = red << np.uint64(2 * _THREE) | green << np.uint64(_THREE) | blue
    else:
        points = np.stack([red << np.uint64(32) | green, blue], axis=1)
    peak = np.iinfo(dtype).max
    return Lattice(_axes(places, len(values), bits), np.ascontiguousarray(points),
                   np.float32(peak * (high - low) / top), np.float32(peak * low))


def _axes(places: np.ndarray, size: int, bits: int) -> np.ndarray:
    fine = np.rint(np.clip(places.T, 0.0, 1.0) * ((size - 1) << bits)).astype(np.uint64)
    cell = np.minimum(fine >> np.uint64(bits), np.uint64(size - 2))
    way = fine - (cell << np.uint64(bits))
    step = np.array([[1], [size], [size * size]], np.uint64)
    entries = way << np.uint64(_WAY) | step << np.uint64(_STEP) | cell * step
    return np.ascontiguousarray(entries)


def grade(image: np.ndarray, lattice: Lattice) -> np.ndarray:
    """`image` (H, W, 3) through the lattice, whose levels are the codes of the picture."""
    out = np.empty(image.shape, image.dtype)
    _grade(samples(image), 3 * image.shape[1], lattice.axes, lattice.points, lattice.gain,
           lattice.lift, np.float32(np.iinfo(image.dtype).max), out.reshape(-1))
    return out


def grade_glowing(image: np.ndarray, glow: np.ndarray, rows: int, lattice: Lattice) -> np.ndarray:
    """The same with `glow` screened over the picture first, in light, the square of the signal.

    `glow` is float32 (cells, 3 * W), 0..1: one line for `rows` of the picture, linear in between.
    The lattice has LEVELS + 1 levels.
    """
    out = np.empty(image.shape, image.dtype)
    peak = np.float32(np.iinfo(image.dtype).max)
    levels = np.float32(LEVELS[image.dtype])
    _grade_glowing(samples(image), glow, rows, levels, lattice.axes, lattice.points, lattice.gain,
                   lattice.lift, peak, out.reshape(-1))
    return out


@njit(nogil=True, cache=True)
def _tetrahedron(source, pixel, axes, diagonal, bits):  # type: ignore[no-untyped-def]
    """The places of its four corners and their weights."""
    cell, step = np.uint64((1 << _STEP) - 1), np.uint64((1 << _WAY - _STEP) - 1)
    red, green = axes[0, source[3 * pixel]], axes[1, source[3 * pixel + 1]]
    blue = axes[2, source[3 * pixel + 2]]
    first = (red + green + blue) & cell
    upper, lower = max(red, green), min(red, green)
    far, rest = max(upper, blue), min(upper, blue)
    middle, near = max(lower, rest), min(lower, rest)
    second = first + (far >> np.uint64(_STEP) & step)
    third = second + (middle >> np.uint64(_STEP) & step)
    way = np.uint64(_WAY)
    far, middle, near = far >> way, middle >> way, near >> way
    return (first, second, third, first + diagonal,
            np.uint64(1 << bits) - far, far - middle, middle - near, near)


@njit(nogil=True, cache=True)
def _diagonal(axes):  # type: ignore[no-untyped-def]
    """From a cell's first point to its last: one step along each axis."""
    total = np.uint64(0)
    for axis in range(3):
        total += axes[axis, 0] >> np.uint64(_STEP) & np.uint64((1 << _WAY - _STEP) - 1)
    return total


@njit(nogil=True, cache=True)
def _shallow(source, axes, points, fields):  # type: ignore[no-untyped-def]
    half = np.uint64(((1 << 2 * _THREE) + (1 << _THREE) + 1) << (SHALLOW - 1))
    field, diagonal = np.uint64((1 << 13) - 1), _diagonal(axes)
    for pixel in range(fields.size // 3):
        a, b, c, d, wa, wb, wc, wd = _tetrahedron(source, pixel, axes, diagonal, SHALLOW)
        color = points[a] * wa + points[b] * wb + points[c] * wc + points[d] * wd + half
        fields[3 * pixel] = np.uint16(color >> np.uint64(2 * _THREE + SHALLOW))
        fields[3 * pixel + 1] = np.uint16(color >> np.uint64(_THREE + SHALLOW) & field)
        fields[3 * pixel + 2] = np.uint16(color >> np.uint64(SHALLOW) & field)


@njit(nogil=True, cache=True)
def _deep(source, axes, points, fields):  # type: ignore[no-untyped-def]
    half = np.uint64((1 << 32) + 1 << (DEEP - 1))
    field, diagonal = np.uint64((1 << 16) - 1), _diagonal(axes)
    for pixel in range(fields.size // 3):
        a, b, c, d, wa, wb, wc, wd = _tetrahedron(source, pixel, axes, diagonal, DEEP)
        color = (points[a, 0] * wa + points[b, 0] * wb + points[c, 0] * wc + points[d, 0] * wd
                 + half)
        blue = (points[a, 1] * wa + points[b, 1] * wb + points[c, 1] * wc + points[d, 1] * wd
                + half)
        fields[3 * pixel] = np.uint16(color >> np.uint64(32 + DEEP))
        fields[3 * pixel + 1] = np.uint16(color >> np.uint64(DEEP) & field)
        fields[3 * pixel + 2] = np.uint16(blue >> np.uint64(DEEP) & field)


@njit(nogil=True, cache=True)
def _colors(source, axes, points, fields):  # type: ignore[no-untyped-def]
    if points.ndim == 1:
        _shallow(source, axes, points, fields)
    else:
        _deep(source, axes, points, fields)


@njit(nogil=True, cache=True)
def _codes(fields, gain, lift, peak, out):  # type: ignore[no-untyped-def]
    zero, half = np.float32(0), np.float32(0.5)
    for i in range(out.size):
        code = np.float32(fields[i]) * gain + lift
        code = code if code > zero else zero
        out[i] = out.dtype.type((code if code < peak else peak) + half)


@njit(nogil=True, cache=True)
def _grade(rgb, length, axes, points, gain, lift, peak, out):  # type: ignore[no-untyped-def]
    fields = np.empty(length, np.uint16)
    for start in range(0, out.size, length):
        _colors(rgb[start:start + length], axes, points, fields)
        _codes(fields, gain, lift, peak, out[start:start + length])


@njit(nogil=True, cache=True)
def _light(row, above, below, part, unit, levels, out):  # type: ignore[no-untyped-def]
    one, half = np.float32(1), np.float32(0.5)
    for i in range(out.size):
        signal = np.float32(row[i]) * unit
        light = signal * signal
        light += (above[i] + (below[i] - above[i]) * part) * (one - light)
        out[i] = np.int32(np.sqrt(light) * levels + half)


@njit(nogil=True, cache=True)
def _grade_glowing(  # type: ignore[no-untyped-def]
        rgb, glow, rows, levels, axes, points, gain, lift, peak, out):
    length, last = glow.shape[1], glow.shape[0] - 1
    unit = np.float32(1) / peak
    lit, fields = np.empty(length, np.uint16), np.empty(length, np.uint16)
    for y in range(out.size // length):
        place = (y + 0.5) / rows - 0.5
        above = int(np.floor(place))
        line = rgb[y * length:(y + 1) * length]
        _light(line, glow[max(above, 0)], glow[min(above + 1, last)],
               np.float32(place - above), unit, levels, lit)
        _colors(lit, axes, points, fields)
        _codes(fields, gain, lift, peak, out[y * length:(y + 1) * length])
