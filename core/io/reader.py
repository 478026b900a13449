"""Decoding: pictures in presentation order, each with its exact place in time."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, zip_longest
from pathlib import Path
from typing import Self

import av
import av.error
import numpy as np

from core.color import ColorSpaceManager
from core.io.access import AccessPoints, Landing
from core.io.containers import open_input, reading
from core.io.decoder import Decode, decoder_of
from core.io.deinterlace import Deinterlacer
from core.io.demux import Demuxer, stream_end
from core.io.picture import Picture
from core.io.probe import VideoMetadata, VideoProbe, main_video
from core.io.timing import stamped
from core.io.uniform import Uniform

_KEYS = 16
"""Key frames remembered, in case the end must be decoded once more."""


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """A picture with its timestamp and duration in ticks of the stream's time base."""

    picture: Picture
    pts: int
    duration: int


@dataclass(slots=True)
class ReadReport:
    """What decoding met that the user should know."""

    skipped_packets: int = 0
    rescaled_frames: int = 0
    mended_timestamps: int = 0
    cut_short: bool = False
    recolored_frames: int = 0
    deinterlaced_frames: int = 0
    """Frames deinterlaced though the first one was not interlaced."""
    unmarked_frames: int = 0
    """Interlaced frames left so though the first one was not."""
    unlike_frames: int = 0
    """Frames of other primaries or another transfer than the first."""

    @classmethod
    def of(cls, parts: Iterable[Sequence[int]]) -> Self:
        """The sum of reports, each given as the tuple of its values; older ones had fewer."""
        skipped, rescaled, mended, cut_short, *later = map(
            sum, zip_longest((0,) * len(dataclasses.fields(cls)), *parts, fillvalue=0))
        return cls(skipped, rescaled, mended, bool(cut_short), *later)

    def warnings(self) -> list[str]:
        """One sentence for each thing met."""
        said = {
            f"{self.skipped_packets} damaged packets could not be decoded and show nothing.":
                self.skipped_packets,
            f"The picture size changes on the way: {self.rescaled_frames} frames were scaled to "
            "the first size.": self.rescaled_frames,
            f"{self.mended_timestamps} timestamps were missing or not increasing and were moved "
            "by the least possible.": self.mended_timestamps,
            f"The color coding changes on the way: {self.recolored_frames} frames were converted "
            "to the first matrix and range.": self.recolored_frames,
            "The source becomes interlaced on the way; those frames were drawn deinterlaced.":
                self.deinterlaced_frames,
            "The source becomes interlaced on the way and stays so; some players will show those "
            "frames with combs.": self.unmarked_frames,
            f"The primaries or the transfer change on the way: {self.unlike_frames} frames keep "
            "their values under the tags of the first one.": self.unlike_frames,
            "The source file ends early; it was rendered as far as it goes.": self.cut_short,
        }
        return [sentence for sentence, met in said.items() if met]


class VideoReader:
    """Reads the pictures of a video file in presentation order.

    >>> with VideoReader("video.mp4") as reader:
    ...     for frame in reader.read_frames():
    ...         ...                                   # RGB (H, W, 3), uint8 or uint16

    `threads` are the decoder's own, 0 for as many as it likes. With `deinterlace`, interlaced
    frames come out as progressive pictures, one for each.
    """

    def __init__(self, path: str | Path, *, threads: int = 0, deinterlace: bool = True) -> None:
        self.path = Path(path)
        self.metadata: VideoMetadata = VideoProbe.probe(self.path)
        self.report = ReadReport()
        self._threads = threads
        self._deinterlacer = Deinterlacer() if deinterlace else None
        self._uniform = Uniform(self.metadata)
        self._colors: ColorSpaceManager | None = None
        self._container: av.container.InputContainer | None = None
        self._stream_end: int | None = None
        self._last_packet: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def read_frames(self) -> Iterator[np.ndarray]:
        """Every picture as read-only R'G'B' (H, W, 3): uint8 for 8-bit sources, else uint16."""
        return (self.image(timed) for timed in self.pictures())

    def image(self, timed: TimedPicture) -> np.ndarray:
        """Read-only R'G'B' (H, W, 3) of one of its pictures."""
        picture = timed.picture
        if self._colors is None:
            height, width = picture.planes[0].shape
            self._colors = ColorSpaceManager(picture.layout, self.metadata.tags, width, height)
        image = self._colors.to_rgb(picture.planes).image
        image.flags.writeable = False
        return image

    def pictures(self, start: int | None = None, end: int | None = None,
                 access: AccessPoints | None = None) -> Generator[TimedPicture, None, None]:
        """Pictures with start <= pts < end, in ticks of the stream's time base.

        `access`, the points where decoding may start, makes a late `start` quick; the pictures
        are the same without it.
        """
        with reading(self.path):
            for timed in self._monotonic(self._decode(start, access)):
                if start is not None and timed.pts < start:
                    continue
                if end is not None and timed.pts >= end:
                    return
                yield timed

    def _decode(self, start: int | None, access: AccessPoints | None
                ) -> Iterator[av.VideoFrame]:
        """Frames from some picture at or before `start` on, as the decoder gives them."""
        landings = access.landings(start) if access is not None and start is not None else []
        for landing in landings:
            frames = self._frames(landing)
            first = next(frames, None)
            if first is not None and first.pts is not None and first.pts <= landing.must_show:
                yield first
                yield from frames
                return
            self.report = ReadReport()  # the container cannot seek well: decode from further back
        yield from self._frames(None)

    def _frames(self, landing: Landing | None) -> Iterator[av.VideoFrame]:
        self.close()
        self._container = open_input(self.path)
        stream = main_video(self._container, self.path)
        decode = decoder_of(stream, self._threads)
        self._stream_end = stream_end(self._container, stream)
        packets = _from(landing, self._container, stream)
        decoded = self._stamped(self._decoded(packets, decode))
        yield from decoded if self._deinterlacer is None else self._deinterlacer.run(decoded)

    def _stamped(self, frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        return stamped(frames, self.metadata.timing, self.metadata.usual)

    def _decoded(self, packets: Demuxer, decode: Decode) -> Iterator[av.VideoFrame]:
        shown, missing = -math.inf, 0
        keys: deque[int] = deque(maxlen=_KEYS)
        for packet in chain(packets, (None,)):
            if packet is not None:
                self._last_packet = packet.pts
                missing += 1
                if packet.is_keyframe and packet.pts is not None:
                    keys.append(packet.pts)
            try:
                frames = decode(packet)
            except av.error.MemoryError:
                raise
            except av.error.FFmpegError:
                self.report.skipped_packets += 1
                continue
            for frame in frames:
                shown = math.inf if frame.pts is None else frame.pts
                missing -= 1
                yield frame
        self.report.cut_short |= packets.cut_short
        if missing > 0:
            key = max((key for key in keys if key <= shown), default=None)
            yield from self._tail(shown, None if key is None else Landing(
                key, key, by_seeking=not packets.jumps))

    def _tail(self, after: float, landing: Landing | None) -> Iterator[av.VideoFrame]:
        """What comes after a time, decoded by one thread; nothing, mostly.

        A decoder of many threads that meets damage near the end drops all that it still holds.
        """
        with open_input(self.path) as container:
            stream = main_video(container, self.path)
            decode = decoder_of(stream, 1)
            for packet in chain(_from(landing, container, stream), (None,)):
                try:
                    frames = decode(packet)
                except av.error.FFmpegError:
                    self.report.skipped_packets += packet is not None and (
                        packet.pts is None or packet.pts > after)
                    continue
                yield from (frame for frame in frames
                            if frame.pts is not None and frame.pts > after)

    def _monotonic(self, frames: Iterator[av.VideoFrame]) -> Iterator[TimedPicture]:
        """Pictures of one size and format with increasing timestamps and true durations.

        A frame stands until the next one comes, whatever its packet says: MP4 tells how long it
        is to the next packet's decoding, which reordering makes another time. Timestamps that are
        missing or do not increase move by a millisecond, as Matroska has no less.
        """
        waiting: TimedPicture | None = None
        last = self.metadata.usual
        least = math.ceil(Fraction(1, 1000) / self.metadata.time_base)
        for frame in frames:
            pts = frame.pts
            if waiting is not None and (pts is None or pts <= waiting.pts):
                self.report.mended_timestamps += 1
                pts = waiting.pts + (last if pts is None else least)
            elif pts is None:
                self.report.mended_timestamps += 1
                pts = 0
            if waiting is not None:
                last = pts - waiting.pts
                yield dataclasses.replace(waiting, duration=last)
            waiting = TimedPicture(self._picture(frame), pts, frame.duration)
        if waiting is not None:
            yield dataclasses.replace(waiting, duration=self._last_duration(waiting) or last)

    def _last_duration(self, final: TimedPicture) -> int:
        """How long the last picture stands; 0 where the file does not tell."""
        if self._stream_end is not None and self._last_packet != final.pts:
            left = self._stream_end - final.pts
            if left > 0:
                return left
        return final.duration

    def _picture(self, frame: av.VideoFrame) -> Picture:
        picture = Picture.of(self._uniform(frame))
        self.report.rescaled_frames = self._uniform.rescaled
        self.report.recolored_frames = self._uniform.recolored
        self.report.unlike_frames = self._uniform.unlike
        if self.metadata.interlaced:
            return picture
        if self._deinterlacer is not None:
            self.report.deinterlaced_frames = self._deinterlacer.count
        else:
            self.report.unmarked_frames += frame.interlaced_frame
        return picture


def _from(landing: Landing | None, container: av.container.InputContainer,
          stream: av.VideoStream) -> Demuxer:
    """The packets of a stream from a landing on, or from the start."""
    if landing is None:
        return Demuxer(container, stream)
    if landing.by_seeking:
        with suppress(av.error.FFmpegError):  # not every damaged file can be sought in
            container.seek(landing.key, stream=stream, backward=True)
            return Demuxer(container, stream, corrected=False)
    return Demuxer(container, stream, since=landing.key)
