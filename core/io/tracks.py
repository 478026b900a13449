"""What comes along with the picture: sound, subtitles, data, attachments, cover art."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import av.error
import numpy as np

from core.io.codecs import MUXERS

AUDIO_CHOICES = ("copy", "aac", "opus", "flac", "none")
_ENCODERS = {"aac": ("aac", 192_000), "opus": ("libopus", 160_000), "flac": ("flac", 0),
             "alac": ("alac", 0)}
_LOSSLESS = ("flac", "alac", "truehd", "mlp", "wavpack", "tta", "pcm_")


@dataclass(frozen=True, slots=True)
class Range:
    """A part of the source, in exact seconds on its own clock; None is its start or end."""

    start: Fraction | None = None
    end: Fraction | None = None

    def holds(self, start: Fraction, end: Fraction) -> bool:
        """Whether anything between `start` and `end` lies in the range."""
        return ((self.start is None or end > self.start)
                and (self.end is None or start < self.end))


@dataclass(slots=True)
class Kept:
    """What became of the streams beside the picture; every loss is said."""

    kept: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Track(Protocol):
    def feed(self, packet: av.Packet) -> Iterator[av.Packet]: ...
    def flush(self) -> Iterator[av.Packet]: ...


Tracks = dict[int, Track]
"""By the stream's index in the source."""


class CopyTrack:
    """Packets as they are, under timestamps moved by `offset` seconds."""

    def __init__(self, target: av.stream.Stream, offset: Fraction, span: Range) -> None:
        self._target, self._offset, self._span = target, offset, span

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:
        time = packet.pts if packet.pts is not None else packet.dts
        if not packet.size or time is None:
            return
        start = time * packet.time_base
        end = start + max(packet.duration or 0, 1) * packet.time_base
        if not self._span.holds(start, end):
            return
        if self._span.end is not None and end > self._span.end and packet.duration:
            packet.duration = max(1, round((self._span.end - start) / packet.time_base))
        shift = round(self._offset / packet.time_base)
        if packet.pts is not None:
            packet.pts += shift
        if packet.dts is not None:
            packet.dts += shift
        packet.stream = self._target
        yield packet

    def flush(self) -> Iterator[av.Packet]:
        return iter(())


class EncodedTrack:
    """Sound decoded, cut to the range and encoded anew, each sample under its own time."""

    def __init__(self, source: av.AudioStream, target: av.AudioStream, offset: Fraction,
                 span: Range) -> None:
        self._source, self._target, self._span = source, target, span
        context = target.codec_context
        self._rate = context.sample_rate
        self._shift = round(offset * self._rate)
        self._resampler = av.AudioResampler(format=context.format, layout=context.layout,
                                            rate=self._rate)
        self._fifo = av.AudioFifo()
        self._next: int | None = None
        """Where the sound so far ends, in samples on the source's clock."""

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:
        if not packet.size:
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return  # a damaged packet of sound is a gap, as it is in the source
        for frame in frames:
            yield from self._take(frame)

    def flush(self) -> Iterator[av.Packet]:
        for frame in self._source.codec_context.decode(None):
            yield from self._take(frame)
        for frame in self._resampler.resample(None):
            yield from self._buffer(frame)
        rest = self._fifo.read(0, partial=True)
        if rest is not None:
            yield from self._encode(rest)
        yield from self._encode(None)

    def _take(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        for ready in self._resampler.resample(frame):
            yield from self._buffer(ready)

    def _buffer(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        at = round(frame.pts * frame.time_base * self._rate)
        if self._next is None or abs(at - self._next) > self._rate * _JITTER:
            if self._next is not None and at > self._next:
                yield from self._silence(at - self._next, frame)
        else:
            at = self._next
        late = max(0, (at if self._next is None else self._next) - at)
        self._next = max(at + frame.samples, self._next or at)
        yield from self._store(frame, at, late)

    def _silence(self, samples: int, like: av.AudioFrame) -> Iterator[av.Packet]:
        """What is missing in the middle of the sound, a second at a time."""
        while samples:
            count = min(samples, self._rate)
            shape = (1, count * like.layout.nb_channels)
            if like.format.is_planar:
                shape = (like.layout.nb_channels, count)
            quiet = _audio_frame(np.zeros(shape, like.to_ndarray().dtype), like, self._rate)
            at, self._next, samples = self._next, self._next + count, samples - count
            yield from self._store(quiet, at, 0)

    def _store(self, frame: av.AudioFrame, at: int, late: int) -> Iterator[av.Packet]:
        """Keep the samples inside the range, at their time in the output, less the first `late`."""
        start, end = (None if time is None else round(time * self._rate) - at
                      for time in (self._span.start, self._span.end))
        first = max(late, start or 0)
        last = frame.samples if end is None else min(end, frame.samples)
        if first >= last:
            return
        if (first, last) != (0, frame.samples):
            width = 1 if frame.format.is_planar else frame.layout.nb_channels
            samples = frame.to_ndarray()[:, first * width:last * width].copy()
            frame = _audio_frame(samples, frame, self._rate)
        frame.pts, frame.time_base = at + first + self._shift, Fraction(1, self._rate)
        self._fifo.write(frame)
        size = self._target.codec_context.frame_size or frame.samples
        while (ready := self._fifo.read(size)) is not None:
            yield from self._encode(ready)

    def _encode(self, frame: av.AudioFrame | None) -> Iterator[av.Packet]:
        yield from self._target.encode(frame)


_JITTER = Fraction(1, 100)
"""Seconds that sound may be off its place before it is moved there: containers round times."""


def _audio_frame(samples: np.ndarray, like: av.AudioFrame, rate: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples, format=like.format.name, layout=like.layout.name)
    frame.sample_rate = rate
    return frame


def accepts(container: str, stream: av.stream.Stream) -> bool:
    """Whether the container takes this stream as it is; asks the muxer itself."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with av.open(str(Path(folder) / "trial"), "w", format=MUXERS[container]) as trial:
                trial.add_stream_from_template(stream, opaque=True)
                trial.start_encoding()
        except (av.error.FFmpegError, ValueError):
            return False
    return True


def add_tracks(source: av.container.InputContainer, target: av.container.OutputContainer,
               container: str, audio: str, offset: Fraction, span: Range, report: Kept) -> Tracks:
    """A stream in `target` for each one of `source` that comes along, and how to fill it."""
    tracks: Tracks = {}
    main = next(iter(moving(source)), None)
    for stream in source.streams:
        if stream is main or _made_anew(stream, source):
            continue
        label = _label(stream)
        if stream.type == "audio" and audio == "none":
            continue
        if stream.type == "audio" and (audio != "copy" or not accepts(container, stream)):
            codec = audio if audio != "copy" else _stand_in(container, stream)
            made = _encoded_stream(stream, target, codec)
            tracks[stream.index] = EncodedTrack(stream, made, offset, span)
            report.kept.append(f"{label}, encoded as {codec}")
            if audio == "copy":
                report.warnings.append(f"The {label} cannot be kept as it is in {container}; it "
                                       f"was encoded as {codec}.")
        elif accepts(container, stream):
            made = target.add_stream_from_template(stream, opaque=True)
            tracks[stream.index] = CopyTrack(made, offset, span)
            report.kept.append(label)
        else:
            report.warnings.append(f"The {label} cannot be held by {container} and was left out; "
                                   "mkv holds most kinds.")
            continue
        made.metadata.update(stream_tags(stream))
        made.disposition = stream.disposition
    return tracks


def moving(source: av.container.InputContainer) -> Iterator[av.VideoStream]:
    """Streams of moving pictures, without cover art."""
    for stream in source.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            yield stream


_ABOUT_THE_ENCODING = ("encoder", "duration", "bps", "number_of_", "_statistics", "alpha_mode")


def stream_tags(stream: av.stream.Stream) -> dict[str, str]:
    """A stream's tags, less those that describe how the source was encoded."""
    return {key: value for key, value in stream.metadata.items()
            if not key.lower().startswith(_ABOUT_THE_ENCODING)}


def _made_anew(stream: av.stream.Stream, source: av.container.InputContainer) -> bool:
    """Streams the muxer writes by itself: timecode from its tag, chapter titles from chapters."""
    if stream.type != "data":
        return False
    return "timecode" in stream.metadata or bool(
        source.chapters() and "mov" in source.format.name and stream.frames ==
        len(source.chapters()))


def _label(stream: av.stream.Stream) -> str:
    codec = stream.codec_context.name if stream.codec_context is not None else ""
    language = stream.metadata.get("language", "und")
    named = stream.metadata.get("filename") or ("" if language == "und" else language)
    kind = "cover art" if stream.type == "video" else stream.type
    return " ".join(word for word in (codec, kind, f"track {stream.index}", named) if word)


def _stand_in(container: str, stream: av.AudioStream) -> str:
    """What a track becomes that the container does not take; lossless stays lossless if it can."""
    if container == "webm":
        return "opus"
    lossless = stream.codec_context.name.startswith(_LOSSLESS)
    return {"mov": "alac"}.get(container, "flac") if lossless else "aac"


def _encoded_stream(source: av.AudioStream, target: av.container.OutputContainer,
                    codec: str) -> av.AudioStream:
    encoder, bit_rate = _ENCODERS[codec]
    offered = av.Codec(encoder, "w")
    rates = offered.audio_rates
    rate = source.codec_context.sample_rate
    if rates and rate not in rates:
        rate = min((r for r in rates if r >= rate), default=max(rates))
    stream = target.add_stream(encoder, rate=rate)
    context = stream.codec_context
    context.layout = _known_layout(source.codec_context.layout)
    context.format = _deep_enough(offered.audio_formats, source.codec_context.format)
    context.time_base = stream.time_base = Fraction(1, rate)
    if bit_rate:
        context.bit_rate = bit_rate * max(1, source.codec_context.channels) // 2
    return stream


def _known_layout(layout: av.AudioLayout) -> av.AudioLayout:
    """The usual layout of that many channels where a file does not tell which they are."""
    return av.AudioLayout(f"{layout.nb_channels}c") if "channels" in layout.name else layout


def _deep_enough(offered: Sequence[av.AudioFormat], source: av.AudioFormat) -> av.AudioFormat:
    """The encoder's smallest format as deep as the source's samples, else its deepest."""
    deepest = max(each.bytes for each in offered)
    return min((each for each in offered if each.bytes >= min(source.bytes, deepest)),
               key=lambda each: each.bytes)
