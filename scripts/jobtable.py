"""Jobs as people and programs read them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.jobs import ENDED, Job, JobStore, State
from core.worker.child import LOG
from scripts.clock import shown_time
from scripts.latest import LATEST
from scripts.terminal import duration, say, show

_COLORS = {State.RUNNING: "bold cyan", State.FAILED: "bold red", State.DONE: "green",
           State.DONE_WITH_WARNINGS: "yellow", State.PAUSED: "yellow"}


def document(store: JobStore, job: Job) -> dict[str, Any]:
    """A job for --json; its recipe as a value of its own."""
    folder = store.folder(job.id)
    files = {name: str(folder / file) for name, file in FILES.items() if (folder / file).is_file()}
    return {"id": job.id, "kind": job.kind, "title": job.title, "style": job.style,
            "state": job.state, "source": str(job.source or ""), "target": str(job.target),
            "priority": job.priority, "run_after": job.run_after, "created": job.created,
            "started": job.started, "ended": job.ended, "attempts": job.attempts,
            "progress": asdict(job.progress), "plan": dict(job.plan), "result": dict(job.result),
            "warnings": list(job.warnings), "message": job.message, "advice": job.hint,
            "files": files}


FILES = {"log": LOG, "report": "report.json", "report_text": "report.txt", "latest": LATEST}
"""What a job's folder may hold, by what it is."""


def print_table(jobs: Sequence[Job]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("job", justify="right")
    for heading, width in (("state", None), ("", 48), ("video", 48), ("style", None)):
        table.add_column(heading, no_wrap=True, max_width=width, overflow="ellipsis")
    for job in jobs:
        table.add_row(str(job.id), Text(job.state, _COLORS.get(job.state, "")),
                      Text(_how_far(job)), Text(job.title), Text(job.style))
    show(table)


def print_job(store: JobStore, job: Job) -> None:
    """Everything about one job, with its report where it has one."""
    say(stands(job))
    say(f"  {job.source or job.title} -> {job.target}")
    report = store.folder(job.id) / FILES["report_text"]
    if job.state in ENDED and report.is_file():
        say(report.read_text(encoding="utf-8").rstrip())
    elif job.message:
        say(f"  {job.message} {job.hint}".rstrip())
    say(f"  Log: {store.folder(job.id) / LOG}")


def stands(job: Job) -> str:
    """One line: where a job stands now."""
    redo = job.progress.redo_seconds
    more = _how_far(job)
    if job.state is State.PAUSING and job.stop == "now" and redo >= 1:
        more = f"{duration(redo)} of work will be redone"
    return f"Job {job.id}, {job.title}: {job.state}{f', {more}' if more else ''}."


def _how_far(job: Job) -> str:
    if job.state in (State.DONE, State.DONE_WITH_WARNINGS):
        return f"{job.result.get('fps', 0):.1f} fps" if job.result else ""
    if job.state is State.QUEUED and job.run_after is not None and job.run_after > time.time():
        return f"from {shown_time(job.run_after)}"
    if job.message:
        return job.message.rstrip(".")
    progress = job.progress
    if job.active and not progress.stage:
        return "preparing"
    if not progress.total or job.state in ENDED:
        return ""
    parts = [f"{progress.share:.0%}"]
    if job.active and progress.fps:
        parts.append(f"{progress.fps:.1f} fps")
    if job.active and progress.eta_seconds is not None:
        parts.append(f"{duration(progress.eta_seconds)} left")
    return ", ".join(parts)
