"""Jobs as rows: their state, how far they are, and the buttons that are of use now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from app.components import problem
from app.queue import Row

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_jobs", html='<ul class="jobs" role="listbox"></ul>',
    css=(_HERE / "job_list.css").read_text(encoding="utf-8"),
    js=(_HERE / "job_list.js").read_text(encoding="utf-8"))


def job_list(rows: Sequence[Row], chosen: int | None, act: Callable[[dict[str, Any]], None],
             key: str, *, label: str) -> None:
    """Calls `act` with {"kind": "choose", "id": 3}, or another kind for its buttons."""
    def acted() -> None:
        wish = (st.session_state.get(key) or {}).get("act")
        if wish:
            act(dict(wish))

    _component(key=key, data={"rows": tuple(asdict(row) for row in rows), "chosen": chosen,
                              "label": label}, on_act_change=problem.safe(acted))
