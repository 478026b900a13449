"""What a stream is called in reports."""

from __future__ import annotations

import av
import av.stream

from core.io.probe import is_cover


def label_of(stream: av.stream.Stream) -> str:
    """Such as "aac audio track 1 deu": codec, kind, number, and its language or file name."""
    language = stream.metadata.get("language", "und")
    named = stream.metadata.get("filename") or ("" if language == "und" else language)
    return " ".join(word for word in (_codec(stream), _kind(stream), f"track {stream.index}", named)
                    if word)


def _codec(stream: av.stream.Stream) -> str:
    if isinstance(stream, av.stream.DataStream):
        return stream.name or ""
    return "" if stream.codec_context is None else stream.codec_context.codec.canonical_name


def _kind(stream: av.stream.Stream) -> str:
    if isinstance(stream, av.VideoStream):
        return "cover art" if is_cover(stream) else "video"
    return stream.type
