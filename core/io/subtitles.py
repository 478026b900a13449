"""Text subtitles in the form another container wants."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from core.io import repair
from core.io.containers import open_input

_TEXT = ("srt", "subrip", "ass", "ssa", "webvtt", "mov_text", "text")
_WANTED = {"mp4": ("mov_text", "mp4"), "mov": ("mov_text", "mp4"), "webm": ("webvtt", "webm"),
           "mkv": ("subrip", "matroska")}
"""By container: the codec for text, and a muxer that writes it."""

Converted = tuple[av.stream.Stream, list[av.Packet]]
"""A stream to take as template, and the packets on the source's clock."""


def text_codec(stream: av.stream.Stream, container: str) -> str | None:
    """What the words of a subtitle stream become in `container`; None for pictures."""
    context = stream.codec_context
    return _WANTED[container][0] if context is not None and context.name in _TEXT else None


@contextmanager
def as_text(source: Path, index: int, container: str) -> Iterator[Converted]:
    """The words of a subtitle stream as `text_codec` says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        repair.convert_subtitles(source, index, path, *_WANTED[container])
        with open_input(path) as opened:
            stream = opened.streams.subtitles[0]
            # MP4 fills the time between words with empty packets; the muxer makes its own.
            packets = [packet for packet in opened.demux(stream) if packet.size > 2]
            yield stream, packets
