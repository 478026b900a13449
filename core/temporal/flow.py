"""A moving average along the motion of the source.

With S the styled picture, O the result, d seconds since the picture before, and P that result
carried along the motion of the source, found on the source:

    O_t = S_t + k (P' - S_t)     k = w m T / (T + c)     w = (1 - alpha)^(30 d / M), at most 0.8

P' is P held to what is about the pixel in S (see `carry`), and m says how far the motion can be
followed: where it is led back, does not break and keeps its colors, narrowed and feathered.

c is how far S creeps, as it does beside whatever moves under a look with a wide reach: its change
along the motion in a small neighborhood, so far as the change before went the same way, and as the
source itself has changed there or within that reach. What creeps by c a picture trails behind by
c k / (1 - k) < T w, but for what may be noise; what pulses is averaged. T and M, how long the past
lasts, are the look's (see stylizers.steadying).

Where little of the picture can be followed, it starts afresh, as at a cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Self

import cv2
import numpy as np

from core.temporal.motion import Finder, Reduced
from core.temporal.rows import clock, rows, time_and_shot
from core.temporal.settings import Temporal
from stylizers import pace
from stylizers.frame import Frame
from stylizers.steadying import TONES, Steadying

_MOST = 0.8
"""Share of the past at any frame rate: each picture is resampled once more to be carried on."""
_KAPPA = 100.0
"""How strictly motion is judged by color, in 0..1 (Lai et al. 2018, eq. 5): twice as strictly as
published, for noise is taken off first."""
_GRAIN = 2.0
"""What is taken off changes as noise, over what is usual in the picture."""
_UNSEEN = 0.25
"""Codes of creep a picture that may be nothing but noise."""
_NOISIEST = 54.0
"""Squared change of color, summed over the channels, past which it is no noise: 3 codes' worth."""
_AMPLIFIED = 4.0
"""How many times the source's own change a look may make of it."""
_PASSING = 0.12
"""Share of a change that counts as creep though the one before went the other way."""
_SPREAD = 3.0
"""How far the past may stray, over what the pixels on either side do."""
_LOST = 0.65
"""Share of the picture that cannot be followed, from which the past is dropped."""
_RATIO, _FLOOR = 1.05, 0.1
"""Squared change of color, against that along the motion and in codes, up to which rest is taken
for as good: in still scenes motion is nothing but noise, and beside what moves it is found a little
beyond it."""
_NOISE = 3.0
"""The same against what is usual in the picture, where motion cannot be followed."""


@dataclass(frozen=True, slots=True)
class _Past:
    """What the next frame needs of this one."""

    state: np.ndarray
    """O as (H, 3 W), float32 on the scale of the picture: rounded, it would stick."""
    reduced: Reduced
    drift: np.ndarray
    """How the styled picture changed along the motion, in a small neighborhood: (H, W) float32 of
    the reduced size, in 8-bit codes."""
    time: Fraction
    shot: int


@dataclass(frozen=True, slots=True)
class _Followed:
    """Motion, k and the drift that comes with it, all of the reduced size."""

    motion: np.ndarray
    kept: np.ndarray
    drift: np.ndarray


class Flow:
    """The average along motion over one render, in order; every shot starts afresh."""

    def __init__(self, settings: Temporal, support: float, steadying: Steadying = TONES) -> None:
        """`support`: how far a source pixel reaches in the styled picture, in reference pixels."""
        self._alpha, self._support, self._steadying = settings.alpha, support, steadying
        self._past: _Past | None = None
        self._spare: np.ndarray | None = None
        self._finder = Finder(steadying.fine)

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:
        """The steady picture for `frame`; at the first frame of a shot and in a flash, `styled`.

        `styled` is (H, W, 3) like the frame's image, and so is the result. None of the three may
        be written to afterwards.
        """
        if frame.flash:
            return styled
        across, down = frame.scale
        now = Reduced.of(frame.image, styled, (self._support * across, self._support * down))
        past, target = self._past, rows(styled)
        followed = None
        if past is not None and past.shot == frame.shot and past.state.shape == target.shape:
            followed = self._follow(now, past, frame.time - past.time)
        if past is None or followed is None:
            state, steady = target.astype(np.float32), styled
            drift = np.zeros(now.gray.shape, np.float32)
        else:
            state, steady = self._carry(past.state, target, followed)
            drift = followed.drift
        self._spare = None if past is None else past.state
        self._past = _Past(state, now, drift, frame.time, frame.shot)
        return steady

    def _follow(self, now: Reduced, past: _Past, elapsed: Fraction) -> _Followed | None:
        """None where the past is of no use."""
        from core.temporal.judge import errors, judge, settle

        before = past.reduced
        backward, forward = self._finder.find(now.gray, before.gray)
        squares = errors(now.colors, before.colors, backward)
        along, in_place = cv2.mean(squares)[:2]
        if along > in_place:
            backward = np.zeros_like(backward)  # what explains less than rest was not found
        noise = min(float(np.median(squares[::4, ::4, 0])), _NOISIEST)
        motion, followed = settle(backward, forward, _averaged(squares, 5), np.float32(_RATIO),
                                  np.float32(_FLOOR), np.float32(_NOISE * noise + _FLOOR))
        changes = judge(now.colors, before.colors, now.means, before.means, motion, past.drift)
        usable = _usable(followed, changes[..., 0], noise)
        if np.count_nonzero(usable < 0.5) > _LOST * usable.size:
            return None
        drift = _averaged(changes[..., 2], 5)
        lag = np.float32(self._steadying.lag)
        kept = self._rest(elapsed) * usable * _unlagged(changes, drift, noise, lag)
        return _Followed(motion, kept, drift)

    def _rest(self, elapsed: Fraction) -> np.float32:
        """w: the share of the past that stays after `elapsed` seconds where nothing changes."""
        stays = pace.stays(elapsed, self._alpha) ** (1 / self._steadying.memory)
        return np.float32(min(stays, _MOST))

    def _carry(self, past: np.ndarray, target: np.ndarray, followed: _Followed
               ) -> tuple[np.ndarray, np.ndarray]:
        from core.temporal.carry import CELL, SPAN, carry

        height, width = len(target), target.shape[1] // 3
        cells = (-(-width // CELL), -(-height // CELL))
        kept = followed.kept
        scale = np.array([width / kept.shape[1], height / kept.shape[0]], np.float32)
        slack = self._steadying.slack * np.iinfo(target.dtype).max / 255  # in samples
        state = self._spare
        if state is None or state.shape != target.shape or state is past:
            state = np.empty(target.shape, np.float32)
        steady = np.empty((height, width, 3), target.dtype)
        carry(past, target, _by_cell(followed.motion * scale, cells), _by_cell(kept, cells),
              np.float32(_SPREAD), np.float32(slack), np.float32(self._steadying.give), SPAN, state,
              steady.reshape(target.shape))
        return state, steady

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The past, exactly; empty before the first frame."""
        if self._past is None:
            return {}
        past = self._past
        return {"state": past.state.copy(), "drift": past.drift,
                "clock": clock(past.time, past.shot),
                **{field.name: getattr(past.reduced, field.name) for field in fields(Reduced)}}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], settings: Temporal, support: float,
                    steadying: Steadying = TONES) -> Self:
        """One that goes on as the one that gave `arrays` would have."""
        flow = cls(settings, support, steadying)
        if arrays:
            known = Reduced(**{field.name: np.array(arrays[field.name])
                               for field in fields(Reduced)})
            flow._past = _Past(np.array(arrays["state"]), known, np.array(arrays["drift"]),
                               *time_and_shot(arrays["clock"]))
        return flow


def _usable(followed: np.ndarray, change: np.ndarray, noise: float) -> np.ndarray:
    """m: no more than the least about a pixel, and feathered."""
    above = np.maximum(_averaged(change, 3) - np.float32(_GRAIN * noise), 0)
    least = cv2.erode(followed * cv2.exp(np.float32(-_KAPPA / 255**2) * above),
                      np.ones((3, 3), np.uint8))
    return np.minimum(least, cv2.GaussianBlur(least, (0, 0), 1.0))


def _averaged(plane: np.ndarray, side: int) -> np.ndarray:
    return cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)


def _by_cell(plane: np.ndarray, cells: tuple[int, int]) -> np.ndarray:
    finer = plane.shape[1] > cells[0]
    return cv2.resize(plane, cells, interpolation=cv2.INTER_AREA if finer else cv2.INTER_LINEAR)


def _unlagged(changes: np.ndarray, drift: np.ndarray, noise: float, lag: np.float32) -> np.ndarray:
    """T / (T + c)."""
    # Two standard deviations of the mean of 25 pixels, `noise` being summed over three channels.
    chance = np.float32(min(2 * (noise / 75)**0.5, _UNSEEN))
    before = changes[..., 3]
    lasting = np.where(drift * before > 0, np.minimum(np.abs(drift), np.abs(before)), 0)
    creep = np.maximum(lasting, np.float32(_PASSING) * np.abs(drift))
    creep = np.maximum(np.minimum(creep, _AMPLIFIED * changes[..., 1]) - chance, 0)
    return np.asarray(lag / (lag + creep))
