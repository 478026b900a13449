"""A result opened from disk: a video this program rendered, whether a job still tells of it or not.
"""

from __future__ import annotations

from pathlib import Path

from app.browse import VIDEOS, typed
from app.lab import Result, result_of
from core.errors import InputError
from core.io import VideoProbe
from core.jobs import ENDED, JobStore
from core.saved import recipe_like


def opened(text: str, source_text: str, store: JobStore, number: int) -> Result:
    """The result at a path as it was typed, `number` being its id.

    Its source is that of its job, the one given, or a video near it whose name it begins with.
    Raises BrushreelError where it was not rendered here, or its source is not found.
    """
    path = typed(text)
    source = typed(source_text) if source_text.strip() else None
    for job in store.list(ENDED, newest_first=True, cleared=True):
        if job.target == path and source in (None, job.source):
            known = result_of(job)
            if known is not None:
                return known
    source = source or _source_near(path)
    recipe = recipe_like(path, [source])
    VideoProbe.probe(source)
    return Result(number, path.name, recipe.name(), path, source, recipe)


def _source_near(path: Path) -> Path:
    """Results lie beside their source or in a folder there, and their names begin with its."""
    found = [file for folder in (path.parent, path.parent.parent) for file in _videos(folder)
             if path.stem.startswith(file.stem) and file.stem != path.stem]
    if not found:
        raise InputError(f"The source of {path.name} is not found near it.",
                         "Give the path of its source as well.")
    return max(found, key=lambda file: len(file.stem))


def _videos(folder: Path) -> list[Path]:
    try:
        return [file for file in sorted(folder.iterdir())
                if file.suffix.lower() in VIDEOS and file.is_file()]
    except OSError as error:
        raise InputError(f"{folder} cannot be opened ({error.strerror or error}).",
                         "Give the path of the source as well.") from error
