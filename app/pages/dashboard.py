"""Dashboard: files, looks, the picture as it will be, and into the queue."""

from __future__ import annotations

import streamlit as st

from app.components import problem
from app.components.dashboard import look_panel, open_files, output_panel, picture, trials
from app.components.slots import slot
from app.desk import Desk
from app.serving import draft_file, footage, jobs, library, press, studio

if "desk" not in st.session_state:
    st.session_state["desk"] = Desk(draft_file(), library())
desk: Desk = st.session_state["desk"]
if "reuse" in st.session_state:
    with problem.shown():
        desk.reuse(jobs().get(st.session_state.pop("reuse")))


@st.fragment
@problem.part("dashboard")
def body() -> None:
    """The first page for as long as no video is open, which any action may bring about."""
    empty = desk.draft.source is None
    with slot("dashboard", empty):
        if empty:
            open_files.welcome(desk)
        else:
            editor()


def editor() -> None:
    left, right = st.columns([3.2, 1], gap="small")
    with left:
        picture.header(desk, lambda: trials.buttons(desk, studio(), jobs(), footage(), press()))
        problem.show(desk.problem)
        picture.stage(desk, studio())
        picture.looks(desk, press())
    with right.container(key="panel"):
        look, output = st.tabs(["Look", "Output"])
        with look, slot("look", None if desk.layer is None else desk.layer.style):
            look_panel.look_panel(desk, press())
        with output:
            output_panel.output_panel(desk)
        output_panel.queue_bar(desk, jobs())


body()
