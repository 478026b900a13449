"""The packets of a video stream, listed without decoding."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import av.error
import numpy as np

from core.errors import UnreadableVideo
from core.io.containers import open_input, reading
from core.io.probe import main_video


@dataclass(frozen=True, slots=True)
class PacketIndex:
    """Packets in decode order, as arrays of one length.

    `pts` counts ticks of the stream's time base; `key` marks packets decoding may start at;
    `shown` is False for packets that an edit list hides; `crc` are checksums of the payloads.
    `cut_short` tells that the file broke off before its end.
    """

    pts: np.ndarray
    key: np.ndarray
    shown: np.ndarray
    size: np.ndarray
    crc: np.ndarray
    cut_short: bool = False

    @property
    def frames(self) -> int:
        """About how many pictures will come out; damaged packets make it fewer."""
        return int(self.shown.sum())

    def keys(self) -> np.ndarray:
        """Sorted pts of the packets decoding may start at."""
        return np.unique(self.pts[self.key])

    def between(self, start: int | None, end: int | None) -> PacketIndex:
        """The packets with start <= pts < end."""
        inside = np.ones(len(self.pts), bool)
        if start is not None:
            inside &= self.pts >= start
        if end is not None:
            inside &= self.pts < end
        return PacketIndex(self.pts[inside], self.key[inside], self.shown[inside],
                           self.size[inside], self.crc[inside])

    def digest(self) -> str:
        """A hash of what these packets hold and when they are shown."""
        order = np.argsort(self.pts, kind="stable")
        columns = (self.pts, self.size, self.crc, self.shown)
        content = b"".join(column[order].astype("<i8").tobytes() for column in columns)
        return hashlib.blake2b(content, digest_size=16).hexdigest()


def shown_pictures(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Sorted pts of the pictures that a video shows, and of those decoding may start at.

    Raises UnreadableVideo where it shows none.
    """
    index = index_packets(path)
    pts = np.unique(index.pts[index.shown])
    if not len(pts):
        raise UnreadableVideo(f"{path.name} shows no picture.", "Choose another file.")
    return pts, index.keys()


def index_packets(path: Path) -> PacketIndex:
    """List the video packets of a file; reads it once from end to end, decodes nothing."""
    pts: list[int] = []
    key: list[bool] = []
    shown: list[bool] = []
    size: list[int] = []
    crc: list[int] = []
    cut_short = False
    with open_input(path) as container, reading(path):
        stream = main_video(container, path)
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:
                cut_short = True  # what comes before is still rendered
                break
            if packet is None:
                break
            time = packet.pts if packet.pts is not None else packet.dts
            if not packet.size or time is None:
                continue
            pts.append(time)
            key.append(packet.is_keyframe)
            shown.append(not packet.is_discard)
            size.append(packet.size)
            crc.append(zlib.crc32(packet))
    return PacketIndex(np.array(pts, np.int64), np.array(key, bool), np.array(shown, bool),
                       np.array(size, np.int64), np.array(crc, np.int64), cut_short)
