"""A part of a source."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Range:
    """A part of the source, in exact seconds on its own clock; None is its start or end."""

    start: Fraction | None = None
    end: Fraction | None = None

    def holds(self, start: Fraction, end: Fraction) -> bool:
        """Whether anything between `start` and `end` lies in the range."""
        return ((self.start is None or end > self.start)
                and (self.end is None or start < self.end))
