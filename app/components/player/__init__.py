"""One video, or two of the same source in step: swipe, side by side, difference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_player", html=(_HERE / "player.html").read_text(encoding="utf-8"),
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    js=(_HERE / "player.js").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Footage:
    """Addresses of videos with what to call them; `second` is empty where there is but one.

    `shift` is when the second begins, in seconds of the first, of which `length` are looped then.
    """

    first: str
    first_name: str
    second: str = ""
    second_name: str = ""
    rate: float = 25.0
    shift: float = 0.0
    length: float = 0.0


@dataclass(frozen=True, slots=True)
class Leap:
    """To `time`, in seconds of the first; each leap has a `number` of its own."""

    number: int
    time: float


def player(footage: Footage, key: str, *, low: bool = False, short: bool = False,
           leap: Leap | None = None) -> None:
    """`low` leaves room below it, `short` room for a chart; it stops where it leaps to."""
    _component(key=key, data={**asdict(footage), "low": low, "short": short,
                              "leap": None if leap is None else asdict(leap)})
