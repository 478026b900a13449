"""Where the times of a stream's pictures come from: not every file tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import av

_ENOUGH = 25
"""Packets after which a stream that shows no reordering is taken not to have any."""
_NO_PTS = ("avi",)
"""FFmpeg's names for formats that tell no pts: those of pictures in decoding order are made up."""


@dataclass(frozen=True, slots=True)
class Timing:
    """`pts` where packets tell when they are shown, as most do.

    `dts` where they only tell when they are decoded (AVI, some MXF, Matroska with VFW codecs):
    FFmpeg then numbers them in the order of the file, and a picture is shown when the packet comes
    that makes the decoder give it out, `delay` packets after the first. But `early` pictures, by
    that time, are shown at another, for FFmpeg trusts a file (MXF) until it contradicts itself.
    `none` in a bare stream, whose pictures follow at its rate.
    """

    source: Literal["pts", "dts", "none"] = "pts"
    delay: int = 0
    early: tuple[tuple[int, int], ...] = ()

    def shown_at(self, dts: int | None) -> int | None:
        """When the picture is shown that a decoder gives out at that decoding time."""
        return next((pts for at, pts in self.early if at == dts), dts)


class TimingJudge:
    """Watches a single-threaded decoder from the first packet on, until it is known.

    `container` is FFmpeg's name of the format.
    """

    def __init__(self, container: str) -> None:
        self._invented = container in _NO_PTS
        self.verdict: Timing | None = None
        self._packets = 0
        self._delay: int | None = None
        self._packet_pts: int | None = None
        self._frame_pts: int | None = None
        self._timed = self._shown = False
        self._claims = True
        self._early: list[tuple[int, int]] = []

    def watch(self, packet: av.Packet, frames: Sequence[av.VideoFrame]) -> None:
        """A packet, and the frames that came of it."""
        self._packets += bool(packet.size)
        self._timed |= packet.pts is not None or packet.dts is not None
        self._shown |= packet.pts is not None
        self._claims &= packet.pts == packet.dts
        if frames and self._delay is None:
            self._delay = self._packets - 1
        if packet.pts is not None and self._packet_pts is not None \
                and packet.pts <= self._packet_pts:
            self.verdict = self.verdict or Timing()
        self._packet_pts = packet.pts
        for frame in frames:
            self._see(frame)
        if self._packets > _ENOUGH or (frames and not self._delay and self._timed):
            self.verdict = self.verdict or self.by_now()

    def _see(self, frame: av.VideoFrame) -> None:
        goes_back = (frame.pts is not None and self._frame_pts is not None
                     and frame.pts <= self._frame_pts)
        if goes_back or not self._shown:
            self.verdict = self.verdict or Timing(
                "dts" if self._timed else "none", self._delay or 0,
                tuple(self._early) if self._claims else ())
        elif frame.pts is not None and frame.dts is not None:
            self._early.append((frame.dts, frame.pts))
        self._frame_pts = frame.pts

    def by_now(self) -> Timing:
        """What it is if nothing else comes."""
        if not self._timed:
            return Timing("none")
        return Timing("dts", self._delay or 0) if self._invented else Timing()


def stamped(frames: Iterator[av.VideoFrame], timing: Timing, usual: int
            ) -> Iterator[av.VideoFrame]:
    """Decoded frames under their times, which packets could not tell, in ticks of the stream.

    Those that a decoder gives out at its end follow at the usual pace.
    """
    if timing.source == "pts":
        yield from frames
        return
    after = 0
    for frame in frames:
        known = timing.shown_at(frame.dts) if timing.source == "dts" else None
        frame.pts = after if known is None else known
        after = frame.pts + usual
        yield frame
