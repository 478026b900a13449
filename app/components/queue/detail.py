"""One job in full: its picture, its numbers, and everything that may be done to it."""

from __future__ import annotations

import datetime
import html
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from app.components import problem
from app.components.binding import bound, chosen
from app.components.player import Footage as Shown
from app.components.player import player
from app.components.still import still
from app.components.text import plain
from app.facts import clock
from app.footage import Footage
from app.media import PictureStore
from app.queue import LATEST, Counter, facts_of_job
from app.reveal import reveal
from core.errors import JobError
from core.jobs import HIGH, LOW, NORMAL, Event, Job, State

_DONE = (State.DONE, State.DONE_WITH_WARNINGS)


def detail(job: Job, counter: Counter, footage: Footage, pictures: PictureStore) -> None:
    st.text(job.title)
    st.caption(plain(f"{job.state} · {job.style}"))
    if job.message:
        problem.show(JobError(job.message, job.hint))
    for warning in job.warnings:
        st.caption(f":material/warning: {plain(warning)}")
    _picture(job, counter, footage, pictures)
    _progress(job)
    _buttons(job, counter)
    for fact in facts_of_job(job):
        st.caption(plain(fact))
    _papers(job, counter.store.folder(job.id))


def _picture(job: Job, counter: Counter, footage: Footage, pictures: PictureStore) -> None:
    """The result, a finished part, or the latest frame."""
    if job.state in _DONE and job.target.is_file():
        with problem.shown():
            video(job.target, footage, f"video.{job.id}")
        return
    latest = counter.store.folder(job.id) / LATEST
    with suppress(OSError):  # nothing is drawn yet
        still(pictures.put(latest.read_bytes()), f"The latest frame of {job.title}",
              f"latest.{job.id}")
    _parts(job, footage)


def _parts(job: Job, footage: Footage) -> None:
    """What is finished already can be watched while the rest is rendered."""
    folder = job.plan.get("folder")
    files = sorted(Path(folder).glob(str(job.plan.get("chunk_files", "*.mp4"))), key=_number
                   ) if folder else []
    if files and st.toggle("Watch finished parts", key=f"parts.{job.id}"):
        names = {path.name: path for path in files}
        name = st.selectbox("Part", list(names), key=f"part.{job.id}",
                            format_func=lambda one: f"Part {_number(names[one]) + 1}")
        with problem.shown():
            video(names[name], footage, f"chunk.{job.id}")


def _number(path: Path) -> int:
    digits = "".join(sign for sign in path.stem if sign.isdigit())
    return int(digits) if digits else 0


def video(path: Path, footage: Footage, key: str) -> None:
    """A file to play, or how far its proxy is."""
    found = footage.of(path)
    problem.show(found.error)
    if found.address:
        player(Shown(found.address, f"{path.name}{' (proxy)' if found.proxy else ''}"), key,
               low=True)
    elif found.error is None:
        st.progress(found.share, text="Making a proxy that the browser can play")


def _progress(job: Job) -> None:
    progress = job.progress
    if not (job.active or progress.kept) or job.state in _DONE:
        return
    st.progress(progress.share)
    words = [f"{progress.frames} of {progress.total} frames", progress.stage,
             f"part {progress.chunk + 1} of {progress.chunks}",
             f"{progress.fps:.1f} fps" if progress.fps else "",
             f"{clock(progress.eta_seconds)} left" if progress.eta_seconds is not None else "",
             f"{progress.kept} safe on disk"]
    st.caption(plain(" · ".join(filter(None, words))))
    if job.state is State.RUNNING and progress.redo_seconds >= 1:
        st.caption(f"Pausing now would redo {clock(progress.redo_seconds)} of work later; pausing "
                   "after this part redoes nothing.")


def _buttons(job: Job, counter: Counter) -> None:
    def button(label: str, kind: str, icon: str, **details: Any) -> None:
        st.button(label, key=f"{kind}.{label}.{job.id}", icon=f":material/{icon}:",
                  on_click=problem.safe(counter.act), args=(kind, job.id), kwargs=details)

    with st.container(horizontal=True, gap="small"):
        if Event.PAUSE in job.possible:
            button("Pause now", "pause", "pause")
        if Event.PAUSE_AFTER_CHUNK in job.possible and job.active:
            button("Pause after this part", "pause", "pause_circle", after_chunk=True)
        if Event.RESUME in job.possible:
            button("Go on", "resume", "play_arrow")
        if Event.RETRY in job.possible:
            button("Try again", "retry", "replay")
        if Event.CANCEL in job.possible:
            button("Cancel", "cancel", "close")
        if job.state is State.QUEUED:
            button("First in line", "move", "vertical_align_top", to_top=True)
        button("Duplicate", "duplicate", "content_copy")
        _opening(job)
        if Event.CLEAR in job.possible:
            button("Forget", "clear", "delete")
    if job.state in (State.QUEUED, State.PAUSED):
        _when(job, counter)


def _opening(job: Job) -> None:
    """The folder, and the settings again on the Dashboard."""
    st.button("Open folder", key=f"folder.{job.id}", icon=":material/folder_open:",
              on_click=problem.safe(reveal), args=(job.target,))
    if job.kind == "render" and st.button(
            "Edit" if Event.EDIT in job.possible else "Use settings", key=f"edit.{job.id}",
            icon=":material/tune:", help="Open file and look on the Dashboard"):
        st.session_state["reuse"] = job.id
        st.switch_page("../pages/dashboard.py")


def _when(job: Job, counter: Counter) -> None:
    names = {HIGH: "High", NORMAL: "Normal", LOW: "Low"}
    st.segmented_control(
        "Priority", list(names), format_func=names.__getitem__,
        **bound(f"priority.{job.id}", job.priority,
                chosen(lambda value: counter.act("priority", job.id, value=value)), "default"))
    now = None if job.run_after is None else datetime.datetime.fromtimestamp(
        job.run_after, datetime.UTC).astimezone().time()
    st.time_input("Not before", help="Today, or tomorrow where that has passed; empty is at once",
                  **bound(f"later.{job.id}", now,
                          lambda at: counter.act("later", job.id, at=_next(at))))


def _next(at: datetime.time | None) -> float | None:
    """The next time the clock says so, in seconds since 1970."""
    if at is None:
        return None
    now = datetime.datetime.now().astimezone()
    then = datetime.datetime.combine(now.date(), at, now.tzinfo)
    return (then if then > now else then + datetime.timedelta(days=1)).timestamp()


def _papers(job: Job, folder: Path) -> None:
    """Report, log and recipe, as they are on the disk."""
    for label, name in (("Report", "report.json"), ("Log", "log.txt")):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        with st.expander(label):
            _paper(label, text[-20_000:])
    if job.order.recipe_json:
        with st.expander("Recipe"):
            _paper("Recipe", json.dumps(json.loads(job.order.recipe_json), indent=2))


def _paper(name: str, text: str) -> None:
    """Text as it is, to scroll in; Streamlit's own takes the focus without saying what it is."""
    st.html(f'<pre class="paper" tabindex="0" role="region" aria-label="{name}">'
            f'{html.escape(text)}</pre>')
