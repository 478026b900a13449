"""Choosing videos: by path, from local folders, or the sample clip."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import streamlit as st

from app import dropped
from app.browse import VIDEOS, listing, places
from app.components import problem
from app.components.files import files
from app.components.text import plain
from app.desk import Desk
from app.serving import jobs
from core.errors import BrushreelError

_FOLDER, _DROPS = "open.folder", "open.drops"


def welcome(desk: Desk) -> None:
    """The first thing anybody sees."""
    _, middle, _ = st.columns([1, 1.6, 1])
    with middle:
        st.header("Choose a video")
        st.caption("It stays where it is, and nothing leaves this computer.")
        if st.button("Try the sample clip", key="sample"):
            with st.spinner("Making the sample clip, ten seconds with sound …"):
                desk.open_sample()
            st.rerun()
        _choose(desk)


@st.dialog("Open videos", width="large")
def dialog(desk: Desk) -> None:
    _choose(desk)


def _choose(desk: Desk) -> None:
    problem.show(desk.problem)
    text = st.text_input("Path of a video or a folder", key="open.path",
                         placeholder="Paste a path and press Enter")
    if text and text != st.session_state.get("open.tried"):
        st.session_state["open.tried"] = text
        if desk.open_typed(text):
            st.session_state["open.done"] = True
        st.rerun()
    _drop(desk)
    _browser(desk)
    if st.session_state.pop("open.done", False):
        st.rerun()


def _drop(desk: Desk) -> None:
    """Under another key once they are kept, as what was sent stays in memory as long as this."""
    turn = st.session_state.get(_DROPS, 0)
    given = st.file_uploader("Or drop small videos", accept_multiple_files=True,
                             type=sorted(suffix[1:] for suffix in VIDEOS), key=f"open.drop.{turn}",
                             help=plain(f"Copies are kept in {dropped.folder()}. Open larger ones "
                                        "by their path, and they stay where they are."))
    if given:
        st.session_state[_DROPS] = turn + 1
        if desk.open_dropped({one.name: one.getvalue() for one in given}):
            st.session_state["open.done"] = True
        with suppress(BrushreelError):  # the queue is out of reach: at the next start
            dropped.trim(jobs(), desk.history.drafts)
        st.rerun()


def _browser(desk: Desk) -> None:
    folder = st.session_state.get(_FOLDER) or _beginning(desk)

    def enter(chosen: Path) -> None:
        st.session_state[_FOLDER] = chosen

    def take(chosen: list[Path]) -> None:
        if chosen and desk.open(chosen):
            st.session_state["open.done"] = True

    with problem.shown():
        files(listing(folder), enter, take)


def _beginning(desk: Desk) -> Path:
    """Beside the file that is open, else where videos usually are."""
    if desk.draft.source is not None:
        return desk.draft.source.parent
    usual = places()
    return usual.get("Videos") or usual.get("Movies") or Path.home()
