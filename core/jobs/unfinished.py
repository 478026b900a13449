"""What a job has rendered while it is unfinished: chunks to look at, and to go on from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BrushreelError

if TYPE_CHECKING:
    from core.jobs.job import Job


def finished_chunks(job: Job) -> list[Path]:
    """The chunks of a render that are done, in order; each is a video without sound."""
    folder = _folder(job)
    if folder is None:
        return []
    # An entry is written when its chunk has its name; one without pictures has no chunk.
    entries = sorted(folder.glob("chunk-*.json"))
    return [chunk for entry in entries
            for chunk in folder.glob(f"{entry.stem}.*") if chunk.suffix in _VIDEOS]


_VIDEOS = (".mp4", ".mov", ".nut")
"""What chunks are written as."""


def remove_unfinished(job: Job) -> None:
    """Let go of the chunks of a job that nobody will go on with."""
    folder = _folder(job)
    if folder is None:
        return
    from core.checkpoint import clear
    from core.render.workspace import Workspace

    scratch = job.order.render_options.scratch
    # Somebody may render into it, and the disk may be out of reach.
    with suppress(BrushreelError, OSError), Workspace(job.target, scratch):
        clear(folder)


def _folder(job: Job) -> Path | None:
    named = job.plan.get("folder") if job.order.renders else None
    folder = Path(named) if named else None
    return folder if folder is not None and folder.is_dir() else None
