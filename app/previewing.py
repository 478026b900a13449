"""Some seconds of the draft, rendered by the worker beside everything else, to be watched."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from app.cache import PREVIEWS
from app.draft import Draft
from core.errors import BrushreelError, InvalidParameter
from core.jobs import ENDED, HIGH, OPEN, PREVIEW, Job, JobStore, Order, State
from core.paths import cache_folder
from core.recipe import Output, Recipe
from core.render.inputs import stamp_of
from core.render.options import RenderOptions

_DELIVERY = Output(codec="h264", container="mp4", crf=20, audio="aac")
"""What every browser plays."""


@dataclass(frozen=True, slots=True)
class Preview:
    """From `start` to `end` seconds of the source, in `path` once it is rendered."""

    source: Path
    path: Path
    start: float
    end: float
    job: int | None

    @property
    def ready(self) -> bool:
        return self.path.is_file()


def folder() -> Path:
    return cache_folder() / PREVIEWS


def begun(draft: Draft, store: JobStore, start: Fraction, seconds: float, length: Fraction
          ) -> Preview:
    """Queue it before all others, unless it is there or on its way. Raises BrushreelError."""
    if draft.source is None or draft.recipe is None:
        raise InvalidParameter("No look is chosen.", "Choose one below the picture.")
    begin = max(min(start, length - Fraction(seconds)), Fraction(0))
    end = min(begin + Fraction(seconds), length)
    return asked(draft.source, draft.recipe, begin, end, store)


def asked(source: Path, recipe: Recipe, begin: Fraction, end: Fraction, store: JobStore
          ) -> Preview:
    """The same of any recipe, from `begin` to `end` seconds. Raises BrushreelError."""
    recipe = recipe.model_copy(update={"output": _DELIVERY})
    text = f"{source}|{stamp_of(source)}|{recipe.to_json()}|{begin}|{end}"
    name = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    path = folder() / f"{name}.mp4"
    found = Preview(source, path, float(begin), float(end), None)
    if found.ready:
        return found
    folder().mkdir(parents=True, exist_ok=True)
    waiting = next((job for job in store.list(OPEN) if job.target == path.absolute()), None)
    if waiting is None:
        order = Order.render(source, path, recipe, RenderOptions(start=begin, end=end))
        waiting = store.add(replace(order, kind=PREVIEW, title=f"Preview of {source.name}"),
                            priority=HIGH)
    return Preview(found.source, path, found.start, found.end, waiting.id)


def job_of(preview: Preview, store: JobStore) -> Job | None:
    """How it stands; None where its job is forgotten."""
    if preview.job is None:
        return None
    try:
        return store.get(preview.job)
    except BrushreelError:
        return None


def tidied(preview: Preview, store: JobStore) -> None:
    """Once it is there its job is of no more interest in the queue."""
    done = [job.id for job in store.list({State.DONE, State.DONE_WITH_WARNINGS})
            if job.kind == PREVIEW and job.target == preview.path.absolute()]
    if done:
        with suppress(BrushreelError):
            store.clear(done)


def given_up(preview: Preview, store: JobStore) -> None:
    """Nobody watches any more: a job that has not ended is cancelled."""
    job = job_of(preview, store)
    if job is not None and job.state not in ENDED:
        with suppress(BrushreelError):
            store.cancel(job.id)
