"""Dialogs that try the draft before it is rendered: some seconds of it, and the contact sheet."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from app import previewing
from app.components import problem
from app.components.cards import Card, cards
from app.components.player import Footage as Shown
from app.components.player import player
from app.components.text import plain
from app.components.ticker import tick
from app.contact import FRAMES, Cell, ContactSheet
from app.desk import Desk
from app.facts import clock, rate, size
from app.footage import Footage, rate_of
from app.press import Press
from app.studio import Studio
from core.errors import BrushreelError, JobError
from core.jobs import ENDED, JobStore

_SHEET = "contact.shown"


def buttons(desk: Desk, studio: Studio, store: JobStore, footage: Footage, press: Press) -> None:
    ready = bool(desk.draft.take)
    if st.button("Preview", key="preview", disabled=not ready, icon=":material/movie:",
                 help="Some seconds from here on, rendered and beside the source"):
        preview_dialog(desk, studio, store, footage)
    if st.button("Contact sheet", key="contact-sheet", disabled=not ready,
                 icon=":material/grid_view:",
                 help="The chosen looks at every quality, measured on this machine"):
        contact_dialog(desk, studio, press)


@st.dialog("Preview", width="large", on_dismiss="rerun")
@problem.part("preview")
def preview_dialog(desk: Desk, studio: Studio, store: JobStore, footage: Footage) -> None:
    seconds = st.segmented_control("Seconds", [5, 7, 10], default=5, key="preview.seconds") or 5
    with problem.shown():
        draft = desk.draft
        assert draft.source is not None
        strip = studio.strip(draft.source)
        length = strip.time_of(len(strip) - 1) + 1 / strip.metadata.rate
        found = previewing.begun(draft, store, strip.time_of(draft.number), seconds, length)
        _watch(found, store, footage)


def _watch(found: previewing.Preview, store: JobStore, footage: Footage) -> None:
    if found.ready:
        previewing.tidied(found, store)
        _play(found, footage)
        return
    job = previewing.job_of(found, store)
    if job is None:
        raise JobError("The preview was taken out of the queue.", "Close this and try again.")
    if job.state in ENDED:
        raise JobError(job.message or f"The preview was {job.state}.",
                       job.hint or "Close this and try again.")
    progress = job.progress
    words = (f"{progress.frames} of {progress.total} frames" if job.active and progress.total else
             "It is starting" if job.active else
             "It comes next" if store.worker().alive else
             "No worker is running; the Batch Queue starts one")
    st.progress(progress.share, text=words)
    tick(0.7, "preview.tick")


def _play(found: previewing.Preview, footage: Footage) -> None:
    source, drawn = footage.of(found.source), footage.of(found.path)
    problem.show(source.error or drawn.error)
    if source.address and drawn.address:
        name = "Source (proxy)" if source.proxy else "Source"
        player(Shown(source.address, name, drawn.address, "Drawing", rate_of(
            footage.probed(found.source)), found.start, found.end - found.start),
            "preview.player", low=True)
    elif source.error is None:
        st.progress(source.share, text="Making a proxy of the source that the browser can play")
        tick(0.7, "preview.tick")


def _closed() -> None:
    """What is measured is kept for the next time; what is not is not worth the machine's time."""
    sheet: ContactSheet | None = st.session_state.get(_SHEET)
    if sheet is not None:
        sheet.close()


@st.dialog("Contact sheet", width="large", on_dismiss=problem.safe(_closed))
@problem.part("contact sheet")
def contact_dialog(desk: Desk, studio: Studio, press: Press) -> None:
    st.caption(f"Each is measured with {FRAMES} frames from the playhead on, for the whole video. "
               "Click one to use it.")
    with problem.shown():
        draft = desk.draft
        assert draft.source is not None
        strip = studio.strip(draft.source)
        start = min(strip.time_of(draft.number), max(
            strip.time_of(len(strip) - 1) - FRAMES / strip.metadata.rate, Fraction(0)))
        recipes = [draft.recipe_of(take) for take in draft.takes]
        sheet: ContactSheet | None = st.session_state.get(_SHEET)
        if sheet is None or not sheet.serves(draft.source, recipes, start):
            if sheet is not None:
                sheet.close()
            sheet = st.session_state[_SHEET] = ContactSheet(
                draft.source, recipes, start, strip.time_of(len(strip) - 1), strip.metadata.rate)
        _cells(sheet, desk, press)
        if not sheet.done:
            tick(0.8, "contact.tick")


def _cells(sheet: ContactSheet, desk: Desk, press: Press) -> None:
    draft = desk.draft
    assert draft.source is not None
    shown = []
    for place, cell in enumerate(sheet.cells):
        try:
            drawing = press.ask(draft.source, draft.number, cell.recipe)
        except BrushreelError as error:
            problem.show(error)
            return
        shown.append(Card(str(place), f"{cell.recipe.name()} · {cell.recipe.preset}",
                          _words(cell), drawing.address, drawing.token, note=_words(cell)))

    def pick(name: str) -> None:
        cell = sheet.cells[int(name)]
        desk.pick_take(cell.take)
        desk.set("quality", cell.recipe.preset)
        st.session_state["contact.picked"] = True

    cards(shown, pick, "contact.cards", label="Contact sheet", wide=False)
    if st.session_state.pop("contact.picked", False):
        sheet.close()
        st.rerun()


def _words(cell: Cell) -> str:
    if cell.error:
        return plain(cell.error)
    if cell.fps is None or cell.size is None or cell.seconds is None:
        return "measuring …"
    return f"{rate(Fraction(round(cell.fps, 1)).limit_denominator(10))} fps · " \
           f"{size(cell.size)} · {clock(cell.seconds)}"
