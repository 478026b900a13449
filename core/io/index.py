"""The packets of a video stream, listed without decoding."""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.errors import UnreadableVideo
from core.io.access import AccessPoints
from core.io.containers import open_input, reading
from core.io.demux import Demuxer, stream_end
from core.io.hidden import is_hidden
from core.io.probe import VideoMetadata, main_video
from core.io.timing import Timing


@dataclass(frozen=True, slots=True)
class PacketIndex:
    """Packets in decode order, as arrays of one length.

    `pts` counts ticks of the stream's time base; `key` marks packets decoding may start at;
    `shown` is False for packets that an edit list hides or that are only referred to; `crc` are
    checksums of the payloads. `end` is the tick at which the last picture ends. `cut_short` tells
    that the file broke off before its end, and `jumps` how often the clock of the file jumped,
    which pts do not.
    """

    pts: np.ndarray
    key: np.ndarray
    shown: np.ndarray
    size: np.ndarray
    crc: np.ndarray
    cut_short: bool = False
    jumps: int = 0
    end: int = 0
    timing: Timing = Timing()

    @property
    def frames(self) -> int:
        """About how many pictures will come out; damaged packets make it fewer."""
        return int(self.shown.sum())

    def keys(self) -> np.ndarray:
        """Sorted pts of the packets decoding may start at."""
        return np.unique(self.pts[self.key])

    def access(self) -> AccessPoints:
        """The same, for a reader. The pictures of a bare stream can only be counted."""
        keys = self.keys() if self.timing.source != "none" else np.zeros(0, np.int64)
        return AccessPoints(keys, by_seeking=not self.jumps)

    def shown_pts(self) -> np.ndarray:
        """Sorted pts of the pictures that are shown."""
        return np.unique(self.pts[self.shown])

    def between(self, start: int | None, end: int | None) -> PacketIndex:
        """The packets with start <= pts < end."""
        inside = np.ones(len(self.pts), bool)
        if start is not None:
            inside &= self.pts >= start
        if end is not None:
            inside &= self.pts < end
        return dataclasses.replace(
            self, pts=self.pts[inside], key=self.key[inside], shown=self.shown[inside],
            size=self.size[inside], crc=self.crc[inside])

    def digest(self) -> str:
        """A hash of what these packets hold and when they are shown."""
        order = np.argsort(self.pts, kind="stable")
        columns = (self.pts, self.size, self.crc, self.shown)
        content = b"".join(column[order].astype("<i8").tobytes() for column in columns)
        return hashlib.blake2b(content, digest_size=16).hexdigest()


def shown_pictures(source: VideoMetadata) -> tuple[np.ndarray, AccessPoints]:
    """Sorted pts of the pictures that a video shows, and where decoding may start.

    Raises UnreadableVideo where it shows none.
    """
    index = index_packets(source)
    pts = index.shown_pts()
    if not len(pts):
        raise UnreadableVideo(f"{source.path.name} shows no picture.", "Choose another file.")
    return pts, index.access()


class _Packet(NamedTuple):
    pts: int | None
    dts: int | None
    duration: int
    key: bool
    shown: bool
    size: int
    crc: int


def index_packets(source: VideoMetadata) -> PacketIndex:
    """List the video packets of a file; reads it once from end to end, decodes nothing."""
    path = source.path
    with open_input(path) as container, reading(path):
        stream = main_video(container, path)
        demuxer = Demuxer(container, stream)
        packets = [_Packet(packet.pts, packet.dts, packet.duration or 0, packet.is_keyframe,
                           not packet.is_discard and not is_hidden(packet, source.codec),
                           packet.size, zlib.crc32(packet))
                   for packet in demuxer]
        ending = stream_end(container, stream)
    timed = [(pts, packet) for pts, packet in zip(_times(packets, source), packets, strict=True)
             if pts is not None]
    pts = np.array([pts for pts, _ in timed], np.int64)
    key, shown, size, crc = (
        np.array([getattr(packet, name) for _, packet in timed], kind) for name, kind in (
            ("key", bool), ("shown", bool), ("size", np.int64), ("crc", np.int64)))
    return PacketIndex(pts, key, shown, size, crc, demuxer.cut_short, demuxer.jumps,
                       _end(timed, ending, source.usual), source.timing)


def _times(packets: Sequence[_Packet], source: VideoMetadata) -> list[int | None]:
    """When the picture of each packet is shown, as a reader will find it."""
    if source.timing.source == "none":
        return [number * source.usual for number in range(len(packets))]
    if source.timing.source == "pts":
        return [packet.dts if packet.pts is None else packet.pts for packet in packets]
    delay = source.timing.delay
    later = [source.timing.shown_at(packet.dts) for packet in packets[delay:]]
    last = next((time for time in reversed(later) if time is not None), 0)
    return later + [last + (n + 1) * source.usual for n in range(len(packets) - len(later))]


def _end(timed: Sequence[tuple[int, _Packet]], ending: int | None, usual: int) -> int:
    """Where the last picture ends, whatever order its packet comes in; 0 without pictures."""
    shown = [(pts, packet.duration) for pts, packet in timed if packet.shown]
    if not shown:
        return 0
    *_, (before, _), (last, duration) = [(min(shown)[0] - usual, 0), *sorted(shown)]
    if ending is not None and shown[-1][0] != last and ending > last:
        return ending
    return last + (duration or last - before)
