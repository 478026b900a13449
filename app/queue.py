"""The queue as a page shows it: jobs as rows of words, and what may be done to each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.facts import clock, counted, size
from core.errors import BrushreelError, JobError
from core.jobs import ENDED, OPEN, PREVIEW, Event, Job, JobStore, State

LATEST = "latest.jpg"
"""The picture that a job has drawn last, in its folder."""
SHOWN = 60
"""Rows of a list; of more, the next are shown on request."""
_TONES: Mapping[State, str] = {
    State.RUNNING: "live", State.PAUSING: "live", State.CANCELLING: "live", State.DONE: "good",
    State.DONE_WITH_WARNINGS: "warn", State.FAILED: "bad", State.INTERRUPTED: "warn",
    State.PAUSED: "still", State.CANCELLED: "still", State.QUEUED: "still"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `tone` is live, good, warn, bad or still; `share` is 0..1 done.

    `picture` is the address of a small one, empty where there is none.
    """

    id: int
    title: str
    about: str
    state: str
    tone: str
    share: float
    numbers: str
    acts: tuple[str, ...]
    movable: bool
    picture: str = ""


def row_of(job: Job, now: float | None = None, picture: str = "") -> Row:
    """`now` is in seconds since 1970."""
    about = " · ".join(filter(None, (job.style, job.source.name if job.source else job.kind)))
    acts = [name for name, event in _BUTTONS.items() if event in job.possible]
    return Row(job.id, job.title, about, str(job.state), _TONES[job.state],
               1.0 if job.state in (State.DONE, State.DONE_WITH_WARNINGS) else job.progress.share,
               _numbers(job, time.time() if now is None else now), tuple(acts),
               job.state in OPEN and not job.active, picture)


def _numbers(job: Job, now: float) -> str:
    """What is worth knowing at a glance."""
    progress = job.progress
    if job.active:
        eta = "" if progress.eta_seconds is None else f"{clock(progress.eta_seconds)} left"
        frames = f"{progress.frames} of {progress.total}" if progress.total else "starting"
        fps = f"{progress.fps:.1f} fps" if progress.fps else ""
        return " · ".join(filter(None, (frames, fps, eta)))
    if job.state in (State.DONE, State.DONE_WITH_WARNINGS) and job.result:
        return f"{job.result.get('frames', 0)} frames · {float(job.result.get('fps', 0)):.1f} fps"
    if job.state is State.QUEUED and job.run_after and job.run_after > now:
        return time.strftime("from %H:%M on", time.localtime(job.run_after))
    if job.state is State.FAILED:
        return job.message
    if progress.kept:
        return f"goes on at frame {progress.kept}"
    return ""


_BUTTONS: Mapping[str, Event] = {"pause": Event.PAUSE, "resume": Event.RESUME,
                                 "retry": Event.RETRY, "cancel": Event.CANCEL,
                                 "clear": Event.CLEAR}


class Counter:
    """Where wishes about jobs are taken; `problem` says why the last one was refused."""

    def __init__(self, store: JobStore) -> None:
        self.store = store
        self.problem: BrushreelError | None = None

    def act(self, kind: str, number: int | None = None, **details: Any) -> None:
        """Do what a button or a row asks for; a job that has moved on meanwhile says so."""
        self.problem = None
        try:
            self._do(kind, number, details)
        except BrushreelError as error:
            self.problem = error

    def _do(self, kind: str, number: int | None, details: Mapping[str, Any]) -> None:
        store = self.store
        if kind == "retry failed":
            store.retry_failed()
        elif kind == "clear ended":
            store.clear()
        elif number is None:
            raise JobError("No job is chosen.", "Click one in the list.")
        elif kind == "clear":
            store.clear([number])
        elif kind == "move":
            store.move(number, before=details.get("before"),
                       to_top=bool(details.get("to_top")))
        elif kind == "duplicate":
            store.duplicate(number, _another(store, store.get(number)))
        elif kind == "priority":
            store.set_priority(number, int(details["value"]))
        elif kind == "later":
            store.run_later(number, details.get("at"))
        elif kind == "pause":
            store.pause(number, after_chunk=bool(details.get("after_chunk")))
        elif kind in ("resume", "cancel", "retry"):
            wish = {"resume": store.resume, "cancel": store.cancel, "retry": store.retry}[kind]
            wish(number)


def _another(store: JobStore, job: Job) -> Path:
    """A name beside the job's that no file and no other job has."""
    from core.naming import free_name

    return free_name(job.target.parent, job.target.stem, job.target.suffix.lstrip("."),
                     store.targets())


def waiting(store: JobStore, limit: int = SHOWN) -> list[Job]:
    """What runs or will, in line, those that run first."""
    jobs = store.list(OPEN, limit=limit)
    return sorted(jobs, key=lambda job: not job.active)


def past(store: JobStore, limit: int = SHOWN) -> list[Job]:
    """What has ended, the last first; previews are of no more interest then."""
    return [job for job in store.list(ENDED, newest_first=True, limit=limit)
            if job.kind != PREVIEW]


def summary(store: JobStore) -> str:
    """The queue in a line."""
    counts = store.counts()
    words = [f"{counts[state]} {state}" for state in State if counts[state]]
    return " · ".join(words) if words else "empty"


def left(jobs: list[Job]) -> str:
    """When all that runs will be done, as far as it is known."""
    etas = [job.progress.eta_seconds for job in jobs if job.active]
    known = [eta for eta in etas if eta is not None]
    return f"{clock(max(known))} left" if known else ""


def facts_of_job(job: Job) -> list[str]:
    """What was decided for it, and what came of it."""
    plan, result = job.plan, job.result
    facts = []
    if plan:
        parts = counted(int(plan.get("chunks") or 1), "part")
        facts.append(f"{plan.get('encoder', '')}, {plan.get('width')}×{plan.get('height')}, "
                     f"{plan.get('frames')} frames in {parts}.")
        facts += [str(plan["choice"])] if plan.get("choice") else []
        facts += [str(note) for note in plan.get("notes", ())]
    if job.target.is_file() and job.state in (State.DONE, State.DONE_WITH_WARNINGS):
        facts.append(f"{size(job.target.stat().st_size)} in {job.target.parent}")
    if result.get("kept"):
        facts.append("Kept: " + ", ".join(result["kept"]) + ".")
    return facts
