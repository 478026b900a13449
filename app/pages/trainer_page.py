"""Trainer: a painting, or approved pairs, become a look of one's own."""

from __future__ import annotations

import streamlit as st

from app import training
from app.components import problem
from app.components.slots import slot
from app.components.still import still
from app.components.text import plain
from app.components.trainer.curves import curves
from app.components.trainer.fine_tune import fine_tune
from app.components.trainer.verdict import verdict
from app.facts import clock, size
from app.queue import Counter
from app.serving import feedback, jobs, pictures
from core.errors import BrushreelError
from core.jobs import Event, Job, State
from core.models import ModelRegistry

_PROBLEM, _CHOSEN = "trainer.problem", "training"
if "trainer.counter" not in st.session_state:
    st.session_state["trainer.counter"] = Counter(jobs())
counter: Counter = st.session_state["trainer.counter"]


def page() -> None:
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        new, approved = st.tabs(["A new look", "Learn from what I approve"])
        with new:
            _ask()
        with approved:
            job = fine_tune(jobs(), feedback())
            if job is not None:
                _forget_problems()
                st.session_state[_CHOSEN] = job.id
                st.rerun()
        _registry()
    with right, problem.shown():
        found = training.trainings(jobs())
        if not found:
            st.subheader("No training yet")
            st.caption("A network learns the strokes and colors of one painting from a folder of "
                       "photographs, or a look from pairs of pictures before and after. It then "
                       "draws whole videos as a preset of the look neural.")
            return
        number = st.selectbox("Training", [job.id for job in found], key=_CHOSEN,
                              format_func=training.labels(found).__getitem__,
                              on_change=problem.safe(_forget_problems))
        with slot("training", number):
            _watch(number)


def _forget_problems() -> None:
    """They were about another training."""
    counter.problem = st.session_state[_PROBLEM] = None


def _ask() -> None:
    st.caption("From a painting and photographs, or from pairs of pictures.")
    if not training.ready():
        st.caption("Training needs torch, about 1 GB, which is not installed. Run once in a "
                   "terminal: ./run.sh models fetch-backbones")
    with st.form("train", border=False, enter_to_submit=False):
        name = st.text_input("Name", placeholder="rainy-night")
        painting = st.text_input("Painting", placeholder="Path of a picture; empty for pairs")
        data = st.text_input("Folder", placeholder="Photographs and clips, or pairs/ inside")
        recipe = st.selectbox("Settings", ["", *training.recipes()],
                              format_func=lambda one: one or "usual")
        epochs = st.number_input("Epochs", 1, 1000, value=None, placeholder="as the settings say")
        start = st.form_submit_button("Start", type="primary", disabled=not training.ready())
    if start:
        try:
            job = training.ordered(
                jobs(), name=name, data=data, painting=painting, recipe=recipe,
                changes={} if epochs is None else {"epochs": int(epochs)})
        except BrushreelError as error:
            problem.show(error)
        else:
            _forget_problems()
            st.session_state[_CHOSEN] = job.id
            st.toast("The training is in the queue.", icon=":material/check:")
            st.rerun()


@st.fragment(run_every=2.0)
@problem.part("training")
def _watch(number: int) -> None:
    job = jobs().get(number)
    progress = job.progress
    words = [str(job.state), f"{progress.frames} of {progress.total} steps"
             if progress.total else "", f"{clock(progress.eta_seconds)} left"
             if job.active and progress.eta_seconds is not None else ""]
    st.progress(1.0 if job.state in (State.DONE, State.DONE_WITH_WARNINGS) else progress.share,
                text=plain(" · ".join(filter(None, words))))
    if job.kind == "train" and (style := job.result.get("style")):
        st.text(f"{style} can be used on the Dashboard.")
    if job.message:
        st.text(f"{job.message} {job.hint}")
    for warning in job.warnings:
        st.caption(f":material/warning: {plain(warning)}")
    _buttons(job)
    problem.show(counter.problem)
    problem.show(st.session_state.get(_PROBLEM))
    if job.kind == "finetune" and job.result:
        verdict(job, ModelRegistry(), _change)
    table = training.losses(job)
    if table is not None:
        curves(table, f"curves.{job.id}")
    samples = training.sheet(job)
    if samples is not None:
        still(pictures().put(samples.read_bytes()), "Samples: pictures above their drawings",
              f"samples.{job.id}")


def _buttons(job: Job) -> None:
    with st.container(horizontal=True):
        for label, kind, event in (("Pause", "pause", Event.PAUSE),
                                   ("Go on", "resume", Event.RESUME),
                                   ("Try again", "retry", Event.RETRY),
                                   ("Stop", "cancel", Event.CANCEL)):
            if event in job.possible:
                st.button(label, key=f"train.{kind}.{job.id}", on_click=problem.safe(counter.act),
                          args=(kind, job.id))


def _registry() -> None:
    """Installed networks, with every version there is."""
    st.subheader("Models")
    registry = ModelRegistry()
    with problem.shown():
        known = registry.models()
        if not known:
            st.caption("None is installed yet.")
        for name, model in known.items():
            label = f"{name} · {'shipped' if model.shipped else f'version {model.card.version}'}"
            with st.expander(plain(label)):
                st.text(model.card.about or "No description.")
                st.caption(plain(f"{size(model.card.size)} · "
                                 f"{model.card.license or 'no license stated'}"))
                _versions(registry, name)
        for name, error in registry.broken().items():
            st.text(name)
            problem.show(error)


def _versions(registry: ModelRegistry, name: str) -> None:
    known, current = registry.versions(name), registry.model(name)
    if len(known) == 1 and current.shipped:
        return
    for version in known:
        number = version.version
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "Shipped" if version.shipped else f"Version {number}"
            st.text(f"{label}{' (current)' if version.path == current.path else ''}")
            st.space("stretch")
            if version.path != current.path:
                st.button("Make current", key=f"back.{name}.{number}",
                          on_click=problem.safe(_change), args=("rollback", name, number))
            if not version.shipped:
                st.button("Remove", key=f"remove.{name}.{number}", on_click=problem.safe(_change),
                          args=("remove", name, number))


def _change(what: str, name: str, number: int) -> None:
    st.session_state[_PROBLEM] = None
    registry = ModelRegistry()
    try:
        (registry.rollback if what == "rollback" else registry.remove)(name, number)
    except BrushreelError as error:
        st.session_state[_PROBLEM] = error


page()
