"""Batch Queue: what runs, what waits, what is done, and one job in full."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import queue
from app.components import problem
from app.components.job_list import job_list
from app.components.queue.detail import detail
from app.components.slots import slot
from app.components.text import plain
from app.facts import counted
from app.queue import LATEST
from app.serving import footage, jobs, pictures, thumbnails, worker
from core.errors import BrushreelError
from core.jobs import ENDED, Job, State

_CHOSEN, _MORE = "job", "queue.more"
if "counter" not in st.session_state:
    st.session_state["counter"] = queue.Counter(jobs())
counter: queue.Counter = st.session_state["counter"]


def act(wish: dict[str, Any]) -> None:
    """What a row asks for."""
    number = int(wish.get("id") or 0)
    if wish.get("kind") == "choose":
        st.session_state[_CHOSEN] = number
    else:
        counter.act(str(wish.get("kind")), number, before=wish.get("before"))


def chosen_job(shown: list[Job]) -> Job | None:
    """The one that was clicked, else what runs, else the first."""
    number = st.session_state.get(_CHOSEN)
    if number is not None:
        try:
            return jobs().get(number)
        except BrushreelError:
            st.session_state.pop(_CHOSEN)
    return shown[0] if shown else None


@st.fragment(run_every=1.0)
@problem.part("queue")
def body() -> None:
    store, limit = jobs(), st.session_state.get(_MORE, queue.SHOWN)
    waiting, past = queue.waiting(store, limit), queue.past(store, limit)
    left, right = st.columns([1.7, 1], gap="medium")
    with left, slot("queue", bool(waiting or past)):
        if waiting or past:
            heading(waiting)
        problem.show(counter.problem)
        chosen = chosen_job(waiting + past)
        number = chosen.id if chosen else None
        for rows, label in ((waiting, "Jobs that run or wait"), (past, "History")):
            if rows:
                st.caption(label)
                job_list([row(job) for job in rows], number, act, f"list.{label}",
                         label=label)
        if max(len(waiting), len(past)) >= limit:
            st.button("Show more", on_click=problem.safe(more))
        if not waiting and not past:
            empty()
    if chosen is not None:
        with right.container(key="panel"), slot("job", chosen.id):
            detail(chosen, counter, footage(), pictures())


def more() -> None:
    st.session_state[_MORE] = st.session_state.get(_MORE, queue.SHOWN) + 200


def row(job: Job) -> queue.Row:
    """With the picture it drew last, which a job that waits for its first turn has not."""
    latest = jobs().folder(job.id) / LATEST
    return queue.row_of(job, picture=thumbnails().of(latest) if job.attempts else "")


def heading(waiting: list[Job]) -> None:
    store = jobs()
    counts = store.counts()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(" · ".join(filter(None, (queue.summary(store), queue.left(waiting)))))
        st.space("stretch")
        if counts[State.FAILED]:
            st.button("Retry failed", key="retry-failed",
                      on_click=problem.safe(counter.act), args=("retry failed",))
        ended = sum(counts[state] for state in ENDED)
        if ended:
            with st.popover("Clear history"):
                st.text(f"Remove {counted(ended, 'job')} from this list, with logs and unfinished "
                        "work?")
                st.caption("Finished videos stay on the disk, and in the Style Lab. Ratings and "
                           "statistics stay as well.")
                st.button("Clear history", key="clear-ended", type="primary",
                          on_click=problem.safe(counter.act), args=("clear ended",))
    attendance = store.worker()
    for note in attendance.notes:
        st.caption(plain(note))
    if waiting and not attendance.alive:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("No worker is running, so jobs wait.")
            st.button("Start it", key="start-worker", on_click=problem.safe(start))


def start() -> None:
    try:
        worker()
    except BrushreelError as error:
        counter.problem = error


def empty() -> None:
    st.header("Nothing is queued")
    st.caption("Choose a video and a look on the Dashboard, and add it to the queue.")
    if st.button("Open the Dashboard", key="to-dashboard"):
        st.switch_page("../pages/dashboard.py")


body()
