"""The packets of an open file in its order, on one clock that does not jump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import av
import av.error

from core.io.containers import time_base_of

_GAP, _STEP_BACK = 10 * av.time_base, av.time_base // 10
"""How far a stream may leap on (FFmpeg's dts_delta_threshold) and go back, in microseconds."""
_PATIENCE = 64
"""Packets that one waits for the jump it was torn by."""
# PyAV's stubs take the values of flags for flags.
_MAY_JUMP = cast(int, av.format.Flags.ts_discont.value)


def may_jump(container: av.container.InputContainer) -> bool:
    """Whether the clock of such a file may start anywhere, and anew on the way."""
    return bool(container.format.flags & _MAY_JUMP)


class Demuxer:
    """Packets that hold something, of the streams `wanted`; their times never jump.

    Jumps are only seen by reading from the start, with the packets of every stream. So after a
    seek, which a file whose clock jumps would not land well anyway, `corrected` must be False.
    With `since` the packets before the key frame of that pts are read and left out. A file opened
    more thoroughly than others has the same clock if only its first streams are `leading`.
    """

    def __init__(self, container: av.container.InputContainer, *wanted: av.stream.Stream,
                 corrected: bool = True, since: int | None = None,
                 leading: int | None = None) -> None:
        self._container, self._wanted = container, {stream.index for stream in wanted}
        self._since = since
        self._clock = Clock(leading) if corrected and may_jump(container) else None
        self.cut_short = False
        """Whether the file broke off before its end."""
        self.grown = False
        """Whether streams appeared that were not there when the file was opened."""

    @property
    def jumps(self) -> int:
        """How often the clock jumped so far."""
        return self._clock.jumps if self._clock else 0

    def __iter__(self) -> Iterator[av.Packet]:
        for packet in self._clock.corrected(self._read()) if self._clock else self._read():
            if packet.stream_index in self._wanted and not self._early(packet):
                yield packet

    def _read(self) -> Iterator[av.Packet]:
        streams = self._container.streams
        packets = self._container.demux(
            list(streams) if self._clock else [streams[index] for index in sorted(self._wanted)])
        while (packet := self._next(packets)) is not None:
            if packet.size:  # else the picture stays as it was, or it is PyAV's mark of the end
                yield packet

    def _early(self, packet: av.Packet) -> bool:
        if self._since is not None and packet.is_keyframe and packet.pts is not None \
                and packet.pts >= self._since:
            self._since = None
        return self._since is not None

    def _next(self, packets: Iterator[av.Packet]) -> av.Packet | None:
        try:
            return next(packets, None)
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            self.cut_short = True
        except IndexError:  # PyAV looks up streams it does not know, once all is read
            self.grown = True
        return None


class Clock:
    """Moves packets so that every part of a joined recording goes on where the last one ended.

    As FFmpeg's command line does it (ts_discontinuity_detect in fftools/ffmpeg_demux.c): one
    offset for all streams, found where a packet of picture or sound does not continue its stream.
    But a picture that stands long while the sound goes on is no jump. Counts in microseconds.
    """

    def __init__(self, leading: int | None = None) -> None:
        self.jumps = 0
        self._leading = leading
        self._offset = 0
        self._streams: dict[int, _Course] = {}
        self._last: int | None = None

    def corrected(self, packets: Iterable[av.Packet]) -> Iterator[av.Packet]:
        """Packets in the order of the file; their times are changed in place.

        FFmpeg shows a picture that others are reordered before when the next such one is decoded,
        which may be behind a jump. It waits until its stream goes on there.
        """
        waiting: list[av.Packet] = []
        jumps = 0
        for packet in packets:
            jumps = jumps if waiting else self.jumps
            self._correct(packet)
            follows = bool(waiting) and packet.stream_index == waiting[0].stream_index
            if follows and self.jumps > jumps:
                for torn in filter(self._torn, waiting):
                    torn.pts = packet.dts
            waiting.append(packet)
            if not self._torn(waiting[0]) or len(waiting) > _PATIENCE:
                yield from waiting
                waiting.clear()
        yield from waiting

    def _torn(self, packet: av.Packet) -> bool:
        """Whether a packet is decoded and shown on different sides of a jump."""
        if packet.pts is None or packet.dts is None or packet.stream.type != "video":
            return False
        later = self._streams[packet.stream_index].microseconds(packet.pts - packet.dts)
        return not 0 <= later <= _GAP

    def _correct(self, packet: av.Packet) -> None:
        course = self._streams.get(packet.stream_index)
        if course is None:
            course = self._streams[packet.stream_index] = _Course(packet.stream, self._leading)
        course.move(packet, self._offset)
        if not course.leads:
            return
        if packet.dts is not None:
            at = course.microseconds(packet.dts)
            delta = self._jump(course, at)
            if delta:
                self.jumps += 1
                self._offset -= delta
                course.move(packet, -delta)
                at = course.microseconds(packet.dts)
            self._last = course.reached = course.expected = at
        elif course.expected is None and packet.pts is not None:
            course.reached = course.expected = course.microseconds(packet.pts)
        if course.expected is not None:
            course.reached = course.expected
            course.expected += course.length(packet)

    def _jump(self, course: _Course, at: int) -> int:
        """How far `at` is from where the stream should go on, 0 where that is no jump."""
        since_last = 0 if self._last is None else at - self._last
        if course.expected is None or course.reached is None:
            return since_last if abs(since_last) > _GAP else 0
        delta = at - course.expected
        leaps = delta > _GAP and since_last > _GAP
        return delta if leaps or at + _STEP_BACK < course.reached else 0


class _Course:
    """One stream: the decoding time of its last packet, and of the one that should follow."""

    def __init__(self, stream: av.stream.Stream, leading: int | None) -> None:
        base, context = time_base_of(stream), stream.codec_context
        self._over, self._under = base.numerator * av.time_base, base.denominator
        self.leads = stream.type in ("video", "audio") and (
            leading is None or stream.index < leading)
        self._each: int | None = None
        if isinstance(context, av.AudioCodecContext) and context.sample_rate:
            self._each = av.time_base * (context.frame_size or 0) // context.sample_rate
        rate = getattr(stream, "average_rate", None)
        self._usual = round(av.time_base / rate) if rate else 0
        self.reached: int | None = None
        self.expected: int | None = None

    def length(self, packet: av.Packet) -> int:
        if self._each is not None:
            return self._each
        return self.microseconds(packet.duration) if packet.duration else self._usual

    def microseconds(self, ticks: int) -> int:
        return _divided(ticks * self._over, self._under)

    def move(self, packet: av.Packet, by: int) -> None:
        """Later by microseconds."""
        if not by:
            return
        ticks = _divided(by * self._under, self._over)
        if packet.pts is not None:
            packet.pts += ticks
        if packet.dts is not None:
            packet.dts += ticks


def _divided(over: int, under: int) -> int:
    """To the nearest whole, halves away from zero, as FFmpeg rounds."""
    quotient = (2 * abs(over) + under) // (2 * under)
    return quotient if over >= 0 else -quotient


def stream_end(container: av.container.InputContainer, stream: av.VideoStream) -> int | None:
    """Where the stream ends, in its ticks, if the file says so for each stream."""
    if "mov" not in container.format.name or not stream.duration:
        return None
    return (stream.start_time or 0) + stream.duration
