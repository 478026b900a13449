"""Decoding: pictures in presentation order, each with its exact place in time."""

from __future__ import annotations

import bisect
import dataclasses
import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Self

import av
import av.error
import numpy as np

from core.color import ColorSpaceManager
from core.io.containers import open_input, reading
from core.io.decoder import Decode, decoder_of
from core.io.deinterlace import Deinterlacer
from core.io.picture import Picture
from core.io.probe import VideoMetadata, VideoProbe, main_video
from core.io.uniform import Uniform


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
                 keys: np.ndarray | None = None) -> Generator[TimedPicture, None, None]:
        """Pictures with start <= pts < end, in ticks of the stream's time base.

        `keys`, the sorted pts of the packets decoding may start at, make a late `start` quick;
        the pictures are the same without them.
        """
        with reading(self.path):
            for timed in self._monotonic(self._decode(start, keys)):
                if start is not None and timed.pts < start:
                    continue
                if end is not None and timed.pts >= end:
                    return
                yield timed

    def _decode(self, start: int | None, keys: np.ndarray | None) -> Iterator[av.VideoFrame]:
        """Frames from some picture at or before `start` on, as the decoder gives them."""
        landings, must_show = _landings(start, keys)
        for seek_to in landings:
            frames = self._frames(seek_to)
            first = next(frames, None)
            if first is not None and first.pts is not None and first.pts <= must_show:
                yield first
                yield from frames
                return
            self.report = ReadReport()  # the container cannot seek well: decode from further back
        yield from self._frames(None)

    def _frames(self, seek_to: int | None) -> Iterator[av.VideoFrame]:
        self.close()
        self._container = open_input(self.path)
        stream = main_video(self._container, self.path)
        decode = decoder_of(stream, self._threads)
        self._stream_end = _end_of(self._container, stream)
        if seek_to is not None:
            self._container.seek(seek_to, stream=stream, backward=True)
        decoded = self._decoded(self._container, stream, decode)
        yield from decoded if self._deinterlacer is None else self._deinterlacer.run(decoded)

    def _decoded(self, container: av.container.InputContainer, stream: av.VideoStream,
                 decode: Decode) -> Iterator[av.VideoFrame]:
        shown, missing = -math.inf, 0
        for packet in self._packets(container, stream):
            if packet.size:
                self._last_packet = packet.pts
                missing += 1
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
        if missing > 0:
            yield from self._tail(shown)

    def _packets(self, container: av.container.InputContainer,
                 stream: av.VideoStream) -> Iterator[av.Packet]:
        packets = container.demux(stream)
        try:
            yield from packets
        except av.error.FFmpegError:
            self.report.cut_short = True

    def _tail(self, after: float) -> Iterator[av.VideoFrame]:
        """What comes after a time, decoded by one thread; nothing, mostly.

        A decoder of many threads that meets damage near the end drops all that it still holds.
        """
        with open_input(self.path) as container:
            stream = main_video(container, self.path)
            decode = decoder_of(stream, 1)
            if math.isfinite(after):
                container.seek(int(after), stream=stream, backward=True)
            for packet in self._packets(container, stream):
                try:
                    frames = decode(packet)
                except av.error.FFmpegError:
                    self.report.skipped_packets += packet.pts is None or packet.pts > after
                    continue
                yield from (frame for frame in frames
                            if frame.pts is not None and frame.pts > after)

    def _monotonic(self, frames: Iterator[av.VideoFrame]) -> Iterator[TimedPicture]:
        """Pictures of one size and format with increasing timestamps and true durations.

        A frame stands until the next one comes, whatever its packet says: MP4 tells how long it
        is to the next packet's decoding, which reordering makes another time. Timestamps that are
        missing or do not increase move to the next free tick.
        """
        usual = max(1, round(1 / (self.metadata.rate * self.metadata.time_base)))
        waiting: TimedPicture | None = None
        last = usual
        for frame in frames:
            pts = frame.pts
            if waiting is not None and (pts is None or pts <= waiting.pts):
                self.report.mended_timestamps += 1
                pts = waiting.pts + (last if pts is None else 1)
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
        if self.metadata.interlaced:
            return picture
        if self._deinterlacer is not None:
            self.report.deinterlaced_frames = self._deinterlacer.count
        else:
            self.report.unmarked_frames += frame.interlaced_frame
        return picture


def _end_of(container: av.container.InputContainer, stream: av.VideoStream) -> int | None:
    """Where the stream ends, in its ticks, if the file says so for each stream."""
    if "mov" not in container.format.name or not stream.duration:
        return None
    return (stream.start_time or 0) + stream.duration


def _landings(start: int | None, keys: np.ndarray | None) -> tuple[list[int], int]:
    """Where to seek to, the best first, and the latest pts the first picture may then have.

    One group of pictures more than needed is decoded, so that nothing a stream refers to across
    a key frame (open groups, recovery points) is missing at `start`, and the picture before it,
    which deinterlacing looks at, is always there.
    """
    at_or_before = 0 if start is None or keys is None else bisect.bisect_right(keys, start)
    if start is None or keys is None or at_or_before < 3:
        return [], 0
    landings = [int(keys[at_or_before - back]) for back in (2, 4) if back <= at_or_before]
    return landings, min(int(keys[at_or_before - 1]), start - 1)
