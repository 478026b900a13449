"""Which codec a sound track is encoded in, and how."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av

from core.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class AudioCodec:
    """`bit_rate` is for two channels, 0 for lossless codecs; no `layouts` means any."""

    encoder: str
    bit_rate: int
    containers: tuple[str, ...]
    layouts: tuple[str, ...] = ()
    channels: int = 8


AUDIO_CODECS: Mapping[str, AudioCodec] = {
    "aac": AudioCodec("aac", 192_000, ("mp4", "mov", "mkv"),
                      ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1")),
    "opus": AudioCodec("libopus", 160_000, ("mp4", "mkv", "webm"),
                       ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")),
    "flac": AudioCodec("flac", 0, ("mp4", "mkv")),
    "alac": AudioCodec("alac", 0, ("mp4", "mov", "mkv"),
                       ("mono", "stereo", "3.0", "4.0", "5.0", "5.1"), channels=6),
}
_LOSSLESS = ("flac", "alac", "truehd", "mlp", "wavpack", "tta", "pcm_")


def check_audio(container: str, audio: str) -> None:
    """Raises InvalidParameter for a sound codec that the container does not take."""
    if audio in AUDIO_CODECS and container not in AUDIO_CODECS[audio].containers:
        fitting = [name for name, codec in AUDIO_CODECS.items()
                   if container in codec.containers and name != "alac"]
        raise InvalidParameter(f"{audio} does not go into {container}.",
                               f"Use --audio copy or {' or '.join(fitting)}.")


def check_channels(audio: str, stream: av.AudioStream, label: str) -> None:
    """Raises InvalidParameter where a codec that was asked for has no room for all channels.

    Those of a known layout can be mixed down, but nobody asks a lossless codec for that.
    """
    codec, context = AUDIO_CODECS[audio], stream.codec_context
    if context.channels > codec.channels and (
            not codec.bit_rate or (
            is_bare(context.layout) or context.layout.name == "hexadecagonal")):
        raise InvalidParameter(
            f"The {label} has {context.channels} channels, and {audio} holds {codec.channels}.",
            "Use --audio copy or none, or mix the channels down first.")


def has_room(codec: str, container: str, layout: av.AudioLayout) -> bool:
    """Whether a codec in a container takes channels of this layout, mixed down if need be."""
    if codec in AUDIO_CODECS:
        return not is_bare(usual_layout(layout, MOST_CHANNELS))
    return container != "mp4" or not is_bare(usual_layout(layout))


def stand_in(container: str, stream: av.AudioStream) -> str:
    """What a track becomes that the container does not take; lossless stays lossless if it can."""
    if container == "webm":
        return "opus"
    context = stream.codec_context
    if not context.codec.canonical_name.startswith(_LOSSLESS):
        return "aac"
    codec = {"mov": "alac"}.get(container, "flac")
    return codec if context.channels <= AUDIO_CODECS[codec].channels else _raw(context.format)


def _raw(samples: av.AudioFormat | None) -> str:
    """FFmpeg's name for uncompressed samples as good as these."""
    if samples is None or samples.bytes < 4:
        return "pcm_s16le"
    return "pcm_s32le" if samples.packed.name == "s32" else "pcm_f32le"


def is_known(stream: av.AudioStream) -> bool:
    """Whether there is a decoder for a track, and something in it that told channels and rate."""
    context = stream.codec_context
    return context is not None and bool(context.channels and context.sample_rate)


def is_raw(stream: av.AudioStream) -> bool:
    """Whether a track is PCM that we can write, too."""
    name = stream.codec_context.name if is_known(stream) else ""
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
    context.layout = _fitting_layout(entry.layouts, usual_layout(source.codec_context.layout))
    context.format = _deep_enough(offered.audio_formats or (), source.codec_context.format)
    context.time_base = stream.time_base = Fraction(1, rate)
    if bit_rate:
        context.bit_rate = bit_rate * max(1, source.codec_context.channels) // 2
    return stream


MOST_CHANNELS = 24
"""Channels of the largest layout that has a name."""


def is_bare(layout: av.AudioLayout) -> bool:
    """Whether nothing is known of the channels but how many they are."""
    return "channels" in layout.name


def usual_layout(layout: av.AudioLayout, most: int | None = None) -> av.AudioLayout:
    """The usual layout of that many channels where a file does not tell which they are.

    Some numbers have none: then the next larger of up to `most` channels is taken, or none.
    """
    if not is_bare(layout):
        return layout
    count = layout.nb_channels
    for number in range(count, max(count, most or 0) + 1):
        with contextlib.suppress(ValueError):
            return av.AudioLayout(f"{number}c")
    return layout


def _fitting_layout(offered: Sequence[str], layout: av.AudioLayout) -> av.AudioLayout:
    """The first layout with a place for every channel, be it in the back instead of the side."""
    names = {channel.name for channel in layout.channels}
    backed = {{"SL": "BL", "SR": "BR"}.get(name, name) for name in names}
    for candidate in map(av.AudioLayout, offered):
        places = {channel.name for channel in candidate.channels}
        if names <= places or (backed <= places and len(backed) == len(names)):
            return candidate
    return av.AudioLayout(offered[-1]) if offered else layout


def _deep_enough(offered: Sequence[av.AudioFormat], source: av.AudioFormat | None
                 ) -> av.AudioFormat:
    """The encoder's smallest format as deep as the source's samples, else its deepest."""
    if source is None:
        return offered[0]
    depth = min(source.bytes, max((each.bytes for each in offered), default=source.bytes))
    return min((each for each in offered if each.bytes >= depth),
               key=lambda each: each.bytes, default=source)
