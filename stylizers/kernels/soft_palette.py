"""Colors drawn towards a palette, with soft steps, through a table over R'G'B'."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

from stylizers import oklab
from stylizers.kernels.weights import BLUE, GREEN, RED

NODES = 25
"""Of the table along each axis: 11 codes of 255 apart, less than most steps are wide."""

_FROM_LAB = oklab.FROM_LAB
_FROM_LMS = oklab.FROM_LMS
_STEPS = 4096
_CHUNK = 1024
"""Pixels whose corners are found before their colors are looked up: both loops vectorize."""


def table(colors: np.ndarray, presence: np.ndarray, hue: float, softness: float,
          kept: tuple[float, float], saturation: float,
          levels: tuple[float, float] = (0.0, 1.0), lift: float = 0.0) -> np.ndarray:
    """R', G' and B' float32 (3, NODES^3), red slowest, of every R'G'B' once drawn to the palette.

    `colors` (K, 3) are OKLab and `presence` (K,) their weights. A color x becomes the mean of the
    palette under weights presence * exp(-|x - color|^2 / 2 softness^2), a and b counting `hue`
    times in that distance. Between two colors at distance D this is a step 4 softness^2 / D wide:
    crisp between unlike colors, wide between like ones, as the tones of a sky. Of what x differs
    from that mean, `kept` (in L, in a and b) remains; `saturation` multiplies a and b; and `levels`
    are what L of 0 and of 1 become, before `lift` L^3 (1 - L) is added: night stays night.
    """
    nodes = np.empty((3, NODES ** 3), np.float32)
    _table(_nodes(), colors.astype(np.float32), np.log(presence).astype(np.float32),
           np.float32(hue * hue), np.float32(1 / (2 * softness ** 2)),
           np.float32(kept[0]), np.float32(kept[1]),
           np.float32(saturation), np.float32(levels[0]), np.float32(levels[1] - levels[0]),
           np.float32(lift), _encoding(), nodes)
    return nodes


def recolor(planes: np.ndarray, nodes: np.ndarray) -> None:
    """Puts R', G', B' of `planes` (4, H, W) through the table, by tetrahedral interpolation.

    The fourth plane becomes the luma that they had.
    """
    _recolor(planes.reshape(4, -1), nodes)


@lru_cache(maxsize=1)
def _nodes() -> np.ndarray:
    axis = np.linspace(0, 1, NODES)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    return oklab.oklab(grid).astype(np.float32)


@lru_cache(maxsize=1)
def _encoding() -> np.ndarray:
    """sRGB's transfer over the square root of light, in which it is nearly straight."""
    light = np.linspace(0, 1, _STEPS + 1) ** 2
    return np.where(light <= 0.0031308, light * 12.92,
                    1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055).astype(np.float32)


@njit(nogil=True, cache=True)
def _encoded(light, encoding):  # type: ignore[no-untyped-def]
    root = math.sqrt(min(max(light, np.float32(0)), np.float32(1))) * np.float32(_STEPS)
    at = min(int(root), _STEPS - 1)
    return encoding[at] + (encoding[at + 1] - encoding[at]) * np.float32(root - at)


@njit(nogil=True, cache=True, error_model="numpy")
def _table(labs, colors, logs, hue, sharpness, kept_l, kept_c,  # type: ignore[no-untyped-def]
           saturation, black, white, lift, encoding, out):
    count = colors.shape[0]
    score = np.empty(count, np.float32)
    for i in range(labs.shape[0]):
        lightness, a, b = labs[i, 0], labs[i, 1], labs[i, 2]
        best = np.float32(-1e30)
        for k in range(count):
            dl, da, db = lightness - colors[k, 0], a - colors[k, 1], b - colors[k, 2]
            score[k] = logs[k] - (dl * dl + hue * (da * da + db * db)) * sharpness
            best = max(best, score[k])
        total, ml, ma, mb = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for k in range(count):
            if score[k] - best > np.float32(-9):
                weight = math.exp(score[k] - best)
                total += weight
                ml += weight * colors[k, 0]
                ma += weight * colors[k, 1]
                mb += weight * colors[k, 2]
        ml, ma, mb = ml / total, ma / total, mb / total
        lightness = black + white * (ml + kept_l * (lightness - ml))
        lightness = min(max(lightness, np.float32(0)), np.float32(1))
        lightness += lift * lightness ** 3 * (np.float32(1) - lightness)
        a = (ma + kept_c * (a - ma)) * saturation
        b = (mb + kept_c * (b - mb)) * saturation
        l3, m3, s3 = np.float32(0), np.float32(0), np.float32(0)
        l3 = (_FROM_LAB[0, 0] * lightness + _FROM_LAB[0, 1] * a + _FROM_LAB[0, 2] * b) ** 3
        m3 = (_FROM_LAB[1, 0] * lightness + _FROM_LAB[1, 1] * a + _FROM_LAB[1, 2] * b) ** 3
        s3 = (_FROM_LAB[2, 0] * lightness + _FROM_LAB[2, 1] * a + _FROM_LAB[2, 2] * b) ** 3
        for c in range(3):
            light = _FROM_LMS[c, 0] * l3 + _FROM_LMS[c, 1] * m3 + _FROM_LMS[c, 2] * s3
            out[c, i] = _encoded(np.float32(light), encoding)


@njit(nogil=True, cache=True)
def _luma(reds, greens, blues, out):  # type: ignore[no-untyped-def]
    red, green, blue = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    for i in range(out.size):
        out[i] = red * reds[i] + green * greens[i] + blue * blues[i]


@njit(nogil=True, cache=True)
def _corners(reds, greens, blues, corners, shares):  # type: ignore[no-untyped-def]
    """Three of the four nodes around each color, and how far it lies along the way they make.

    From node to opposite node it goes along the longest axis first.
    """
    top, last, size = np.float32(NODES - 1), np.int32(NODES - 2), np.int32(NODES)
    far_x, far_y, far_z = np.int32(NODES * NODES), np.int32(NODES), np.int32(1)
    for i in range(reds.size):
        x, y, z = reds[i] * top, greens[i] * top, blues[i] * top
        at_x, at_y, at_z = min(np.int32(x), last), min(np.int32(y), last), min(np.int32(z), last)
        x, y, z = x - np.float32(at_x), y - np.float32(at_y), z - np.float32(at_z)
        most, least = max(x, max(y, z)), min(x, min(y, z))
        first = far_x if x == most else (far_y if y == most else far_z)
        final = far_z if z == least else (far_y if y == least else far_x)
        at = (at_x * size + at_y) * size + at_z
        corners[i] = at
        corners[_CHUNK + i] = at + first
        corners[2 * _CHUNK + i] = at + far_x + far_y + far_z - final
        shares[i] = most
        shares[_CHUNK + i] = x + y + z - most - least
        shares[2 * _CHUNK + i] = least


@njit(nogil=True, cache=True)
def _look_up(nodes, corners, shares, out):  # type: ignore[no-untyped-def]
    opposite = np.int32(NODES * NODES + NODES + 1)
    for i in range(out.size):
        # Unsigned, so that no index is taken from the end.
        a, b = nodes[np.uint32(corners[i])], nodes[np.uint32(corners[_CHUNK + i])]
        c = nodes[np.uint32(corners[2 * _CHUNK + i])]
        d = nodes[np.uint32(corners[i] + opposite)]
        out[i] = (a + (b - a) * shares[i] + (c - b) * shares[_CHUNK + i]
                  + (d - c) * shares[2 * _CHUNK + i])


@njit(nogil=True, cache=True)
def _recolor(planes, nodes):  # type: ignore[no-untyped-def]
    corners, shares = np.empty(3 * _CHUNK, np.int32), np.empty(3 * _CHUNK, np.float32)
    size = planes.shape[1]
    for start in range(0, size, _CHUNK):
        end = min(start + _CHUNK, size)
        red, green, blue = planes[0, start:end], planes[1, start:end], planes[2, start:end]
        _luma(red, green, blue, planes[3, start:end])
        _corners(red, green, blue, corners, shares)
        _look_up(nodes[0], corners, shares, red)
        _look_up(nodes[1], corners, shares, green)
        _look_up(nodes[2], corners, shares, blue)
