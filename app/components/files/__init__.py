"""A browser of local folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from app.browse import Listing, places
from app.components import problem
from app.facts import size

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "brushreel_files", html=(_HERE / "files.html").read_text(encoding="utf-8"),
    css=(_HERE / "files.css").read_text(encoding="utf-8"),
    js=(_HERE / "files.js").read_text(encoding="utf-8"))


def files(shown: Listing, enter: Callable[[Path], None], take: Callable[[list[Path]], None],
          key: str = "files") -> None:
    """Calls `enter` with a folder gone into, `take` with the files chosen."""
    by_name = {entry.name: entry for entry in shown.entries}
    beginnings = places()

    def acted() -> None:
        wish = dict((st.session_state.get(key) or {}).get("act") or {})
        names = [str(name) for name in wish.get("names", ())]
        if wish.get("kind") == "up":
            enter(shown.folder.parent)
        elif wish.get("kind") == "place" and wish.get("name") in beginnings:
            enter(beginnings[wish["name"]])
        elif wish.get("kind") == "enter" and names and names[0] in by_name:
            enter(by_name[names[0]].path)
        elif wish.get("kind") == "take":
            take([by_name[name].path for name in names if name in by_name])

    _component(key=key, data=_data(shown, list(beginnings)), on_act_change=problem.safe(acted))


def _data(shown: Listing, beginnings: list[str]) -> dict[str, Any]:
    """With tuples, as Streamlit loads pandas to see whether a list is a table."""
    return {"folder": str(shown.folder), "root": shown.folder == shown.folder.parent,
            "places": tuple(beginnings), "left_out": shown.left_out,
            "entries": tuple({"name": entry.name, "folder": entry.folder,
                              "size": "" if entry.folder else size(entry.size)}
                             for entry in shown.entries)}
