"""A moving average that lets go wherever something moves.

Per pixel, with I the source, S the styled picture, O the result, and d seconds since the frame
before:

    O_t = S_t + (1 - a) k (O_t-1 - S_t)     a = 1 - (1 - alpha)^(30 d)

k is what the gate leaves of the past: about e^(-|change|^2 / 2 sigma^2), noise taken off first, and
the least of three, by the change of I, by the change of S, and by the mean squared change of I in
any small block within the look's reach. A look with a wide blur needs the last, for there S creeps
beside whatever moves, too slowly for a gate of its own; the blocks keep it blind to noise, whose
largest value within reach would open the gate everywhere.

Noise of up to one 8-bit code leaves the gate shut, so its variance falls to a / (2 - a).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np

from core.temporal.rows import clock, rows, time_and_shot
from core.temporal.settings import Temporal
from stylizers import pace
from stylizers.frame import Frame


@dataclass(frozen=True, slots=True)
class _Past:
    """What the next frame needs of this one; pictures as (H, 3 W)."""

    state: np.ndarray
    """O in float32, on the scale of the picture: rounded, it would stick short of its target."""
    source: np.ndarray
    styled: np.ndarray
    time: Fraction
    shot: int


class Ema:
    """The moving average over one render, in order; every shot starts afresh.

    Fades and dissolves are left to the gate.
    """

    def __init__(self, settings: Temporal, support: float) -> None:
        """`support`: how far a source pixel reaches in the styled picture, in reference pixels."""
        self._alpha = settings.alpha
        self._support = support
        self._past: _Past | None = None

    def step(self, frame: Frame, styled: np.ndarray) -> np.ndarray:
        """The steady picture for `frame`; at the first frame of a shot and in a flash, `styled`.

        `styled` is (H, W, 3) like the frame's image, and so is the result. None of the three may
        be written to afterwards.
        """
        if frame.flash:
            return styled
        source, target = rows(frame.image), rows(styled)
        past = self._past
        if past is None or past.shot != frame.shot or past.styled.shape != target.shape:
            state, steady = target.astype(np.float32), styled
        else:
            state, steady = past.state, np.empty(styled.shape, styled.dtype)
            self._blend(frame, source, target, past, steady.reshape(target.shape))
        self._past = _Past(state, source, target, frame.time, frame.shot)
        return steady

    def _blend(self, frame: Frame, source: np.ndarray, target: np.ndarray, past: _Past,
               steady: np.ndarray) -> None:
        """One step of the average, in place in the past's state, and rounded into `steady`."""
        from core.temporal.gate import DEAD_ZONE, kept_around, unit
        from core.temporal.kernels import blend

        reach = (self._support * frame.scale[0], self._support * frame.scale[1])
        blend(source, past.source, target, past.styled, unit(source.dtype), DEAD_ZONE,
              np.float32(pace.stays(frame.time - past.time, self._alpha)),
              kept_around(source, past.source, reach), past.state, steady)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The past, exactly; empty before the first frame."""
        if self._past is None:
            return {}
        past = self._past
        return {"state": past.state.copy(), "source": past.source, "styled": past.styled,
                "clock": clock(past.time, past.shot)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], settings: Temporal,
                    support: float) -> Self:
        """One that goes on as the one that gave `arrays` would have."""
        ema = cls(settings, support)
        if arrays:
            ema._past = _Past(np.array(arrays["state"]), rows(arrays["source"]),
                              rows(arrays["styled"]), *time_and_shot(arrays["clock"]))
        return ema

