"""Damage done to files: to their bytes, to numbers in their headers, to values in documents."""

from __future__ import annotations

import json
import random
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

Bytes = Callable[[bytearray, random.Random], None]

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_HEADER = 4096
"""Bytes at the beginning in which most of what a file says of itself lies."""


def damaged(content: bytes, choose: random.Random) -> bytes:
    """A copy with one to four things done to it."""
    data = bytearray(content)
    for _ in range(choose.choice((1, 1, 1, 2, 4))):
        if data:
            choose.choice(_BYTES)(data, choose)
    return bytes(data)


def _place(data: bytearray, choose: random.Random) -> int:
    """Somewhere, in every other case in the header."""
    reach = min(len(data), choose.choice((64, 512, _HEADER, len(data), len(data), len(data))))
    return choose.randrange(reach)


def _length(data: bytearray, choose: random.Random) -> int:
    return min(len(data), choose.choice((1, 2, 4, 16, 188, 512, 4096)))


def _zero(data: bytearray, choose: random.Random) -> None:
    at, length = _place(data, choose), _length(data, choose)
    data[at:at + length] = bytes(len(data[at:at + length]))


def _cut_out(data: bytearray, choose: random.Random) -> None:
    at = _place(data, choose)
    del data[at:at + _length(data, choose)]


def _cut_off(data: bytearray, choose: random.Random) -> None:
    del data[choose.randrange(len(data)):]


def _behead(data: bytearray, choose: random.Random) -> None:
    del data[:choose.choice((1, 7, choose.randrange(len(data))))]


def _repeat(data: bytearray, choose: random.Random) -> None:
    at, length = _place(data, choose), _length(data, choose)
    data[at:at] = data[at:at + length] * choose.choice((1, 1, 2, 50))


def _append(data: bytearray, choose: random.Random) -> None:
    """The whole file once more behind itself, or noise."""
    data += bytes(data) if choose.random() < 0.5 else choose.randbytes(1000)


def _flip(data: bytearray, choose: random.Random) -> None:
    for _ in range(choose.choice((1, 1, 4, 32))):
        data[_place(data, choose)] ^= 1 << choose.randrange(8)


def _noise(data: bytearray, choose: random.Random) -> None:
    at, length = _place(data, choose), _length(data, choose)
    data[at:at + length] = choose.randbytes(len(data[at:at + length]))


def _insert(data: bytearray, choose: random.Random) -> None:
    at = _place(data, choose)
    data[at:at] = choose.randbytes(_length(data, choose))


def _swap(data: bytearray, choose: random.Random) -> None:
    first, second = sorted((_place(data, choose), _place(data, choose)))
    length = min(_length(data, choose), second - first, len(data) - second)
    piece = data[first:first + length]
    data[first:first + length] = data[second:second + length]
    data[second:second + length] = piece


def _number(data: bytearray, choose: random.Random) -> None:
    """A number somewhere in the header becomes another one, in either order of bytes."""
    size = choose.choice((1, 2, 4, 4, 8))
    at = choose.randrange(min(len(data), _HEADER))
    _put(data, at, size, choose)


def _field(data: bytearray, choose: random.Random) -> None:
    """A field of an MP4 box, or of an EBML element, or of what stands behind a chunk's name."""
    found = [*_FIELDS.finditer(data)]
    if not found:
        return _number(data, choose)
    name = choose.choice(found)
    at = name.start() - 4 if choose.random() < 0.25 else name.end() + choose.choice(
        (0, 1, 2, 4, 4, 8, 8, 12, 16, 20, 24, 28, 32))
    return _put(data, max(0, at), choose.choice((1, 2, 4, 4, 4, 8)), choose)


_FIELDS = re.compile(
    rb"ftyp|moov|mvhd|trak|tkhd|edts|elst|mdia|mdhd|hdlr|minf|stbl|stsd|stts|ctts|stsc|stsz|stco"
    rb"|stss|moof|traf|tfhd|tfdt|trun|avcC|hvcC|av1C|esds|colr|pasp|avc1|hvc1|mp4a|apcn|ap4h|tapt"
    rb"|\x1a\x45\xdf\xa3|\x15\x49\xa9\x66|\x16\x54\xae\x6b|\x1f\x43\xb6\x75|\x2a\xd7\xb1|\x44\x89"
    rb"|\x23\xe3\x83|\x63\xa2|\x54\xb0|\x54\xba|\x78\xb5|\x55\xb0|\x1c\x53\xbb\x6b|\x53\xac"
    rb"|RIFF|avih|strh|strf|indx|idx1|00dc|01wb|OggS|FLV|DKIF|YUV4MPEG2|GIF89a|IHDR|acTL|fcTL|fdAT"
    rb"|IDAT|VP8X|ANIM|ANMF|\x06\x0e\x2b\x34|\x00\x00\x01\xba|\x00\x00\x01\xe0|\x00\x00\x01\xb3"
    rb"|\x00\x00\x01\x67|\x00\x00\x00\x01|II\*\x00|MM\x00\*|\xff\xc0|\xff\xda|\.RMF|MDPR|PROP"
    rb"|N\x4d\x7a\x56|N\x53\x11\x40")


def _put(data: bytearray, at: int, size: int, choose: random.Random) -> None:
    value = choose.choice((*_NUMBERS, choose.getrandbits(8 * size))) & ((1 << 8 * size) - 1)
    packed = struct.pack("<Q", value)[:size]
    if choose.random() < 0.7:
        packed = packed[::-1]
    data[at:at + size] = packed


_BYTES: tuple[Bytes, ...] = (
    _zero, _cut_out, _cut_off, _behead, _repeat, _append, _flip, _flip, _noise, _insert, _swap,
    _number, _number, _field, _field, _field, _field)


_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 255, 10**9, -10**30, 10**400, 0.5, 1e308, -1e308, 1e-320,
    float("nan"), float("inf"), "", " ", "x", "x" * 5000, "\0", "\ud800", "é\u202e", "../../up",
    "1e9", "NaN", "none", [], {}, [[]], {"": {}}, [None] * 300, {"name": "x", "sha256": "0" * 64},
    {"a": [{"b": {}}]})


def damaged_tree(tree: Any, choose: random.Random) -> Any:
    """A copy of a JSON document of which one or two values are others, gone, or more."""
    tree = json.loads(json.dumps(tree))
    for _ in range(choose.choice((1, 1, 2))):
        holders = [*_holders(tree)]
        if not holders:
            return choose.choice(_ODD)
        _damage_one(choose.choice(holders), choose)
    return tree


def damaged_json(content: bytes, choose: random.Random) -> bytes:
    """A document with other values, or damaged as text."""
    if choose.random() < 0.3:
        return damaged_text(content, choose)
    tree = damaged_tree(json.loads(content), choose)
    if choose.random() < 0.03:
        tree = choose.choice(_ODD)
    text = json.dumps(tree, ensure_ascii=choose.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def damaged_text(content: bytes, choose: random.Random) -> bytes:
    """Words and lines of a text become others; now and then its encoding does, or it is nested."""
    kind = choose.randrange(8)
    if kind == 0:
        return damaged(content, choose)
    if kind == 1:
        encodings = ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037", "utf-8-sig")
        return content.decode("utf-8", "replace").encode(choose.choice(encodings))
    if kind == 2:
        nested = choose.choice((b"[", b'{"a":', b"[[", b"a.")) * choose.choice((50, 990, 100_000))
        at = choose.randrange(len(content) + 1)
        return content[:at] + nested + content[at:]
    if kind == 3:
        lines = content.splitlines(keepends=True)
        choose.shuffle(lines)
        return b"".join(lines[:choose.randrange(len(lines) + 1)] * choose.choice((1, 2)))
    return _other_words(content, choose)


def _other_words(content: bytes, choose: random.Random) -> bytes:
    words = [*re.finditer(rb"[^\s,:\[\]{}=]+", content)]
    for word in sorted(choose.sample(words, min(len(words), choose.choice((1, 1, 3)))),
                       key=lambda word: -word.start()):
        odd = choose.choice(_ODD)
        text = odd if isinstance(odd, str) else json.dumps(odd)
        if choose.random() < 0.3:
            text = choose.choice(("1979-05-27T07:32:00Z", "07:32:00", "0x7fffffff", "+inf", "-nan",
                                  '"', "'''", "#", "=", "1_0", "1e999", "٣", "[x]", "[[x]]", "\\"))
        content = content[:word.start()] + text.encode("utf-8", "replace") + content[word.end():]
    return content


def _holders(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key in it."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys = holder.keys() if isinstance(holder, dict) else range(len(holder))
            for key in keys:
                yield holder, key
                waiting.append(holder[key])


def _damage_one(place: tuple[Any, Any], choose: random.Random) -> None:
    holder, key = place
    kind = choose.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[choose.choice(("more", "", "a" * 300, "__class__"))] = holder[key]
    elif kind == 1:
        holder.extend(holder * choose.choice((1, 40)))
    elif kind == 2:
        holder[key] = [holder[key]]
    elif kind == 3 and isinstance(holder[key], int | float):
        holder[key] *= choose.choice((-1, 2, 1000, 10**12))
    else:
        holder[key] = choose.choice(_ODD)
