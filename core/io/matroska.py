"""The few fields of a Matroska header that FFmpeg's libraries hand on in no other way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SEGMENT, TRACKS, TRACK, VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0


class Element(NamedTuple):
    """An EBML element: where it and its content begin and end, in bytes of the file."""

    id: int
    start: int
    content: int
    end: int


def elements(data: bytes, start: int, end: int) -> Iterator[Element]:
    """The elements between two places (RFC 8794, section 6); stops where they make no sense."""
    while start < end:
        kind, after = _number(data, start, keep_marker=True)
        size, content = _number(data, after)
        if kind == 0 or content == after:
            return
        unknown = size == (1 << 7 * (content - after)) - 1
        stop = end if unknown else content + size
        yield Element(kind, start, content, min(stop, end))
        start = stop


def _number(data: bytes, at: int, keep_marker: bool = False) -> tuple[int, int]:
    """A number of variable length, and where it ends; that is where it began if there is none."""
    length = 9 - data[at].bit_length() if at < len(data) else 9
    if length > 8 or at + length > len(data):
        return 0, at
    value = int.from_bytes(data[at:at + length], "big")
    return value if keep_marker else value & ((1 << 7 * length) - 1), at + length


def find(data: bytes, *path: int, within: Element | None = None) -> Element | None:
    """The first element of each id of the path, each in the one before."""
    place = within or Element(0, 0, 0, len(data))
    for wanted in path:
        inside = elements(data, place.content, place.end)
        found = next((element for element in inside if element.id == wanted), None)
        if found is None:
            return None
        place = found
    return place
