"""The left side of the Dashboard: the file, the picture, and the looks as cards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components import problem
from app.components.binding import bound_choice
from app.components.cards import Card, cards
from app.components.dashboard import open_files
from app.components.viewer import View, viewer
from app.desk import Desk
from app.draft import layer_of
from app.facts import distinct_labels, facts_of, took
from app.press import Drawing, Press
from app.studio import ACTUAL, Studio
from core.compiling import on_compiling
from core.errors import BrushreelError
from core.recipe import Recipe
from core.viewing import PREVIEW, FrameStrip
from stylizers import STYLES

LOOKS = tuple(name for name in STYLES if name != "identity")


def header(desk: Desk, trials: Callable[[], None]) -> None:
    """Which file, what can be tried with it, and steps back and forth."""
    draft = desk.draft
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = distinct_labels([path.name for path in draft.sources])
        if len(names) > 1:
            st.selectbox("File", range(len(names)), format_func=names.__getitem__,
                         label_visibility="collapsed", width=320,
                         **bound_choice("source", draft.shown, range(len(names)), desk.look_at))
        else:
            st.text(names[0], width="content")
        if st.button("Open…", key="open", help="Add videos"):
            open_files.show_dialog(desk)
        st.button("Close", key="close", help="Take this file off the Dashboard; it stays on disk",
                  on_click=problem.safe(desk.close_source))
        st.space("stretch")
        trials()
        st.button("Undo", key="undo", on_click=problem.safe(desk.undo),
                  disabled=not desk.history.past, icon=":material/undo:")
        st.button("Redo", key="redo", on_click=problem.safe(desk.redo),
                  disabled=not desk.history.future, icon=":material/redo:")


def stage(desk: Desk, studio: Studio) -> None:
    """The picture at the playhead, before and after."""
    draft = desk.draft
    assert draft.source is not None
    try:
        strip = studio.strip(draft.source)
    except BrushreelError as error:
        problem.show(error)
        return
    number = min(draft.number, len(strip) - 1)
    side = ACTUAL if desk.actual else PREVIEW
    waiting = st.empty()
    with problem.shown():
        before = studio.source(draft.source, number, side)
        view = View(before.address, "", before.width, before.height, number, len(strip),
                    _rate(strip), float(strip.time_of(number)), "", actual=desk.actual)
        after, refusal = None, None
        if draft.recipe is not None:
            waiting.html('<div class="drawing" role="status">Drawing …</div>')
            try:
                with on_compiling(_telling(waiting)):
                    after = studio.styled(draft.source, number, draft.recipe, side)
            except BrushreelError as error:
                refusal = error
        waiting.empty()
        if after is not None and draft.recipe is not None:
            view = replace(view, after=after.address, note=took(after.milliseconds),
                           name=draft.recipe.name().replace("+", " + "))
        problem.show(refusal)
        viewer(view, desk.act)
        st.caption(" · ".join(facts_of(strip.metadata)))


def _telling(place: DeltaGenerator) -> Callable[[], None]:
    """Says in that place what is waited for; cards being drawn in another thread say nothing."""
    here = threading.get_ident()

    def tell() -> None:
        if threading.get_ident() == here:
            place.caption("Preparing this look for this machine; only the first time …")

    return tell


def _rate(strip: FrameStrip) -> float:
    """Pictures a second on average, so that the clock of the scrubber is right at both ends."""
    last = strip.time_of(len(strip) - 1) - strip.time_of(0)
    return float((len(strip) - 1) / last) if last else float(strip.metadata.rate)


def looks(desk: Desk, press: Press) -> None:
    """Every look on the user's own frame."""
    draft = desk.draft
    chosen = {take[0].style: take for take in reversed(draft.takes)}
    if draft.take:
        chosen[draft.take[0].style] = draft.take
    found = []
    for look in LOOKS:
        drawing = Drawing("", "")
        with problem.quiet():
            assert draft.source is not None
            layers = chosen.get(look) or (layer_of(look),)
            drawing = press.ask(draft.source, draft.number, Recipe(layers=layers))
        found.append(Card(look, look.capitalize(), STYLES[look].summary, drawing.address,
                          drawing.token, chosen=look in chosen,
                          active=bool(draft.take) and draft.take[0].style == look))
    cards(found, desk.pick_look, "looks", label="Looks")
