"""Asking for a network to be taught what was approved; offered only once that is wanted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import training
from app.components import problem
from app.facts import counted
from core import settings
from core.errors import BrushreelError
from core.jobs import Job, JobStore
from core.models import ModelRegistry
from feedback.store import FeedbackStore


def fine_tune(store: JobStore, feedback: FeedbackStore) -> Job | None:
    """The job that was asked for just now."""
    wanted = st.toggle("Offer fine-tuning", value=settings.load().fine_tuning,
                       on_change=problem.safe(_switch), key="tune.offered",
                       help="Nothing is trained unless you start it here")
    problem.show(st.session_state.get("tune.problem"))
    if not wanted:
        st.caption("A network can learn from the renders that you approve or rate with four stars "
                   "or more. It takes over only if it is better on pictures it has not seen.")
        return None
    try:
        renders = training.approved_renders(feedback.records())
    except BrushreelError as error:
        problem.show(error)
        return None
    st.caption(f"{counted(renders, 'render')} approved so far." if renders else
               "Nothing is approved yet: do that in the Style Lab first.")
    return _form(store, ready=bool(renders) and training.ready())


def _form(store: JobStore, *, ready: bool) -> Job | None:
    names = list(ModelRegistry().models())
    with st.form("tune", border=False, enter_to_submit=False):
        model = st.selectbox("Network", names, key="tune.model")
        videos = st.text_input("Folder of the videos", value=training.usual_folder(store),
                               key="tune.videos", placeholder="Where what you approved was made of")
        epochs = st.number_input("Epochs", 1, 100, value=3, key="tune.epochs",
                                 help="100 steps each")
        start = st.form_submit_button("Fine-tune", disabled=not (ready and names))
    if start and model:
        try:
            job = training.tuning_ordered(store, model=model, videos=videos, epochs=int(epochs))
        except BrushreelError as error:
            problem.show(error)
        else:
            st.toast("The fine-tuning is in the queue.", icon=":material/check:")
            return job
    return None


def _switch() -> None:
    state: Any = st.session_state
    state["tune.problem"] = None
    try:
        settings.save(settings.load().model_copy(update={"fine_tuning": state["tune.offered"]}))
    except BrushreelError as error:
        state["tune.problem"] = error
