"""What each layer of a file says of its picture by itself: the container, and the bitstream.

FFmpeg lets one overrule the other; players differ in which. Where they differ, a tag lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error

from core.color import ColorTags
from core.io.containers import open_input, reading

_TRIES = 300


@dataclass(frozen=True, slots=True)
class Layer:
    """None and unspecified where the layer says nothing."""

    tags: ColorTags
    sar: Fraction | None
    width: int
    height: int
    field_order: int = 0
    """FFmpeg's AVFieldOrder; 0 is unknown, 1 progressive."""


def layers_of(path: Path, index: int) -> Mapping[str, Layer]:
    """The layers that could be read, by name."""
    found = {"container": _container(path, index), "bitstream": _bitstream(path, index)}
    return {name: layer for name, layer in found.items() if layer is not None}


def _container(path: Path, index: int) -> Layer | None:
    # No decoder may be opened, so nothing of the bitstream overrules the container.
    with open_input(path, options={"codec_whitelist": "none"}) as container, reading(path):
        stream = container.streams[index]
        if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
            return None
        return _layer(stream.codec_context, stream.sample_aspect_ratio)


def _bitstream(path: Path, index: int) -> Layer | None:
    """What a decoder tells that was shown packets and nothing else."""
    with open_input(path) as container, reading(path):
        stream = container.streams[index]
        assert isinstance(stream, av.VideoStream)
        context = av.CodecContext.create(stream.codec_context.name, "r")
        assert isinstance(context, av.VideoCodecContext)
        if stream.codec_context.extradata:
            context.extradata = stream.codec_context.extradata
        context.thread_count = 1
        if _shows_one(container, stream, context):
            return _layer(context, context.sample_aspect_ratio)
    return None


def _shows_one(container: av.container.InputContainer, stream: av.VideoStream,
               context: av.VideoCodecContext) -> bool:
    for number, packet in enumerate(container.demux(stream)):
        try:
            if context.decode(packet if packet.size else None):
                return True
        except av.error.FFmpegError:
            pass
        if number > _TRIES or not packet.size:
            break
    return False


def _layer(context: av.VideoCodecContext, sar: Fraction | None) -> Layer:
    tags = ColorTags(matrix=int(context.colorspace), range=int(context.color_range),
                     primaries=int(context.color_primaries), transfer=int(context.color_trc))
    return Layer(tags, sar or None, context.width, context.height,
                 int(getattr(context, "field_order", 0) or 0))
