"""The words of a subtitle track, and when they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import av
import av.error
from av.subtitles.subtitle import AssSubtitle

from core.io.containers import open_input, reading


@dataclass(frozen=True, slots=True)
class Line:
    """`start` and `end` are seconds on the file's clock."""

    start: float
    end: float
    text: str

    def moved(self, offset: float) -> Line:
        return replace(self, start=self.start + offset, end=self.end + offset)


def words_of(path: Path, index: int) -> list[Line]:
    """Every line of a text track without its layout; none of a track of pictures."""
    lines = []
    with open_input(path) as container, reading(path):
        stream = container.streams[index]
        for packet in container.demux(stream):
            if packet.size <= 2 or packet.pts is None:
                continue
            try:
                found = packet.decode()
            except av.error.FFmpegError:
                continue
            start = float(packet.pts * packet.time_base)
            length = float((packet.duration or 0) * packet.time_base)
            text = "\n".join(_plain(one) for one in found if isinstance(one, AssSubtitle))
            if text.strip():
                lines.append(Line(start, start + length, text))
    return lines


def _plain(line: AssSubtitle) -> str:
    """The last field of an ASS event, without overrides in braces."""
    text = line.ass.decode("utf-8", "replace") if isinstance(line.ass, bytes) else str(line.ass)
    text = text.split(",", 8)[-1]
    text = re.sub(r"\{[^}]*\}", "", text).replace("\\N", "\n").replace("\\n", "\n")
    return "\n".join(part.strip() for part in text.replace("\\h", " ").splitlines()).strip()
