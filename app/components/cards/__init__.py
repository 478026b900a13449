"""Cards with a picture and a name, to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from app.components.acts import SCRIPT, told
from app.press import ADDRESS

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_cards", html='<div class="cards" role="group"></div>',
    css=(_HERE / "cards.css").read_text(encoding="utf-8"),
    js=SCRIPT + (_HERE / "cards.js").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Card:
    """`picture` is an address, or None while what `token` stands for is drawn.

    `chosen` is marked, `active` framed; `note` is a second line.
    """

    name: str
    label: str
    about: str = ""
    picture: str | None = None
    token: str = ""
    chosen: bool = False
    active: bool = False
    note: str = ""


def cards(shown: Sequence[Card], pick: Callable[[str], None], key: str, *, label: str,
          wide: bool = True) -> None:
    """Calls `pick` with the name of the card clicked; `wide` is one row, else a grid."""
    _component(**told(key, lambda name: pick(str(name)), {
        "cards": tuple(asdict(card) for card in shown), "wide": wide, "label": label,
        "ask": ADDRESS}))
