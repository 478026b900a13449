"""How fast what is carried from frame to frame follows the picture, in seconds, not in frames."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stylizers.base import Analysis
from stylizers.frame import Frame

ALPHA = 0.3
"""Share of a moving average that each new frame adds, at RATE frames per second."""
RATE = 30


def stays(elapsed: Fraction, alpha: float = ALPHA) -> float:
    """(1 - alpha)^(RATE elapsed): the share of the past that stays after `elapsed` seconds.

    So a second forgets as much at every frame rate. With an `alpha` of 1 nothing ever stays.
    """
    return (1 - alpha) ** (RATE * max(float(elapsed), 0.0)) if alpha < 1 else 0.0


@dataclass(frozen=True, slots=True)
class Dated(Analysis):
    """An analysis that knows when it was: at `numerator` / `denominator` seconds."""

    numerator: int
    denominator: int

    def stays(self, frame: Frame, alpha: float = ALPHA) -> float:
        """The share of this analysis that stays in that of `frame`, the next one.

        After a flash the shot goes on as it was, so all of it stays in one.
        """
        if frame.flash:
            return 1.0
        return stays(frame.time - Fraction(self.numerator, self.denominator), alpha)
