"""Having the worker look for the settings of a look that suit a clip, or one's taste."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from app import taste, tuning
from app.components import problem
from app.components.chart import ACCENT, STILL, chart, laid_out
from app.components.still import still
from app.components.text import plain
from app.components.ticker import tick
from app.facts import clock
from app.lab import Result
from app.queue import Counter
from app.serving import pictures
from app.taste import Tastes
from app.tuning import Search
from core.errors import BrushreelError, JobError
from core.jobs import ENDED, Event, Job, JobStore

if TYPE_CHECKING:
    import plotly.graph_objects as go

_WORDS = {"metrics": "Figures", "preference": "What I like", "both": "Both"}
_ABOUT = {"metrics": "Keeps edges and lies still; knows nothing of taste.",
          "preference": "What your votes and stars on this look tell.",
          "both": "Figures and what you like, added up."}
_PROBLEM = "lab.tune.problem"


def tuning_panel(found: Sequence[Result], tastes: Tastes, store: JobStore, counter: Counter
                 ) -> None:
    looks, clips = taste.tunable(), list(dict.fromkeys(result.source for result in found))
    usual = found[0].style if found[0].style in looks else looks[0]
    clip = st.selectbox("Clip", clips, format_func=lambda path: path.name, key="lab.tune.clip")
    look = st.selectbox("Look", looks, index=looks.index(usual), key="lab.tune.look")
    objective = st.segmented_control("Goal", list(_WORDS), default="metrics", required=True,
                                     format_func=_WORDS.__getitem__, key="lab.tune.objective",
                                     width="stretch") or "metrics"
    st.caption(_ABOUT[objective])
    ready = objective == "metrics" or _enough(look, tastes)
    trials = st.slider("Trials at most", 10, 200, 40, step=10, key="lab.tune.trials")
    name = st.text_input("Keep as preset", key="lab.tune.name",
                         placeholder="Named after the clip")
    if st.button("Tune", key="lab.tune.start", type="primary", width="stretch",
                 disabled=not ready):
        st.session_state[_PROBLEM] = None
        try:
            tuning.ordered(store, clip, look, objective, trials, name)
            st.toast("The search is in the queue.", icon=":material/check:")
        except BrushreelError as error:
            st.session_state[_PROBLEM] = error
    problem.show(st.session_state.get(_PROBLEM))
    known = tuning.tunings(store)
    if known:
        lively = any(job.state not in ENDED for job in known)
        st.fragment(_watch, run_every=1.5 if lively else None)(store, counter, lively)


def _enough(look: str, tastes: Tastes) -> bool:
    known = tastes.of(look)
    if known is None:
        st.caption("Learning from what you said …")
        tick(0.5, "lab.tune.tick")
        return False
    st.caption(plain(known.words))
    if not known.evidence.enough:
        st.caption("Vote on more pairs of this look under Blind vote.")
    return known.evidence.enough


@problem.part("tuning")
def _watch(store: JobStore, counter: Counter, lively: bool) -> None:
    known = tuning.tunings(store)
    for job in known:
        with st.container(border=True, gap="small"):
            _one(job, store, counter)
    problem.show(counter.problem)
    if lively != any(job.state not in ENDED for job in known):
        st.rerun()


def _one(job: Job, store: JobStore, counter: Counter) -> None:
    st.text(job.title)
    found, progress = tuning.search_of(job), job.progress
    if job.state not in ENDED:
        words = [f"{progress.frames} of {progress.total} trials" if progress.total else
                 str(job.state), f"{clock(progress.eta_seconds)} left"
                 if job.active and progress.eta_seconds is not None else ""]
        st.progress(progress.share, text=plain(" · ".join(filter(None, words))))
    if job.message:
        problem.show(JobError(job.message, job.hint))
    if found is not None:
        st.caption(plain(found.words))
        if found.best:
            st.caption(plain(found.settings))
        chart(_trials(found), f"tune.trials.{job.id}")
        with suppress(OSError):  # nothing is drawn yet
            latest = store.folder(job.id) / "latest.jpg"
            still(pictures().put(latest.read_bytes()),
                  "The best so far" if found.best else "The look as it is",
                  f"tune.best.{job.id}")
    with st.container(horizontal=True, gap="small"):
        for label, kind, event in (("Pause", "pause", Event.PAUSE),
                                   ("Go on", "resume", Event.RESUME),
                                   ("Try again", "retry", Event.RETRY),
                                   ("Stop", "cancel", Event.CANCEL),
                                   ("Forget", "clear", Event.CLEAR)):
            if event in job.possible:
                st.button(label, key=f"tune.{kind}.{job.id}", on_click=problem.safe(counter.act),
                          args=(kind, job.id))


def _trials(found: Search) -> go.Figure:
    """What each trial was worth, under a line of the best so far."""
    import plotly.graph_objects as go

    known = [(number, worth) for number, worth in enumerate(found.worths, 1) if worth is not None]
    best = itertools.accumulate((worth for _, worth in known), max)
    numbers = [number for number, _ in known]
    figure = go.Figure()
    figure.add_scatter(x=numbers, y=[worth for _, worth in known], mode="markers",
                       marker={"size": 4, "color": STILL}, name="trial")
    figure.add_scatter(x=numbers, y=list(best), mode="lines", name="best",
                       line={"color": ACCENT, "width": 2, "shape": "hv"})
    laid_out(figure, 130, showlegend=False)
    # One hopeless trial is not to press all others into a line.
    low = sorted(worth for _, worth in known)[len(known) // 10]
    span = max(found.best_worth - low, 1e-3)
    return figure.update_yaxes(range=[low - 0.1 * span, found.best_worth + 0.1 * span], nticks=4)
