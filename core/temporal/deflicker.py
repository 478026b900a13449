"""Takes out of a look the pulsing that its source does not have.

Per channel, with S the styled picture and I the source (input-referenced, so that a fade or a cloud
before the sun survives):

    r_t = log mean S_t - log mean I_t     O_t = S_t e^(s (q_t - r_t))     |q_t - r_t| <= 0.15

and q follows r: the mean of r since the shot began, and later over a few seconds. That lags behind
pictures whose content changes, so a second, quick mean of r - q is kept: what it departs from zero
by more than pulsing at random could make of it, q takes over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

import cv2
import numpy as np

from core.temporal.rows import clock, time_and_shot
from stylizers.frame import Frame

_LONG, _SHORT = 10.0, 0.2
"""Seconds over which r, and its departure from that mean, are averaged."""
_CERTAIN = 4.0
"""Standard deviations of the quick mean that are put down to chance."""
_FARTHEST = 0.15
"""Logarithm of the greatest gain."""
_BLACK = 1 / 512
"""Added to means in 0..1, whose logarithm would know no bounds."""


@dataclass(frozen=True, slots=True)
class _Past:
    """Per channel, float64 (3,): q, the quick mean of r - q, and the variance of r - q about it."""

    level: np.ndarray
    drift: np.ndarray
    power: np.ndarray
    seconds: float
    time: Fraction
    shot: int


class Deflicker:
    """The gain of every picture over one render, in order; every shot starts afresh."""

    def __init__(self, strength: float) -> None:
        self._strength = strength
        self._past: _Past | None = None

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:
        """`styled` without its pulsing; itself at the first frame of a shot and in a flash."""
        if frame.flash:
            return styled
        ratio = np.log(_means(styled) + _BLACK) - np.log(_means(frame.image) + _BLACK)
        past = self._past
        if past is None or past.shot != frame.shot:
            none = np.zeros(3)
            self._past = _Past(ratio, none, none, 0.0, frame.time, frame.shot)
            return styled
        self._past = _followed(past, ratio, frame.time)
        return _brightened(styled, np.exp(self._strength * (self._past.level - ratio)))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The past, exactly; empty before the first frame."""
        if self._past is None:
            return {}
        past = self._past
        return {"level": past.level, "drift": past.drift, "power": past.power,
                "seconds": np.array(past.seconds), "clock": clock(past.time, past.shot)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], strength: float) -> Self:
        """One that goes on as the one that gave `arrays` would have."""
        deflicker = cls(strength)
        if arrays:
            level, drift, power = (np.array(arrays[name]) for name in ("level", "drift", "power"))
            deflicker._past = _Past(level, drift, power, float(arrays["seconds"]),
                                    *time_and_shot(arrays["clock"]))
        return deflicker


def _followed(past: _Past, ratio: np.ndarray, time: Fraction) -> _Past:
    elapsed = max(float(time - past.time), 0.0)
    seconds = past.seconds + elapsed
    # A mean of all there was, until that is longer than the mean is meant to be.
    share = elapsed / (seconds + elapsed) if seconds else 0.0
    share = max(share, -math.expm1(-elapsed / _LONG))
    quick = -math.expm1(-elapsed / _SHORT)
    off = ratio - past.level
    drift = past.drift + quick * (off - past.drift)
    power = past.power + max(share, quick / 4) * ((off - past.drift)**2 - past.power)
    # A mean that forgets has quick / (2 - quick) of the variance of what it is the mean of.
    chance = _CERTAIN * np.sqrt(power * quick / (2 - quick))
    sure = np.sign(drift) * np.maximum(np.abs(drift) - chance, 0)
    level = past.level + share * off + sure
    level = np.clip(level, ratio - _FARTHEST, ratio + _FARTHEST)
    return replace(past, level=level, drift=drift - sure, power=power, seconds=seconds, time=time)


def _means(picture: np.ndarray) -> np.ndarray:
    return np.array(cv2.mean(picture)[:3]) / np.iinfo(picture.dtype).max


def _brightened(picture: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Each channel times its gain, rounded."""
    top = np.iinfo(picture.dtype).max
    codes = np.arange(top + 1)[:, None] * gains
    table = np.rint(np.minimum(codes, top)).astype(picture.dtype)
    if picture.dtype == np.uint8:
        return cv2.LUT(picture, table[None])
    return np.stack([table[:, c][picture[..., c]] for c in range(3)], axis=-1)
