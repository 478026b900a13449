"""The decoder of a video stream: FFmpeg's own, but where only another one sees the alpha."""

from __future__ import annotations

from collections.abc import Callable

import av

from core.color import Matrix, Range

Decode = Callable[[av.Packet], list[av.VideoFrame]]
"""Frames that a packet completes; an empty packet asks for all that are left."""

_SEES_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def has_hidden_alpha(stream: av.VideoStream) -> bool:
    """Whether alpha lies beside the picture's packets, as WebM keeps it."""
    mode = {key.lower(): value for key, value in stream.metadata.items()}.get("alpha_mode")
    return mode == "1" and stream.codec_context.name in _SEES_ALPHA


def decoder_of(stream: av.VideoStream, threads: int = 0) -> Decode:
    """`threads` are the decoder's own, 0 for as many as it likes."""
    if not has_hidden_alpha(stream):
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = threads
        return lambda packet: packet.decode()
    context = av.CodecContext.create(_SEES_ALPHA[stream.codec_context.name], "r")
    assert isinstance(context, av.VideoCodecContext)
    context.extradata = stream.codec_context.extradata
    context.thread_count = threads
    # VP8 knows one matrix only (RFC 6386, section 9.2), which libvpx does not say.
    is_vp8 = stream.codec_context.name == "vp8"

    def decode(packet: av.Packet) -> list[av.VideoFrame]:
        frames = context.decode(packet if packet.size else None)
        for frame in frames if is_vp8 else ():
            frame.colorspace, frame.color_range = Matrix.BT470BG, Range.LIMITED
        return frames

    return decode
