"""Text subtitles in the form another container wants."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import av

from core.io import repair
from core.io.containers import open_input

_TEXT = ("srt", "subrip", "ass", "ssa", "webvtt", "mov_text", "text")
_WANTED = {"mp4": ("mov_text", "mp4"), "mov": ("mov_text", "mp4"), "webm": ("webvtt", "webm"),
           "mkv": ("subrip", "matroska")}
"""By container: the codec for text, and a muxer that writes it."""

Converted = tuple[str, av.stream.Stream, list[av.Packet]]
"""The codec, a stream to take as template, and the packets on the source's clock."""


def as_text(source: Path, stream: av.stream.Stream, container: str
            ) -> AbstractContextManager[Converted] | None:
    """The words of a subtitle stream in the codec of `container`; None for pictures."""
    if stream.codec_context is None or stream.codec_context.name not in _TEXT:
        return None
    return _as_text(source, stream.index, *_WANTED[container])


@contextmanager
def _as_text(source: Path, index: int, codec: str, muxer: str) -> Iterator[Converted]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        repair.convert_subtitles(source, index, path, codec, muxer)
        with open_input(path) as container:
            stream = container.streams.subtitles[0]
            # MP4 fills the time between words with empty packets; the muxer makes its own.
            packets = [packet for packet in container.demux(stream) if packet.size > 2]
            yield codec, stream, packets
