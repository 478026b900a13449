"""The decoder of a video stream: FFmpeg's own, but where only another one sees the alpha."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av
import av.error

from core.color import Matrix, Range

Decode = Callable[[av.Packet | None], list[av.VideoFrame]]
"""Frames that a packet completes; None asks for all that are left."""

_SEES_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_RACES = ("theora", "vp3", "vp4")
"""Codecs that FFmpeg decodes differently from run to run where frames are shared among threads."""


def has_hidden_alpha(stream: av.VideoStream) -> bool:
    """Whether alpha lies beside the picture's packets, as WebM keeps it."""
    mode = {key.lower(): value for key, value in stream.metadata.items()}.get("alpha_mode")
    return mode == "1" and stream.codec_context.name in _SEES_ALPHA


def decoder_of(stream: av.VideoStream, threads: int = 0) -> Decode:
    """`threads` are the decoder's own, 0 for as many as it likes."""
    if not has_hidden_alpha(stream):
        races = stream.codec_context.name in _RACES
        stream.thread_type = "SLICE" if races else "AUTO"
        stream.codec_context.thread_count = 1 if races else threads
        return _timed(stream.codec_context, stream.time_base)
    context = av.CodecContext.create(_SEES_ALPHA[stream.codec_context.name], "r")
    assert isinstance(context, av.VideoCodecContext)
    context.extradata = stream.codec_context.extradata
    context.thread_count = threads
    # VP8 knows one matrix only (RFC 6386, section 9.2), which libvpx does not say.
    is_vp8 = stream.codec_context.name == "vp8"
    timed = _timed(context, stream.time_base)

    def decode(packet: av.Packet | None) -> list[av.VideoFrame]:
        frames = timed(packet)
        for frame in frames if is_vp8 else ():
            frame.colorspace, frame.color_range = Matrix.BT470BG, Range.LIMITED
        return frames

    return decode


def _timed(context: av.VideoCodecContext, base: Fraction | None) -> Decode:
    """Frames know the clock they count in, those that come at the end too."""
    def decode(packet: av.Packet | None) -> list[av.VideoFrame]:
        frames = context.decode(packet)
        if packet is None and base is not None:
            for frame in frames:
                frame.time_base = base
        return frames

    return decode


def flushed(decode: Decode) -> list[av.VideoFrame]:
    """What a decoder still holds at its end; what is damaged among it is lost."""
    try:
        return decode(None)
    except av.error.FFmpegError:
        return []
