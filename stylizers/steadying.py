"""What a look asks of the stage that steadies it along the motion of its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Steadying:
    """How the past is let into a picture; see core.temporal.flow for what the numbers do there.

    Tones want what is here by default. Lines on bare paper show far less of what lags, as long as
    nothing is left where the new picture is plain, and far more of motion that was found coarsely.
    """

    lag: float = 2.0
    """How far what creeps may trail behind, in 8-bit codes."""
    slack: float = 80.0
    """How far the past may stray where the picture is plain, in codes times k^4."""
    give: float = 0.0
    """The same, per code of the greatest difference about a pixel."""
    memory: float = 1.0
    """How many times as long as the settings say the past lasts."""
    fine: bool = False
    """Whether motion is found on a grid twice as fine, for 1 ms more of a 1080p picture."""


TONES = Steadying()
