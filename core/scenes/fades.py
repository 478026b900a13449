"""Fades: pictures that dwindle into black or white, or grow out of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal

import cv2
import numpy as np

EVEN = 4.0
"""Standard deviation below which a picture is of one color, in codes of 255."""
_DARK, _LIGHT = 24.0, 231.0
"""Mean codes of what counts as black and as white."""
_SHORTEST = Fraction(1, 8)
"""Seconds a fade takes at least."""
_STEPS = 3
"""Frames it takes at least."""
_WOBBLE = 0.3
"""Codes by which strength may turn back from one frame to the next within a fade."""
_PATIENCE, _GROWTH = 8, 1.01
"""Within so many frames strength grows so many times, or the picture is whole."""
_WHOLE = 0.97
"""Share of the full strength at which a fade has not begun, or is over."""


@dataclass(frozen=True, slots=True)
class Level:
    """What of a picture tells a fade; `mean` and `contrast`, its deviation, in codes of 255."""

    time: Fraction
    mean: float
    contrast: float
    cut: bool
    flash: bool

    @classmethod
    def of(cls, small: np.ndarray, time: Fraction, *, cut: bool, flash: bool) -> Level:
        means, deviations = cv2.meanStdDev(small)
        return cls(time, float(means.mean()), float(deviations.max()), cut, flash)

    @property
    def color(self) -> Literal["black", "white", ""]:
        """What it shows, if that is nothing but black or white."""
        if self.flash or self.contrast >= EVEN:
            return ""
        return "black" if self.mean <= _DARK else "white" if self.mean >= _LIGHT else ""


@dataclass(frozen=True, slots=True)
class Fade:
    """`start` and `end` are in seconds: of the last whole picture and the first empty one, or the
    other way round."""

    kind: Literal["in", "out"]
    color: Literal["black", "white"]
    start: Fraction
    end: Fraction


def fades_in(levels: Sequence[Level]) -> list[Fade]:
    """The fades of a film, in order.

    A fade multiplies a picture's distance from black or white by what falls to 0. That distance,
    root mean square, is what the picture's strength is taken for.
    """
    found = []
    for first, last in _empty_runs(levels):
        color = levels[first].color
        assert color
        if start := _whole_at(levels, range(first, -1, -1)):
            found.append(Fade("out", color, start, levels[first].time))
        if end := _whole_at(levels, range(last, len(levels))):
            found.append(Fade("in", color, levels[last].time, end))
    return found


def _empty_runs(levels: Sequence[Level]) -> Iterable[tuple[int, int]]:
    """First and last index of every stretch of one even color."""
    for color, run in groupby(range(len(levels)), key=lambda index: levels[index].color):
        if color:
            first, *_, last = [*run] * 2
            yield first, last


def _whole_at(levels: Sequence[Level], way: range) -> Fraction | None:
    """When the picture is whole, on the way from an empty one; None where it comes by a cut."""
    empty = levels[way[0]]
    walked = [way[0]]
    strengths = [0.0]
    for index in way[1:]:
        strength = math.hypot(levels[index].mean - empty.mean, levels[index].contrast)
        if _parted(levels, walked, index) or _stalls(strengths, strength):
            break
        walked.append(index)
        strengths.append(strength)
    steps = next(n for n, strength in enumerate(strengths)
                 if strength >= _WHOLE * max(strengths))
    whole = levels[walked[steps]]
    lasts = abs(whole.time - empty.time)
    if whole.contrast < 3 * EVEN or steps < _STEPS or lasts < _SHORTEST:
        return None
    return whole.time


def _parted(levels: Sequence[Level], walked: Sequence[int], index: int) -> bool:
    """Whether a cut lies between a frame and the one walked to last."""
    backward = index < walked[-1]
    # A shot may begin with the empty picture that the one before it has faded to.
    return levels[max(index, walked[-1])].cut and not (backward and len(walked) == 1)


def _stalls(strengths: Sequence[float], coming: float) -> bool:
    """Whether the picture grows no stronger."""
    earlier = strengths[-_PATIENCE] if len(strengths) >= _PATIENCE else -1.0
    return coming < strengths[-1] - _WOBBLE or coming < _GROWTH * earlier
