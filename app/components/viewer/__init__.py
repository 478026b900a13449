"""The picture, before and after, with a scrubber under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_viewer", html=(_HERE / "viewer.html").read_text(encoding="utf-8"),
    css=(_HERE / "viewer.css").read_text(encoding="utf-8"),
    js=(_HERE / "viewer.js").read_text(encoding="utf-8"))


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

    That is {"kind": "seek", "number": 12}, {"kind": "actual", "on": True} or {"kind": "reset"}.
    """
    def acted() -> None:
        wish = st.session_state[key].get("act")
        if wish:
            act(dict(wish))

    _component(key=key, data=asdict(view), on_act_change=acted)
