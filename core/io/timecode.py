"""SMPTE ST 12-1 timecode."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d)$")


_DROPPING = (Fraction(30000, 1001), Fraction(60000, 1001))
"""Rates at which frame numbers may be dropped to keep up with the clock."""


def tagged(places: Iterable[Mapping[str, str]]) -> str:
    """The timecode among the tags of a file and its streams; empty where there is none."""
    tags = ({key.lower(): value for key, value in place.items()} for place in places)
    return next((tag["timecode"] for tag in tags if "timecode" in tag), "")


def first_timecode(tag: str, rate: Fraction) -> str:
    """The timecode to count from where `tag` is what a file says: zero where it says nothing.

    Drop-frame comes with a semicolon, and only at rates that have it.
    """
    match = _TIMECODE.match(tag)
    if not match:
        return "00:00:00:00"
    hours, minutes, seconds, mark, count = match.groups()
    mark = ";" if mark != ":" and rate in _DROPPING else ":"
    return f"{hours}:{minutes}:{seconds}{mark}{count}"


def advanced(timecode: str, frames: int, rate: Fraction) -> str:
    """`timecode` so many frames later; a semicolon or dot before the frames is drop-frame.

    What is no timecode comes back as it is. A day has 24 hours.
    """
    match = _TIMECODE.match(timecode)
    if not match:
        return timecode
    hours, minutes, seconds, mark, count = match.groups()
    base = max(1, round(rate))
    dropped = base // 15 if mark != ":" else 0
    number = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * base + int(count)
    whole = int(hours) * 60 + int(minutes)
    number += frames - dropped * (whole - whole // 10)
    return _written(number, base, dropped, mark)


def _written(number: int, base: int, dropped: int, mark: str) -> str:
    ten_minutes = 600 * base - 9 * dropped
    number %= 144 * ten_minutes
    tens, rest = divmod(number, ten_minutes)
    skipped = 9 * dropped * tens
    if rest >= 60 * base:  # every minute but the first of ten leaves out its first numbers
        skipped += dropped * (1 + (rest - 60 * base) // (60 * base - dropped))
    seconds, count = divmod(number + skipped, base)
    return (f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            f"{mark}{count:02}")
