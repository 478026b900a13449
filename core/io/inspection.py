"""What a file holds, packet by packet and frame by frame, to judge it by.

Nothing here goes through the engine's own metadata, index or reader: their mistakes must show.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np

from core.io.containers import open_input, reading, time_base_of
from core.io.decoder import decoder_of, flushed
from core.io.demux import Demuxer
from core.io.framefacts import FrameFacts, Frames
from core.io.layers import Layer, layers_of
from core.io.probe import is_cover, main_video


@dataclass(frozen=True, slots=True)
class Track:
    """One stream. `pts`, `dts` and `durations` count ticks of `time_base`.

    `dts` are those of the packets that have any, so may be fewer. `digests` are checksums of the
    packets; `payload` is that of an attachment or a cover.
    """

    index: int
    kind: str
    codec: str
    tags: Mapping[str, str]
    disposition: int
    time_base: Fraction
    pts: np.ndarray
    dts: np.ndarray
    durations: np.ndarray
    digests: np.ndarray
    payload: bytes = b""
    channels: int = 0
    rate: int = 0
    decodes: bool = True

    @property
    def label(self) -> str:
        return f"track {self.index}"

    def times(self) -> np.ndarray:
        """When each packet begins, in seconds."""
        return self.pts * float(self.time_base)


@dataclass(frozen=True, slots=True)
class Inspection:
    """One file. `start` is where its clock begins, `duration` what it claims, in seconds."""

    path: Path
    container: str
    start: Fraction
    duration: Fraction | None
    claimed_frames: int
    claimed_rate: Fraction | None
    nominal_rate: Fraction | None
    stream_duration: Fraction | None
    tags: Mapping[str, str]
    stream_tags: Mapping[str, str]
    chapters: tuple[tuple[Fraction, Fraction, str], ...]
    packets: Track
    frames: Frames
    layers: Mapping[str, Layer]
    sar: Fraction
    tracks: tuple[Track, ...]
    undecodable: int
    cut_short: bool

    def of_kind(self, *kinds: str) -> tuple[Track, ...]:
        return tuple(track for track in self.tracks if track.kind in kinds)


@dataclass(slots=True)
class _Packets:
    pts: list[int] = field(default_factory=list)
    dts: list[int] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    payload: bytes = b""

    def add(self, packet: av.Packet, whole: bool) -> None:
        time = packet.pts if packet.pts is not None else packet.dts
        self.pts.append(time or 0)
        if packet.dts is not None:
            self.dts.append(packet.dts)
        self.durations.append(packet.duration or 0)
        content = bytes(packet)
        self.digests.append(zlib.crc32(_bare(content)))
        if whole:
            self.payload = content


def _bare(content: bytes) -> bytes:
    """A packet of AAC without the ADTS header that only broadcast streams have."""
    if len(content) > 9 and content[0] == 0xFF and content[1] & 0xF6 == 0xF0:
        return content[7 if content[1] & 1 else 9:]
    return content


def inspect(path: Path, until: Fraction | None = None) -> Generator[int, None, Inspection]:
    """Read a file to its end, or to `until` seconds after its start, decoding the picture.

    Yields the number of frames decoded. Raises InputError where it is no video.
    """
    with open_input(path) as container, reading(path):
        video = main_video(container, path)
        origin = Fraction(container.start_time or 0, av.time_base)
        work = _Work(container, video, None if until is None else origin + until)
        yield from work.read()
        return Inspection(
            path=path, container=container.format.name, start=origin,
            duration=Fraction(container.duration, av.time_base) if container.duration else None,
            claimed_frames=video.frames, claimed_rate=video.average_rate,
            nominal_rate=video.guessed_rate,
            stream_duration=video.duration * time_base_of(video) if video.duration else None,
            tags=dict(container.metadata), stream_tags=dict(video.metadata),
            chapters=_chapters(container), packets=work.track(video),
            frames=work.facts.frames(time_base_of(video), _usual(video)),
            layers=layers_of(path, video.index), sar=video.sample_aspect_ratio or Fraction(1),
            tracks=tuple(work.track(stream) for stream in container.streams
                         if stream.index != video.index),
            undecodable=work.undecodable, cut_short=work.cut_short)


class _Work:
    """One pass over all packets of a file."""

    def __init__(self, container: av.container.InputContainer, video: av.VideoStream,
                 until: Fraction | None) -> None:
        self._container, self._video, self._until = container, video, until
        self._decode = decoder_of(video, threads=1)
        self._held: dict[int, _Packets] = {}
        self.facts = FrameFacts()
        self.undecodable = 0
        self.cut_short = False

    def read(self) -> Iterator[int]:
        demuxer = Demuxer(self._container, *self._container.streams)
        for packet in demuxer:
            stream = packet.stream
            # What an edit list hides counts for sound, which decoders start up with.
            if not (packet.is_discard and stream.type == "video"):
                held = self._held.setdefault(stream.index, _Packets())
                held.add(packet, whole=stream.type == "video" and stream is not self._video)
            if stream is self._video:
                self._picture(packet)
                yield len(self.facts)
            if self._is_past(packet):
                break
        self.cut_short = demuxer.cut_short
        self._add(flushed(self._decode))

    def _is_past(self, packet: av.Packet) -> bool:
        if self._until is None or packet.dts is None or packet.stream is not self._video:
            return False
        return packet.dts * time_base_of(packet.stream) > self._until + 2

    def _picture(self, packet: av.Packet) -> None:
        try:
            self._add(self._decode(packet))
        except av.error.FFmpegError:
            self.undecodable += 1

    def _add(self, frames: list[av.VideoFrame]) -> None:
        for frame in frames:
            self.facts.add(frame)

    def track(self, stream: av.stream.Stream) -> Track:
        held = self._held.get(stream.index, _Packets())
        context = stream.codec_context
        sound = context if isinstance(context, av.AudioCodecContext) else None
        kind: str = stream.type
        if isinstance(stream, av.VideoStream) and is_cover(stream):
            kind = "cover"
        payload = stream.data if isinstance(stream, av.stream.AttachmentStream) else held.payload
        columns = (held.pts, held.dts, held.durations, held.digests)
        pts, dts, durations, digests = (np.array(column, np.int64) for column in columns)
        return Track(
            stream.index, kind, context.codec.canonical_name if context is not None else "",
            dict(stream.metadata), int(stream.disposition), stream.time_base or Fraction(1, 1000),
            pts, dts, durations, digests, bytes(payload or b""),
            channels=sound.channels if sound else 0, rate=sound.sample_rate if sound else 0,
            decodes=context is not None)


def _usual(video: av.VideoStream) -> int:
    """How many ticks a frame usually stands."""
    rate = video.guessed_rate or video.average_rate or Fraction(25)
    return max(1, round(1 / (rate * time_base_of(video))))


def _chapters(container: av.container.InputContainer
              ) -> tuple[tuple[Fraction, Fraction, str], ...]:
    return tuple((chapter["start"] * chapter["time_base"], chapter["end"] * chapter["time_base"],
                  chapter["metadata"].get("title", ""))
                 for chapter in container.chapters() if chapter["time_base"])
