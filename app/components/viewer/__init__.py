"""The picture, before and after, with a scrubber under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from app.components.acts import SCRIPT, told

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_viewer", html=(_HERE / "viewer.html").read_text(encoding="utf-8"),
    css=(_HERE / "viewer.css").read_text(encoding="utf-8"),
    js=SCRIPT + (_HERE / "viewer.js").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: addresses of pictures, and where in the source they are.

    `after` is empty where no look is chosen; `rate` is frames per second; `note` is a short word
    on the drawing. `actual` pictures are shown pixel by pixel, as much as there is room for.
    """

    before: str
    after: str
    width: int
    height: int
    number: int
    count: int
    rate: float
    time: float
    name: str
    note: str = ""
    actual: bool = False


Acts = Callable[[dict[str, Any]], None]


def viewer(view: View, act: Acts, key: str = "viewer") -> None:
    """Calls `act` with what the user did.

    That is {"kind": "seek", "number": 12}, {"kind": "actual", "on": True}, or the "kind" alone:
    "reset", "undo" or "redo". Buttons of Streamlit's under the keys of these three are told as acts
    as well: two clicks on such a button are one, and go before all acts, while the page is drawn.
    """
    _component(**told(key, lambda wish: act(dict(wish)), asdict(view)))
