"""Light on the relief of a painting."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

_FURROW = 0.07
"""Light of a furrow of one deviation, at full relief, where paint is thick."""
_EDGE = 0.22
"""Light of an edge between dabs, per step of tone from one reference pixel to the next, at full
relief."""
_HIGHEST = 0.12
"""Light that no edge exceeds, so that contours get no halo."""
_WEAVE = 0.045
"""Light of the canvas, per deviation."""


def bearings(tensor: np.ndarray, still: float, steps: int) -> np.ndarray:
    """The way brushes go, in `steps` of half a turn, uint8 (H, W).

    `tensor` is xx, xy, yy, float32 (H, W, 3). Where its trace is under `still` there is nothing to
    follow, and the hand falls back into its habit: upwards to the right.
    """
    out = np.empty(tensor.shape[:2], np.uint8)
    _bearings(samples(tensor), np.float32(still), steps, out.reshape(-1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _bearings(tensor, still, steps, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        # A gradient downwards to the right is added: its tangent is the habit of a right hand.
        turn = math.atan2(2 * tensor[3 * i + 1] + still, tensor[3 * i] - tensor[3 * i + 2])
        out[i] = np.int64((turn / (2 * math.pi) + 1.5) * steps + 0.5) % steps


def light(picture: np.ndarray, bearing: np.ndarray, furrows: np.ndarray, canvas: np.ndarray,
          relief: float, weave: float, scale: tuple[float, float]) -> np.ndarray:
    """`picture` (H, W, 3) lit from above: paint in relief on woven canvas.

    `bearing` uint8 (h, w) counts 256 steps of half a turn. `furrows`, int8 (directions, side,
    2 side), has each row twice, so that none of those blocks of pixels is cut by a seam; `canvas`
    is int8 (H, W); both have 32 to a deviation. `relief` and `weave` are 0..1, `scale` is
    columns and rows per reference pixel.
    """
    height, width = picture.shape[:2]
    rows = np.arange(height) * bearing.shape[0] // height
    columns = (np.arange(bearing.shape[1] + 1) * width + bearing.shape[1] - 1) // bearing.shape[1]
    out = np.empty(picture.shape, picture.dtype)
    # Tones fall by less from pixel to pixel the more of them an edge is wide.
    edge = relief * _EDGE * math.sqrt(scale[0] * scale[1])
    _light(samples(picture).reshape(height, -1), bearing, rows, columns,
           furrows.reshape(len(furrows), -1), furrows.shape[1], canvas, np.float32(relief),
           np.float32(edge), np.float32(weave * _WEAVE / 32),
           np.float32(np.iinfo(picture.dtype).max), out.reshape(height, -1))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _light(picture, bearing, rows, columns, furrows, side, canvas, relief, edge, weave,  # type: ignore[no-untyped-def]
           peak, out):
    height, width = canvas.shape
    step = 256 // len(furrows)
    furrow, highest = relief * np.float32(_FURROW / (32 * step)), relief * np.float32(_HIGHEST)
    shades = np.empty(width, np.float32)
    tones, above = np.empty(width, np.float32), np.empty(width, np.float32)
    _tones(picture[0], np.float32(1) / (np.float32(3) * peak), above)
    for y in range(height):
        _tones(picture[y], np.float32(1) / (np.float32(3) * peak), tones)
        line, first = bearing[rows[y]], (y % side) * 2 * side
        for block in range(len(line)):
            begin, end = columns[block], columns[block + 1]
            way, at = np.int64(line[block]), first + begin % side
            _mix(furrows[way // step][at:], furrows[(way // step + 1) % len(furrows)][at:],
                 np.float32(way % step), np.float32(step), shades[begin:end])
        _add(tones, above, canvas[y], furrow, edge, highest, weave, shades)
        _shade(picture[y], shades, peak, out[y])
        tones, above = above, tones


@njit(nogil=True, cache=True)
def _mix(one, other, share, whole, out):  # type: ignore[no-untyped-def]
    for x in range(len(out)):
        out[x] = (whole - share) * np.float32(one[x]) + share * np.float32(other[x])


@njit(nogil=True, cache=True)
def _add(tones, above, canvas, furrow, edge, highest, weave, shades):  # type: ignore[no-untyped-def]
    """Furrows, deeper where paint is thick; edges between dabs; the weave."""
    thin, thick = np.float32(0.35), np.float32(0.65)
    shades[0] = furrow * shades[0] * (thin + thick * tones[0]) + weave * np.float32(canvas[0])
    for x in range(1, len(shades)):
        fall = min(max(edge * (tones[x] - above[x - 1]), -highest), highest)
        shades[x] = (furrow * shades[x] * (thin + thick * tones[x]) + fall
                     + weave * np.float32(canvas[x]))


@njit(nogil=True, cache=True)
def _tones(row, unit, out):  # type: ignore[no-untyped-def]
    for x in range(out.size):
        out[x] = (np.float32(row[3 * x]) + np.float32(row[3 * x + 1])
                  + np.float32(row[3 * x + 2])) * unit


@njit(nogil=True, cache=True)
def _shade(row, shades, peak, out):  # type: ignore[no-untyped-def]
    """Paint reflects by its color, and its varnish a little besides."""
    zero, half, one = np.float32(0), np.float32(0.5), np.float32(1)
    varnish = np.float32(0.15) * peak
    for x in range(shades.size):
        gain, gloss = one + shades[x], varnish * shades[x] + half
        # Written out by channel: an inner loop of three would keep the outer one from vectorizing.
        red, green, blue = (np.float32(row[3 * x]), np.float32(row[3 * x + 1]),
                            np.float32(row[3 * x + 2]))
        out[3 * x] = out.dtype.type(min(max(red * gain + gloss, zero), peak))
        out[3 * x + 1] = out.dtype.type(min(max(green * gain + gloss, zero), peak))
        out[3 * x + 2] = out.dtype.type(min(max(blue * gain + gloss, zero), peak))
