"""What a video file is, read from its header and its first picture."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error

from core.color import ColorTags, Matrix, Primaries, Range, Transfer
from core.errors import InputError, UnreadableVideo
from core.io.containers import open_input, reading, time_base_of
from core.io.crop import Crop, crop_of, exact_crop, shown_of
from core.io.decoder import decoder_of, flushed
from core.io.demux import Demuxer, may_jump
from core.io.fields import field_order
from core.io.sidedata import side_data_of
from core.io.timecode import tagged
from core.io.timing import Timing, TimingJudge

_TRIES = 400
"""Packets tried for a first picture before the file counts as undecodable."""


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A stream other than the picture. `start` is in seconds; `kind` audio, subtitle, data, …"""

    index: int
    kind: str
    codec: str
    start: Fraction | None
    language: str
    title: str
    channels: int = 0
    sample_rate: int = 0


@dataclass(frozen=True, slots=True)
class HdrMetadata:
    """Static HDR metadata, SMPTE ST 2086 and CTA-861.3.

    `primaries` are (x, y) of red, green, blue, then white; `luminance` is (min, max) in cd/m²;
    `light_level` is (MaxCLL, MaxFALL) in cd/m². Any of them may be absent.
    """

    primaries: tuple[tuple[Fraction, Fraction], ...] = ()
    luminance: tuple[Fraction, Fraction] | None = None
    light_level: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.primaries or self.luminance or self.light_level)


@dataclass(frozen=True, slots=True)
class VideoMetadata:
    """Everything a render keeps. Times are exact; `start` and `duration` are in seconds."""

    path: Path
    container: str
    floating_origin: bool
    """Whether the container's clock starts anywhere (a broadcast stream), so may be shifted."""
    width: int
    """Columns that a player shows, before it turns and stretches them."""
    height: int
    codec: str
    pixel_format: str
    bits: int
    has_alpha: bool
    tags: ColorTags
    sar: Fraction
    rotation: int
    """Degrees counter-clockwise that a player turns the picture."""
    display_matrix: tuple[int, ...] | None
    rate: Fraction
    """Frames per second, the nominal rate of a variable one."""
    time_base: Fraction
    start: Fraction
    container_start: Fraction
    duration: Fraction | None
    frames: int
    """As the header claims; 0 where it does not say."""
    bit_rate: int
    fields: str
    """tff or bff where the first frame is interlaced, by the field shown first; else empty."""
    hdr: HdrMetadata
    extras: tuple[str, ...]
    """Kinds of side data on the first picture that belong to the source's own pixels."""
    streams: tuple[StreamInfo, ...]
    chapters: int
    tags_text: Mapping[str, str]
    timecode: str = ""
    """Of the first picture, as the file has it; mostly it has none."""
    crop: Crop = Crop()
    """What the container asks players to cut off the decoded frames."""
    crop_rounded: bool = False
    """Whether that would halve chroma samples, so that a column or row too much is cut or kept."""
    timing: Timing = Timing()

    @property
    def audio(self) -> tuple[StreamInfo, ...]:
        return tuple(stream for stream in self.streams if stream.kind == "audio")

    @property
    def interlaced(self) -> bool:
        return bool(self.fields)

    @property
    def is_hdr(self) -> bool:
        return self.tags.is_hdr

    @property
    def usual(self) -> int:
        """Ticks that a picture stands at the nominal rate."""
        return max(1, round(1 / (self.rate * self.time_base)))

    def time_of(self, pts: int) -> Fraction:
        """Seconds since the file begins."""
        return pts * self.time_base - self.container_start


class VideoProbe:
    """Reads what a file is without rendering anything."""

    @staticmethod
    def probe(path: str | Path) -> VideoMetadata:
        """Raises InputError for no such file, UnreadableVideo for no picture in it."""
        path = Path(path)
        with open_input(path) as container, reading(path):
            stream = main_video(container, path)
            picture, timing = _first_picture(container, stream, path)
            return describe(path, container, stream, picture, timing)


_STILLS = ("image2", "tty")
"""FFmpeg's names, besides every *_pipe, for what it plays though it does not move."""


def main_video(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """The first stream of moving pictures; cover art does not count.

    Raises InputError where there is none, stills and texts that FFmpeg would play among them.
    """
    if is_still(container):
        raise InputError(f"{path.name} is not a video.", "Choose a file with moving pictures.")
    for stream in container.streams.video:
        if not is_cover(stream) and stream.codec_context is not None:
            return stream
    raise InputError(f"{path.name} has no video in it.",
                     "Choose a file with moving pictures; sound alone cannot be drawn.")


def is_still(container: av.container.InputContainer) -> bool:
    return container.format.name in _STILLS or container.format.name.endswith("_pipe")


def is_cover(stream: av.VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _first_picture(container: av.container.InputContainer, stream: av.VideoStream,
                   path: Path) -> tuple[av.VideoFrame, Timing]:
    """It, and where it and those after it get their times from."""
    decode, judge = decoder_of(stream, threads=1), TimingJudge(container.format.name)
    first: av.VideoFrame | None = None
    for number, packet in enumerate(Demuxer(container, stream)):
        try:
            pictures = decode(packet)
        except av.error.FFmpegError:
            pictures = []
        first = first or next(iter(pictures), None)
        judge.watch(packet, pictures)
        if (first and judge.verdict) or number > _TRIES:
            break
    first = first or next(iter(flushed(decode)), None)
    if first is None:
        raise UnreadableVideo(f"No picture of {path.name} can be decoded.",
                              "It may be damaged or encrypted; re-export it and try again.")
    return first, judge.verdict or judge.by_now()


# PyAV's stubs take the values of flags for flags.
_HAS_NO_CLOCK = cast(int, av.format.Flags.no_timestamps.value)


def describe(path: Path, container: av.container.InputContainer, stream: av.VideoStream,
             picture: av.VideoFrame, timing: Timing) -> VideoMetadata:
    """The metadata of an open file, given its first decoded picture."""
    side_data = side_data_of(picture)
    components = picture.format.components
    context = stream.codec_context
    bare = bool(container.format.flags & _HAS_NO_CLOCK)
    begins = picture.pts * time_base_of(stream) if bare and picture.pts is not None else Fraction(
        container.start_time or 0, av.time_base)
    crop = crop_of(stream)
    shown = shown_of(picture, crop)
    return VideoMetadata(
        path=path, container=container.format.name,
        floating_origin=bare or may_jump(container),
        width=shown.width, height=shown.height, crop=crop,
        crop_rounded=shown != exact_crop(picture, crop), codec=context.codec.canonical_name,
        pixel_format=picture.format.name,
        bits=8 if picture.format.has_palette else max(part.bits for part in components),
        has_alpha=picture.format.has_palette or any(part.is_alpha for part in components),
        tags=color_tags(picture), sar=stream.sample_aspect_ratio or Fraction(1),
        rotation=picture.rotation, display_matrix=_display_matrix(side_data),
        rate=stream.guessed_rate or stream.average_rate or Fraction(25),
        time_base=time_base_of(stream),
        start=(stream.start_time or 0) * time_base_of(stream),
        container_start=begins,
        duration=Fraction(container.duration, av.time_base) if container.duration else None,
        frames=stream.frames, bit_rate=container.bit_rate or 0,
        fields=field_order(picture), hdr=_hdr(side_data),
        extras=tuple(sorted(kind for kind in side_data if kind in _NOTABLE)),
        streams=tuple(_stream_info(other) for other in container.streams
                      if other.index != stream.index),
        chapters=len(container.chapters()), tags_text=dict(container.metadata),
        timecode=tagged([*(other.metadata for other in container.streams), container.metadata]),
        timing=timing)


_NOTABLE = {"A53_CC", "DOVI_METADATA", "DYNAMIC_HDR_PLUS", "DYNAMIC_HDR_VIVID",
            "AMBIENT_VIEWING_ENVIRONMENT", "ICC_PROFILE", "SPHERICAL", "STEREO3D", "VIEW_ID",
            "LCEVC"}


def _stream_info(stream: av.stream.Stream) -> StreamInfo:
    context = stream.codec_context
    sound = context if isinstance(context, av.AudioCodecContext) else None
    start = stream.start_time
    cover = stream.type == "video"
    return StreamInfo(
        index=stream.index, kind="cover" if cover else stream.type,
        codec=context.codec.canonical_name if context is not None else "",
        start=None if start is None else start * time_base_of(stream),
        language=stream.metadata.get("language", ""), title=stream.metadata.get("title", ""),
        channels=sound.channels if sound else 0,
        sample_rate=sound.sample_rate if sound else 0)


def color_tags(picture: av.VideoFrame) -> ColorTags:
    """What a frame says about its color, in the codes of its planar format."""
    if picture.format.name.startswith("xyz"):  # becomes RGB, as swscale makes it
        return ColorTags(Matrix.IDENTITY, Range.FULL, Primaries.BT709, Transfer.GAMMA22)
    name, tagged = picture.format.name, int(picture.color_range)
    # Gray is full range where it does not say; with alpha it travels as YUV, which would not be.
    full = name.startswith("yuvj") or (name.startswith("ya") and not tagged)
    return ColorTags(matrix=int(picture.colorspace), range=2 if full else tagged,
                     primaries=int(picture.color_primaries), transfer=int(picture.color_trc))


def _display_matrix(side_data: Mapping[str, bytes]) -> tuple[int, ...] | None:
    data = side_data.get("DISPLAYMATRIX")
    return struct.unpack("=9i", data) if data else None


def _hdr(side_data: Mapping[str, bytes]) -> HdrMetadata:
    primaries: tuple[tuple[Fraction, Fraction], ...] = ()
    luminance = light = None
    mastering = side_data.get("MASTERING_DISPLAY_METADATA")
    if mastering:  # AVMasteringDisplayMetadata: ten rationals, then two flags
        *numbers, has_primaries, has_luminance = struct.unpack("=22i", mastering)
        values = [Fraction(top, bottom or 1)
                  for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]
        if has_primaries:
            primaries = tuple(zip(values[0:8:2], values[1:8:2], strict=True))
        if has_luminance:
            luminance = (values[8], values[9])
    level = side_data.get("CONTENT_LIGHT_LEVEL")
    if level:
        light = struct.unpack("=2I", level[:8])
    return HdrMetadata(primaries, luminance, light)
