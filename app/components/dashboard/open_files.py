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

_FOLDER, _DROPS, _OPENED = "open.folder", "open.drops", "open.opened"


def welcome(desk: Desk) -> None:
    """The first thing anybody sees."""
    _, middle, _ = st.columns([1, 1.6, 1])
    with middle:
        st.header("Choose a video")
        st.caption("It stays where it is, and nothing leaves this computer.")
        with st.container(horizontal=True):
            if st.button("Try the sample clip", key="sample"):
                with st.spinner("Making the sample clip, ten seconds with sound …"):
                    desk.open_sample()
                st.rerun()
            if desk.history.future:
                st.button("Redo", key="redo", on_click=problem.safe(desk.redo),
                          icon=":material/redo:", help="Bring back what was undone")
        _choose(desk)


def show_dialog(desk: Desk) -> None:
    """What went wrong before is not said in it."""
    desk.problem = None
    st.session_state.pop(_OPENED, None)

    def closed() -> None:
        desk.problem = None

    @st.dialog("Open videos", width="large", on_dismiss=problem.safe(closed))
    @problem.part("open")
    def dialog() -> None:
        if st.session_state.pop(_OPENED, False):
            st.rerun()  # which closes it
        _choose(desk)

    dialog()


def _choose(desk: Desk) -> None:
    """The fields act in callbacks, so that the page is drawn once, as it is afterwards."""
    problem.show(desk.problem)

    def open_path() -> None:
        text = st.session_state["open.path"]
        if text:
            st.session_state[_OPENED] = desk.open_typed(text)

    st.text_input("Path of a video or a folder", key="open.path",
                  placeholder="Paste a path and press Enter", on_change=problem.safe(open_path))
    _drop(desk)
    _browser(desk)


def _drop(desk: Desk) -> None:
    """Under another key once they are kept, as what was sent stays in memory as long as this."""
    turn = st.session_state.get(_DROPS, 0)
    key = f"open.drop.{turn}"

    def open_dropped() -> None:
        given = st.session_state[key]
        if given:
            st.session_state[_DROPS] = turn + 1
            st.session_state[_OPENED] = desk.open_dropped(
                {one.name: one.getvalue() for one in given})
            with suppress(BrushreelError):  # the queue is out of reach: at the next start
                dropped.trim(jobs(), desk.history.drafts)

    st.file_uploader("Or drop small videos", accept_multiple_files=True, key=key,
                     type=sorted(suffix[1:] for suffix in VIDEOS),
                     on_change=problem.safe(open_dropped),
                     help=plain(f"Copies are kept in {dropped.folder()}. Open larger ones "
                                "by their path, and they stay where they are."))


def _browser(desk: Desk) -> None:
    folder = st.session_state.get(_FOLDER) or _beginning(desk)

    def enter(chosen: Path) -> None:
        st.session_state[_FOLDER] = chosen

    def take(chosen: list[Path]) -> None:
        if chosen:
            st.session_state[_OPENED] = desk.open(chosen)

    with problem.shown():
        files(listing(folder), enter, take)


def _beginning(desk: Desk) -> Path:
    """Beside the file that is open, else where videos usually are."""
    if desk.draft.source is not None:
        return desk.draft.source.parent
    usual = places()
    return usual.get("Videos") or usual.get("Movies") or Path.home()
