"""Sound encoded anew, each sample at its own time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import numpy as np

from core.errors import InvalidParameter
from core.io.span import Range


@dataclass(frozen=True, slots=True)
class AudioCodec:
    """`bit_rate` is for two channels, 0 for lossless codecs; no `layouts` means any."""

    encoder: str
    bit_rate: int
    containers: tuple[str, ...]
    layouts: tuple[str, ...] = ()


AUDIO_CODECS: Mapping[str, AudioCodec] = {
    "aac": AudioCodec("aac", 192_000, ("mp4", "mov", "mkv"),
                      ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1")),
    "opus": AudioCodec("libopus", 160_000, ("mp4", "mkv", "webm"),
                       ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")),
    "flac": AudioCodec("flac", 0, ("mp4", "mkv")),
    "alac": AudioCodec("alac", 0, ("mp4", "mov", "mkv"),
                       ("mono", "stereo", "3.0", "4.0", "5.0", "5.1")),
}
_LOSSLESS = ("flac", "alac", "truehd", "mlp", "wavpack", "tta", "pcm_")


def check_audio(container: str, audio: str) -> None:
    """Raises InvalidParameter for a sound codec that the container does not take."""
    if audio in AUDIO_CODECS and container not in AUDIO_CODECS[audio].containers:
        fitting = [name for name, codec in AUDIO_CODECS.items()
                   if container in codec.containers and name != "alac"]
        raise InvalidParameter(f"{audio} does not go into {container}.",
                               f"Use --audio copy or {' or '.join(fitting)}.")


def stand_in(container: str, stream: av.AudioStream) -> str:
    """What a track becomes that the container does not take; lossless stays lossless if it can."""
    if container == "webm":
        return "opus"
    lossless = stream.codec_context.codec.canonical_name.startswith(_LOSSLESS)
    return {"mov": "alac"}.get(container, "flac") if lossless else "aac"


def is_raw(stream: av.stream.Stream) -> bool:
    """Whether a track is PCM that we can write, too."""
    name = stream.codec_context.name if stream.type == "audio" else ""
    return name.startswith("pcm_") and name in av.codecs_available


def encoded_stream(source: av.AudioStream, target: av.container.OutputContainer,
                    codec: str) -> av.AudioStream:
    """A stream for `source` in one of AUDIO_CODECS, or in raw samples by FFmpeg's name."""
    entry = AUDIO_CODECS.get(codec, AudioCodec(codec, 0, ()))
    encoder, bit_rate = entry.encoder, entry.bit_rate
    offered = av.Codec(encoder, "w")
    rates = offered.audio_rates
    rate = source.codec_context.sample_rate
    if rates and rate not in rates:
        rate = min((r for r in rates if r >= rate), default=max(rates))
    stream = target.add_stream(encoder, rate=rate)
    assert isinstance(stream, av.AudioStream)
    context = stream.codec_context
    context.layout = _fitting_layout(entry.layouts, _known_layout(source.codec_context.layout))
    context.format = _deep_enough(offered.audio_formats or (), source.codec_context.format)
    context.time_base = stream.time_base = Fraction(1, rate)
    if bit_rate:
        context.bit_rate = bit_rate * max(1, source.codec_context.channels) // 2
    return stream


def _known_layout(layout: av.AudioLayout) -> av.AudioLayout:
    """The usual layout of that many channels where a file does not tell which they are."""
    return av.AudioLayout(f"{layout.nb_channels}c") if "channels" in layout.name else layout


def _fitting_layout(offered: Sequence[str], layout: av.AudioLayout) -> av.AudioLayout:
    """The first layout with a place for every channel, be it in the back instead of the side."""
    names = {channel.name for channel in layout.channels}
    backed = {{"SL": "BL", "SR": "BR"}.get(name, name) for name in names}
    for candidate in map(av.AudioLayout, offered):
        places = {channel.name for channel in candidate.channels}
        if names <= places or (backed <= places and len(backed) == len(names)):
            return candidate
    return av.AudioLayout(offered[-1]) if offered else layout


def _deep_enough(offered: Sequence[av.AudioFormat], source: av.AudioFormat) -> av.AudioFormat:
    """The encoder's smallest format as deep as the source's samples, else its deepest."""
    deepest = max((each.bytes for each in offered), default=source.bytes)
    return min((each for each in offered if each.bytes >= min(source.bytes, deepest)),
               key=lambda each: each.bytes, default=source)


_JITTER = Fraction(1, 100)
"""Seconds that sound may be off its place before it is moved there: containers round times."""


def _audio_frame(samples: np.ndarray, like: av.AudioFrame, rate: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples, format=like.format.name, layout=like.layout.name)
    frame.sample_rate = rate
    return frame


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
        self._sent: int | None = None
        """Where what is encoded so far ends, in samples on the output's clock."""

    def feed(self, packet: av.Packet) -> Iterator[av.Packet]:
        if not packet.size:
            return
        try:
            frames = self._source.decode(packet)
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
        yield from self._target.encode(None)

    def ready(self) -> Iterator[av.Packet]:
        return iter(())

    def _take(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        for ready in self._resampler.resample(frame):
            yield from self._buffer(ready)

    def _buffer(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        end = self._next
        at = (end or 0) if frame.pts is None or frame.time_base is None else round(
            frame.pts * frame.time_base * self._rate)
        if end is None:
            end = at
        elif abs(at - end) <= self._rate * _JITTER:
            at = end
        elif at > end:
            yield from self._silence(end, at - end, frame)
            end = at
        self._next = max(at + frame.samples, end)
        yield from self._store(frame, at, late=max(0, end - at))

    def _silence(self, at: int, samples: int, like: av.AudioFrame) -> Iterator[av.Packet]:
        """What is missing in the middle of the sound, a second at a time."""
        while samples:
            count = min(samples, self._rate)
            shape = (1, count * like.layout.nb_channels)
            if like.format.is_planar:
                shape = (like.layout.nb_channels, count)
            quiet = _audio_frame(np.zeros(shape, like.to_ndarray().dtype), like, self._rate)
            yield from self._store(quiet, at, late=0)
            at, samples = at + count, samples - count

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
        if self._sent is None:
            self._sent = at + first + self._shift
        frame.pts = None  # the queue would have them begin at 0
        self._fifo.write(frame)
        size = self._target.codec_context.frame_size or frame.samples
        while (ready := self._fifo.read(size)) is not None:
            yield from self._encode(ready)

    def _encode(self, frame: av.AudioFrame) -> Iterator[av.Packet]:
        assert self._sent is not None  # whatever is encoded was stored before
        frame.pts, frame.time_base = self._sent, Fraction(1, self._rate)
        self._sent += frame.samples
        yield from self._target.encode(frame)
