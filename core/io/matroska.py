"""The few fields of a Matroska header that FFmpeg's libraries hand on in no other way.

Elements and their numbers are those of RFC 8794 (EBML) and RFC 9559 (Matroska).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from core.errors import EncodeFailed

SEGMENT, TRACKS, TRACK, VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0
_SEEK_HEAD, _SEEK, _SEEK_POSITION, _VOID, _CRC = 0x114D9B74, 0x4DBB, 0x53AC, 0xEC, 0xBF
DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_UNIT = 0x54B0, 0x54BA, 0x54B2


class Element(NamedTuple):
    """An EBML element: where it and its content begin and end, in bytes of the file."""

    id: int
    start: int
    content: int
    end: int


def elements(data: bytes, start: int, end: int) -> Iterator[Element]:
    """The elements between two places; stops where they make no sense."""
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


def set_video_fields(path: Path, fields: Mapping[int, int]) -> None:
    """Write numbers among what the first track of a file that FFmpeg muxed says about its video.

    They find room in the void that FFmpeg leaves before the tracks, so that nothing behind these
    moves. Raises EncodeFailed where there is none.
    """
    with path.open("r+b") as file:
        data = file.read(1 << 20)
        segment, tracks = find(data, SEGMENT), find(data, SEGMENT, TRACKS)
        head, void = find(data, SEGMENT, _SEEK_HEAD), find(data, SEGMENT, _VOID)
        video = find(data, SEGMENT, TRACKS, TRACK, VIDEO)
        if not (segment and tracks and head and void and video and void.end <= tracks.start):
            raise _no_room(path)
        kept = b"".join(data[part.start:part.end] for part in elements(
            data, video.content, video.end) if part.id not in fields)
        added = b"".join(_element(kind, _bytes(value)) for kind, value in fields.items())
        grown = _replaced(data, tracks, (TRACK, VIDEO), kept + added)
        moved = len(grown) - (tracks.end - tracks.start)
        rest = void.end - void.start - moved
        if rest < 2:
            raise _no_room(path)
        file.seek(head.start)
        file.write(_moved(data, head, void.end - segment.content, moved))
        file.seek(void.start)
        # A void of a size given in 8 bytes can be any longer than 9; one of 1 byte any shorter.
        size = (rest - 9).to_bytes(8, "big") if rest > 100 else (rest - 2).to_bytes(1, "big")
        marked = bytes([size[0] | (1 if rest > 100 else 0x80)]) + size[1:]
        file.write(bytes([_VOID]) + marked + bytes(rest - 1 - len(marked)))
        file.write(data[void.end:tracks.start] + grown)


def _no_room(path: Path) -> EncodeFailed:
    return EncodeFailed(f"The shape of the pixels finds no room in the header of {path.name}.",
                        "Choose another container.")


def _bytes(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _element(kind: int, content: bytes, sized: int = 1) -> bytes:
    """An element whose size is told in at least `sized` bytes."""
    while len(content) >= (1 << 7 * sized) - 1:
        sized += 1
    size = len(content) | 1 << 7 * sized
    return _bytes(kind) + size.to_bytes(sized, "big") + content


def _replaced(data: bytes, place: Element, path: tuple[int, ...], content: bytes) -> bytes:
    """The element at `place`, with that at the end of `path` in it holding `content`."""
    if path:
        inner = find(data, path[0], within=place)
        assert inner is not None
        content = (data[place.content:inner.start] + _replaced(data, inner, path[1:], content)
                   + data[inner.end:place.end])
    sized = place.content - place.start - len(_bytes(place.id))
    return _element(place.id, _checked(content), sized)


def _checked(content: bytes) -> bytes:
    """With its checksum, if it begins with one, made anew."""
    if content[:2] != bytes([_CRC, 0x84]):
        return content
    return content[:2] + zlib.crc32(content[6:]).to_bytes(4, "little") + content[6:]


def _moved(data: bytes, head: Element, since: int, by: int) -> bytes:
    """The seek head, where elements from `since` up to the tracks have moved towards it."""
    tracks = find(data, SEGMENT, TRACKS)
    segment = find(data, SEGMENT)
    assert tracks is not None and segment is not None
    content = bytearray(data[head.start:head.end])
    for seek in elements(data, head.content, head.end):
        place = find(data, _SEEK_POSITION, within=seek) if seek.id == _SEEK else None
        if place is None:
            continue
        position = int.from_bytes(data[place.content:place.end], "big")
        if since <= position <= tracks.start - segment.content:
            content[place.content - head.start:place.end - head.start] = (position - by).to_bytes(
                place.end - place.content, "big")
    begin = head.content - head.start
    return bytes(content[:begin]) + _checked(bytes(content[begin:]))
