"""What a page's own components tell, each act once and in the order in which they were meant.

Of two triggers that reach Streamlit while the page is drawn only the later is kept. Components
therefore tell all acts of the page that have not been answered yet, numbered, whichever tells them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from app.components import problem

SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
"""Functions `tell` and `heard`, to stand before a component's own script."""
_ACTS = "acts"


@dataclass(slots=True)
class Acts:
    """Who carries out which acts in this session, and the number of the last that was."""

    session: str = field(default_factory=lambda: secrets.token_hex(8))
    done: float = 0
    ways: dict[str, Callable[[Any], object]] = field(default_factory=dict)

    def hear(self, told: Mapping[str, Any]) -> None:
        """Carry out what is new of it. What was told to an earlier session is none of ours."""
        if told.get("session") != self.session:
            return
        for act in sorted(told.get("acts", ()), key=lambda act: float(act["number"])):
            if act["number"] > self.done:
                self.done = act["number"]
                way = self.ways.get(act["to"])
                if way is not None:
                    way(act["wish"])


def told(key: str, carry_out: Callable[[Any], object], data: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a component whose acts under `key` are to be carried out like that."""
    acts: Acts = st.session_state.setdefault(_ACTS, Acts())
    acts.ways[key] = problem.safe(carry_out)

    def acted() -> None:
        wish = (st.session_state.get(key) or {}).get("act")  # the component may be gone by now
        if wish:
            acts.hear(wish)

    known = {"session": acts.session, "done": acts.done}
    return {"key": key, "data": {**data, "acts": known, "to": key},
            "on_act_change": problem.safe(acted)}
