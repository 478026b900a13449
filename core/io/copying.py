"""What becomes of the packets of one stream that comes along; copied, that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Protocol

import av

from core.io.span import Range


class Track(Protocol):
    """What becomes of one stream's packets; `ready` are those known from the start, in order.

    `target` is the output's stream, `label` what the source's is called in reports.
    """

    @property
    def target(self) -> av.stream.Stream: ...
    @property
    def label(self) -> str: ...
    def feed(self, packet: av.Packet) -> Iterator[av.Packet]: ...
    def flush(self) -> Iterator[av.Packet]: ...
    def ready(self) -> Iterator[av.Packet]: ...


Tracks = dict[int, Track]
"""By the stream's index in the source."""


class CopyTrack:
    """Packets as they are, under timestamps moved by `offset` seconds."""

    def __init__(self, label: str, target: av.stream.Stream, offset: Fraction, span: Range
                 ) -> None:
        self.label, self.target = label, target
        self._offset, self._span = offset, span
        context = target.codec_context
        self._begins_whole = (context is not None and context.name == "vorbis"
                              and target.container.format.name == "mp4")
        """Whether FFmpeg would play all of it early that has no whole packets before time 0."""

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:
        time = packet.pts if packet.pts is not None else packet.dts
        if not packet.size or time is None:
            return
        start = time * packet.time_base
        end = start + max(packet.duration or 0, 1) * packet.time_base
        if not self._span.holds(start, end):
            return
        if self._begins_whole and start < -self._offset < end:
            return
        if self._span.end is not None and end > self._span.end and packet.duration:
            packet.duration = max(1, round((self._span.end - start) / packet.time_base))
        if self.target.type == "subtitle" and packet.duration:
            self._begin_inside(packet)
        shift = round(self._offset / packet.time_base)
        if packet.pts is not None:
            packet.pts += shift
        if packet.dts is not None:
            packet.dts += shift
        packet.stream = self.target
        yield packet

    def _begin_inside(self, packet: av.Packet) -> None:
        """Words that stand already when the range begins begin with it."""
        if self._span.start is None or packet.pts is None:
            return
        early = round(self._span.start / packet.time_base) - packet.pts
        if early > 0:
            packet.pts = packet.dts = packet.pts + early
            packet.duration = max(1, (packet.duration or 0) - early)

    def flush(self) -> Iterator[av.Packet]:
        return iter(())

    def ready(self) -> Iterator[av.Packet]:
        return iter(())


class KnownTrack(CopyTrack):
    """Packets that were all read beforehand; those of the source count for nothing."""

    def __init__(self, label: str, target: av.stream.Stream, offset: Fraction, span: Range,
                 packets: Sequence[av.Packet]) -> None:
        super().__init__(label, target, offset, span)
        self._packets = packets

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:  # noqa: ARG002
        return iter(())

    def ready(self) -> Iterator[av.Packet]:
        for packet in self._packets:
            yield from super().feed(packet)
