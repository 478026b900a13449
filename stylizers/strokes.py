"""Where an artist's pencil strokes lie on a sheet, and in which order they come.

As in tonal art maps (Praun, Hoppe, Webb and Finkelstein, Real-Time Hatching, SIGGRAPH 2001) the
strokes of a lighter tone are among those of every darker one. So one picture holds all tones: for
each point the order in which it is drawn on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from stylizers import paper
from stylizers.once import once

_SEED = 21
_LAYERS = ((0.0, 0.0, 0.7, 1.0), (7.0, 0.3, 0.7, 1.3), (52.0, 0.4, 0.7, 1.1),
           (-35.0, 0.6, 0.6, 1.0))
"""Layers of hatching: turn in degrees against the first, when it begins and for how long it grows
(in shares of all tones), width. First in the artist's own direction, then its gaps, then across."""
_PATCH = 24.0
"""Side, in stroke widths, of a patch of strokes drawn from one rest of the hand."""
_PITCH = 1.25
"""Distance of neighbors in a patch, in stroke widths."""
_TOOTH = 0.08
"""How far a deviation of the paper's height puts off its turn: graphite catches on the peaks."""
_EVEN = 40.0
"""Reference pixels over which the share of each order is the same, for tones to come out right."""
_STEPS = 65536
_SHEET = 512
"""Reference pixels in which sheets grow: pictures of nearly the same shape share their strokes."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """`order` as `kernels.hatch.lay` takes it, uint8 (H, W); `contrast` 0..1 is what is left of the
    strokes where pixels are too large to show them."""

    order: np.ndarray
    contrast: float


@once
def hatching(width: int, height: int, scale: tuple[float, float], stroke_width: float,
             angle: float) -> Strokes:
    """The strokes for a picture of that size, always the same.

    `scale` is columns and rows per reference pixel, `stroke_width` in reference pixels, `angle` in
    degrees: 0 is level, 45 rises to the right.
    """
    if min(scale) * stroke_width < 0.5:
        return Strokes(np.full((height, width), 128, np.uint8), 0.0)
    finer = tuple(min(4, max(1, math.ceil(1 / factor))) for factor in scale)
    size = (width * finer[0], height * finer[1])
    turns = _turns(*size, (scale[0] * finer[0], scale[1] * finer[1]), stroke_width, angle)
    order = _ranked(turns)
    if finer == (1, 1):
        return Strokes(order, 1.0)
    small = cv2.resize(order.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return Strokes(_ranked(small), min(1.0, float(small.std()) / float(order.std())))


def _turns(width: int, height: int, scale: tuple[float, float], stroke_width: float,
           angle: float) -> np.ndarray:
    """When each point is drawn on, float32 (H, W), as evenly spread everywhere."""
    from stylizers.kernels.blur import gaussian
    from stylizers.kernels.hatch import rule

    random = np.random.default_rng(_SEED)
    turns = np.full((height, width), 2, np.float32)
    for turn, begin, span, wide in _LAYERS:
        layer = np.zeros_like(turns)
        rule(_scattered(random, width / scale[0], height / scale[1], wide * stroke_width,
                        math.radians(angle + turn)), scale, layer)
        np.minimum(turns, np.float32(begin + span) - np.float32(span) * layer, out=turns)
    tooth = paper.lay(paper.generated(), width, height, scale).tooth
    turns -= np.float32(_TOOTH) * gaussian(tooth, *scale)
    even = (_EVEN * scale[0], _EVEN * scale[1])
    turns -= gaussian(turns, *even)
    turns /= np.sqrt(gaussian(turns * turns, *even)) + np.float32(1e-6)
    return turns


def _scattered(random: np.random.Generator, width: float, height: float, wide: float,
               angle: float) -> np.ndarray:
    """One layer for a sheet of that size in reference pixels, as `kernels.hatch.rule` takes it."""
    patch, pitch = _PATCH * wide, _PITCH * wide
    reach = _SHEET * math.ceil((math.hypot(width, height) / 2 + patch) / _SHEET)
    side, count = 2 * math.ceil(reach / patch) + 1, math.ceil(1.3 * patch / pitch)
    each, many = (side * side, 1), (side * side, count)
    # Patches lie like bricks; their strokes run along u and stand side by side along v.
    cells = np.arange(side * side)[:, None]
    u = cells % side - (side - 1) / 2 + cells // side % 2 * 0.5 + random.uniform(-0.2, 0.2, each)
    v = cells // side - (side - 1) / 2 + random.uniform(-0.12, 0.12, each)
    tilt = random.normal(0, math.radians(5), each)
    inner = random.normal(0, 0.12 * patch, many)
    beside = (np.arange(count) - (count - 1) / 2) * pitch + random.normal(0, 0.22 * pitch, many)
    x, y = _turned(*_turned(inner, beside, tilt, u * patch, v * patch), -angle, width / 2,
                   height / 2)
    near = ((np.abs(x - width / 2) < width / 2 + patch)
            & (np.abs(y - height / 2) < height / 2 + patch))
    return _drawn(random, x, y, tilt - angle, patch, wide)[near].astype(np.float32)


def _turned(u: np.ndarray, v: np.ndarray, angle: np.ndarray | float, x: np.ndarray | float,
            y: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return x + cosine * u - sine * v, y + sine * u + cosine * v


def _drawn(random: np.random.Generator, x: np.ndarray, y: np.ndarray, bearing: np.ndarray,
           patch: float, wide: float) -> np.ndarray:
    """Strokes through those points: none as straight, long, broad or firm as the next."""
    bearing = bearing + random.normal(0, math.radians(1.6), x.shape)
    half = patch * random.uniform(0.55, 0.85, x.shape)
    breadth = wide * random.uniform(0.45, 0.75, x.shape)
    bow = half * random.normal(0.02, 0.02, x.shape)
    pressure = random.uniform(0.75, 1, (len(x), 1)) * random.uniform(0.65, 1, x.shape)
    return np.stack([x, y, np.cos(bearing), np.sin(bearing), half, breadth, bow, pressure], -1)


def _ranked(turns: np.ndarray) -> np.ndarray:
    """Each sample's place among all of them, uint8, spread evenly over 0..255."""
    low, high = float(turns.min()), float(turns.max())
    steps = ((turns - low) * ((_STEPS - 1) / max(high - low, 1e-9))).astype(np.uint16)
    counts = np.bincount(steps.reshape(-1), minlength=_STEPS)
    places = (np.cumsum(counts) - counts / 2) * (256 / turns.size)
    return np.minimum(places, 255).astype(np.uint8)[steps]
