"""Which pictures of a source a range shows, and from when to when."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.errors import InputError, InvalidParameter, UnreadableVideo
from core.io.index import PacketIndex
from core.io.probe import VideoMetadata
from core.io.span import Range

_MILLISECOND = Fraction(1, 1000)
_WHOLE = Fraction(1, 20)
"""Seconds that a range is moved by so that it begins and ends with whole pictures, as of films."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Pictures with first <= pts < last, in ticks, None where nothing is cut off.

    `span` is what was asked for, in seconds on the source's clock; its start may lie within the
    first picture, which stands already.
    """

    first: int | None = None
    last: int | None = None
    span: Range = Range()


def cut_of(start: Fraction | None, end: Fraction | None, source: VideoMetadata,
           index: PacketIndex) -> Cut:
    """The range from `start` to `end`, in seconds since the source begins.

    A picture stands until the next one comes, and may stand when a range begins or ends. Raises
    InputError where nothing is shown, InvalidParameter for times that cannot be.
    """
    name, shown = source.path.name, index.shown_pts()
    if not len(shown):
        raise UnreadableVideo(f"{name} shows no picture.", "Choose another file.")
    if start is not None and end is not None and end <= start:
        raise InvalidParameter("The end is not after the start.", "Swap them.")
    opens, closes = (None if time is None else (time + source.container_start) / source.time_base
                     for time in (start, end))
    if opens is not None and opens >= index.end:
        length = float(index.end * source.time_base - source.container_start)
        raise InvalidParameter(f"The start lies after the end of {name}, which is {length:.2f} s "
                               "long.", "Choose an earlier start.")
    base = source.time_base
    first = None if opens is None else _first(opens, shown, _WHOLE / base)
    last = closing = None
    if closes is not None:
        last, closing = _last(closes, [*shown.tolist(), index.end], first, base)
    if not index.between(first, last).frames:
        raise InputError(f"{name} shows nothing between these times.",
                         "Choose a start and an end within its length.")
    return Cut(first, last, Range(*(None if time is None else _fine(time, base)
                                    for time in (opens, closing))))


def _first(opens: Fraction, shown: np.ndarray, whole: Fraction) -> int:
    """The pts of the picture that stands at a time, or where it should be that comes next."""
    if opens < shown[0]:
        return math.ceil(opens)
    place = int(np.searchsorted(shown, math.floor(opens), side="right")) - 1
    if shown[place] < opens and place + 1 < len(shown) and int(shown[place + 1]) - opens < whole:
        place += 1
    return int(shown[place])


def _last(closes: Fraction, borders: list[int], first: int | None, base: Fraction
          ) -> tuple[int, Fraction]:
    """Before which tick the last picture begins, and when it ends; `borders` ends with the end."""
    after = bisect.bisect_left(borders, math.ceil(closes), hi=len(borders) - 1)
    begun, ends = borders[max(0, after - 1)], Fraction(borders[after])
    if ends - closes < _WHOLE / base:
        return math.ceil(closes), max(ends, closes)
    if after > 1 and begun != first and closes - begun < _MILLISECOND / base:
        return begun, Fraction(begun)  # times are rarely given to the tick
    return math.ceil(closes), closes


def _fine(ticks: Fraction, base: Fraction) -> Fraction:
    """Seconds, to the tick, or to a part of it where it is longer than a millisecond."""
    unit = base / max(1, math.ceil(base / _MILLISECOND))
    return math.ceil(ticks * base / unit) * unit
