"""Where a render is divided: at key frames of the source, so that each part can be redone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.io.index import PacketIndex

LONGEST = Fraction(120)
"""Seconds after which a chunk ends at any frame, key frame or not."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pictures with start <= pts < end, in ticks; `end` None is the end of the source.

    `frames` is what the packets promise; decoding may give fewer.
    """

    number: int
    start: int
    end: int | None
    frames: int


def plan_chunks(index: PacketIndex, length: Fraction, time_base: Fraction,
                start: int | None = None, end: int | None = None) -> tuple[Chunk, ...]:
    """Chunks that hold every picture of the range once, each at least `length` seconds long.

    A chunk ends at the first key frame after its length, in any case after LONGEST (or `length`,
    if that is more). The pictures that precede a key frame in presentation but follow it in the
    file belong to the chunk before.
    """
    shown = index.between(start, end)
    pts = np.unique(shown.pts[shown.shown])
    if not len(pts):
        return ()
    keys = np.intersect1d(index.keys(), pts)
    minimum, maximum = (max(1, round(span / time_base)) for span in (length, max(length, LONGEST)))
    borders = [int(pts[0])]
    while (border := _next_border(borders[-1], pts, keys, minimum, maximum)) is not None:
        borders.append(border)
    ends: list[int | None] = [*borders[1:], end]
    # Packets need not tell the first picture's time exactly: the first chunk takes what comes.
    return tuple(
        Chunk(number, first if number or start is not None else _EARLIEST, last,
              int(np.searchsorted(pts, last if last is not None else pts[-1] + 1)
                  - np.searchsorted(pts, first)))
        for number, (first, last) in enumerate(zip(borders, ends, strict=True)))


_EARLIEST = -(2**62)


def _next_border(start: int, pts: np.ndarray, keys: np.ndarray, minimum: int,
                 maximum: int) -> int | None:
    key = _first_at(keys, start + minimum)
    frame = _first_at(pts, start + maximum)
    if key is None or (frame is not None and frame < key):
        return frame
    return key


def _first_at(sorted_pts: np.ndarray, at: int) -> int | None:
    place = int(np.searchsorted(sorted_pts, at))
    return int(sorted_pts[place]) if place < len(sorted_pts) else None
