"""Times of a stream whose clock starts again on the way, as FFmpeg's command line reckons them."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import av

from core.io.containers import time_base_of

_JUMP_BACK, _JUMP_AHEAD = Fraction(1, 10), Fraction(10)
"""Seconds beyond which FFmpeg takes a broadcast clock to have started again."""

# PyAV's stubs take the values of flags for flags.
_CLOCK_STARTS_ANYWHERE = cast(int, av.format.Flags.ts_discont.value)


class SteadyClock:
    """Goes on counting where a broadcast clock jumps, as FFmpeg's command line does."""

    def __init__(self, container: av.container.InputContainer, video: av.VideoStream) -> None:
        self._jumps = bool(container.format.flags & _CLOCK_STARTS_ANYWHERE)
        self._base = time_base_of(video)
        self._usual = usual_ticks(video)
        self._due: int | None = None
        self._latest = 0
        self._moved = 0

    def go_on(self, packet: av.Packet) -> None:
        if not self._jumps or packet.dts is None or not packet.size:
            return
        dts = packet.dts + self._moved
        if self._due is not None:
            ahead = (dts - self._due) * self._base
            back = (self._latest - dts) * self._base
            if abs(ahead) > _JUMP_AHEAD or back > _JUMP_BACK:
                self._moved -= dts - self._due
                dts = self._due
        packet.dts = dts
        if packet.pts is not None:
            packet.pts += self._moved
        self._due = dts + (packet.duration or self._usual)
        self._latest = max(self._latest, dts)


def usual_ticks(video: av.VideoStream) -> int:
    """How many ticks a frame usually stands."""
    rate = video.guessed_rate or video.average_rate or Fraction(25)
    return max(1, round(1 / (rate * time_base_of(video))))
