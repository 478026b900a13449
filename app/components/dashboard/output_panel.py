"""How the result is written, whether it can be, and the way into the queue."""

from __future__ import annotations

from functools import partial
from typing import get_args

import streamlit as st

from app import ordering
from app.components import problem
from app.components.binding import bound, bound_choice, bound_number, chosen
from app.components.parameter_form import words
from app.components.text import plain
from app.desk import Desk
from app.draft import Draft
from core.errors import BrushreelError
from core.io.codecs import CODECS, USUAL_CRF
from core.jobs import JobStore
from core.naming import TEMPLATE
from core.recipe import QUALITIES, Output
from core.temporal import Temporal

_FINDINGS = "findings"
_QUALITY_HELP = {
    "speed": "Fast encoding; pictures above 1080p are drawn at 1080p.",
    "balanced": "Good encoding; pictures above 4K are drawn at 4K.",
    "quality": "Best encoding, drawn at full size."}


def output_panel(desk: Desk) -> None:
    draft, output = desk.draft, desk.draft.output
    st.segmented_control("Quality", list(QUALITIES), format_func=words,
                         **bound("out.quality", draft.quality,
                                 chosen(lambda value: desk.set("quality", value)), "default"))
    st.caption(_QUALITY_HELP[draft.quality])
    _steadiness(desk)
    codecs = ["auto", *CODECS]
    st.selectbox("Codec", codecs, format_func=words,
                 **bound_choice("out.codec", output.codec, codecs,
                                lambda value: desk.set_output("codec", value)))
    if output.codec == "auto" or CODECS[output.codec].crf:
        st.slider("Quality of the encoding", 0, 51,
                  help="On the x264 scale: lower is better and larger.",
                  **bound("out.crf", USUAL_CRF[draft.quality] if output.crf is None else output.crf,
                          lambda value: desk.set_output("crf", value)))
    _chosen("Container", "container", output.container, desk,
            help_="Empty means the source's own where the codec goes into it.")
    sounds = _choices("audio")
    st.selectbox("Sound", sounds, format_func=words,
                 **bound_choice("out.audio", output.audio, sounds,
                                lambda value: desk.set_output("audio", value)))
    st.text_input("Folder", placeholder="outputs, beside the video",
                  help="A path that does not begin at a drive or at / is taken from the folder of "
                       "the video shown.",
                  **bound("out.folder", str(draft.folder or ""), desk.set_folder))
    st.text_input("Name", help="{stem} is what the video is called, {style} the look, "
                               "{quality} the quality. A number is added where a name is taken.",
                  **bound("out.name", draft.name,
                          lambda value: desk.set("name", value.strip() or TEMPLATE)))
    _range(desk)
    st.toggle("Measure the result",
              help="Edges, sharpness and steadiness at a few moments, once the video is there. "
                   "Analytics and the Style Lab show them. It takes up to a fifth longer.",
              **bound("out.metrics", draft.metrics is not None,
                      lambda on: desk.set("metrics", 0 if on else None)))


def _steadiness(desk: Desk) -> None:
    now = desk.draft.temporal or Temporal(mode=QUALITIES[desk.draft.quality].temporal)
    modes = {"off": "Off", "ema": "Light", "flow": "Full"}
    st.segmented_control(
        "Flicker removal", list(modes), format_func=modes.__getitem__,
        help="Full follows the motion in the picture; light only steadies what stands still.",
        **bound("out.temporal", now.mode,
                chosen(lambda value: desk.set_temporal(mode=value)), "default"))
    st.slider("Take out pulsing", 0.0, 1.0, step=0.05,
              help=Temporal.model_fields["deflicker"].description,
              **bound("out.deflicker", now.deflicker,
                      lambda value: desk.set_temporal(deflicker=value)))
    holds = {1: "Every frame", 2: "On twos", 3: "On threes"}
    st.segmented_control("Drawn", list(holds), format_func=holds.__getitem__,
                         help="On twos, as in animation by hand, a drawing stands for two frames.",
                         **bound("out.hold", desk.draft.hold,
                                 chosen(lambda value: desk.set("hold", value)), "default"))


def _range(desk: Desk) -> None:
    first, last = st.columns(2)
    for column, label, name in ((first, "From second", "start"), (last, "To second", "end")):
        column.number_input(label, min_value=0.0, step=1.0, format="%.2f", placeholder="all",
                            **bound_number(f"out.{name}", getattr(desk.draft, name),
                                           partial(desk.set, name)))


def queue_bar(desk: Desk, store: JobStore) -> None:
    """What would be queued, checked on request, and queued."""
    draft = desk.draft
    count = len(draft.sources) * len(draft.takes)
    _editing(desk, store)
    with st.container(horizontal=True, key="queue-bar"):
        check = st.button("Check", key="check", disabled=not count,
                          help="Whether it can be rendered, and what it will take")
        add = st.button(f"Add {count} jobs to the queue" if count > 1 else "Add to the queue",
                        key="add", type="primary", disabled=not count, width="stretch")
    if check:
        with st.spinner("Checking …"):
            st.session_state[_FINDINGS] = draft, ordering.checked(draft, store)
    if add:
        with st.spinner("Adding …"):
            jobs, errors = ordering.queued(draft, store)
        if jobs:
            st.toast(plain(ordering.sentence(jobs)), icon=":material/check:")
        st.session_state[_FINDINGS] = draft, [ordering.Checked(None, error=error)
                                              for error in errors]
    _findings(draft)


def _editing(desk: Desk, store: JobStore) -> None:
    """Changes to a job that waits go back to it."""
    if desk.editing is None:
        return
    with st.container(horizontal=True):
        if st.button(f"Save changes to job {desk.editing}", key="save-job"):
            try:
                job = ordering.changed(desk.draft, store, desk.editing)
            except BrushreelError as error:
                problem.show(error)
            else:
                desk.editing = None
                st.toast(plain(f"{job.title} is changed."), icon=":material/check:")
        st.button("Leave it as it was", key="leave-job",
                  on_click=problem.safe(desk.stop_editing))


def _findings(draft: Draft) -> None:
    """What checking or adding found, for as long as it holds."""
    of, found = st.session_state.get(_FINDINGS, (None, ()))
    if of is None or of.with_(number=draft.number) != draft:
        return
    for one in found:
        if one.target is not None:
            st.text(one.target.name)
        problem.show(one.error)
        for sentence in one.said:
            st.caption(plain(sentence))


def _choices(name: str) -> list[str]:
    return [choice for choice in get_args(Output.model_fields[name].annotation)
            if isinstance(choice, str)]


def _chosen(label: str, name: str, value: str | None, desk: Desk, help_: str) -> None:
    kinds = ["", *(kind for part in get_args(Output.model_fields[name].annotation)
                   for kind in get_args(part))]
    st.selectbox(label, kinds, format_func=lambda kind: kind or "as the source", help=help_,
                 **bound_choice(f"out.{name}", value or "", kinds,
                                lambda kind: desk.set_output(name, kind or None)))
