"""Text subtitles in the form another container wants."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path

import av

from core.errors import UnreadableVideo
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
def as_text(source: Path, index: int, container: str) -> Iterator[Converted | None]:
    """The words of a subtitle stream as `text_codec` says; None where damage has left none."""
    codec, muxer = _WANTED[container]
    with tempfile.TemporaryDirectory() as folder:
        path, words = Path(folder) / "text", Path(folder) / "words.srt"
        if codec in _ONE_AT_A_TIME:
            repair.convert_subtitles(source, index, words, "subrip", "srt")
            cues = _cues(words.read_text("utf-8", "replace"))
            if overlap(cues):
                words.write_text("\n".join(map(_written, count(1), one_at_a_time(cues))), "utf-8")
                source, index = words, 0
        repair.convert_subtitles(source, index, path, codec, muxer)
        try:
            converted = open_input(path)
        except UnreadableVideo:  # FFmpeg's own file, which has no end where it has no words
            yield None
            return
        with converted as opened:
            stream = opened.streams.subtitles[0]
            # MP4 fills the time between words with empty packets; the muxer makes its own.
            packets = [packet for packet in opened.demux(stream) if packet.size > 2]
            yield stream, packets


_ONE_AT_A_TIME = ("mov_text",)
"""Codecs in which words end where the next ones begin."""

Cue = tuple[int, int, str]
"""Start and end in milliseconds, and the words that stand meanwhile."""


def overlap(cues: Sequence[Cue]) -> bool:
    return any(one[1] > other[0] for one, other in pairwise(sorted(cues)))


def one_at_a_time(cues: Sequence[Cue]) -> list[Cue]:
    """The same words at the same times, those that stand together as lines of one text."""
    joined: list[Cue] = []
    standing: list[Cue] = []
    coming = sorted((cue for cue in cues if cue[0] < cue[1]), key=lambda cue: cue[0], reverse=True)
    borders = sorted({time for cue in cues for time in cue[:2]})
    for start, end in pairwise(borders):
        standing = [cue for cue in standing if cue[1] > start]
        while coming and coming[-1][0] == start:
            standing.append(coming.pop())
        if standing:
            joined.append((start, end, "\n".join(words for _, _, words in standing)))
    return joined


_TIMING = re.compile(r"^\d+\n(\S+) --> (\S+).*\n", re.MULTILINE)


def _cues(srt: str) -> list[Cue]:
    _, *parts = _TIMING.split(srt)
    return [(_milliseconds(start), _milliseconds(end), words.strip("\n"))
            for start, end, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True)]


def _milliseconds(time: str) -> int:
    hours, minutes, seconds = time.replace(",", ".").split(":")
    return round(Fraction(seconds) * 1000) + (int(minutes) + 60 * int(hours)) * 60_000


def _written(number: int, cue: Cue) -> str:
    start, end = (f"{time // 3_600_000:02}:{time // 60_000 % 60:02}:{time // 1000 % 60:02},"
                  f"{time % 1000:03}" for time in cue[:2])
    return f"{number}\n{start} --> {end}\n{cue[2]}\n"
