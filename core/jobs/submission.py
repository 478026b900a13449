"""From a video, a recipe and a folder to a job in the queue, under a name of its own."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from core.jobs.job import NORMAL, Job, Order
from core.jobs.rows import TargetTaken
from core.jobs.store import JobStore

if TYPE_CHECKING:
    from core.recipe import Recipe
    from core.render.options import RenderOptions


def submit(store: JobStore, source: Path, recipe: Recipe, folder: Path,
           options: RenderOptions | None = None, *, priority: int = NORMAL,
           run_after: float | None = None, template: str = "",
           batch: Collection[Recipe] = ()) -> Job:
    """Queue a render into `folder`, under a name that no file and no other job has.

    `template` says what it is called, and `batch` what it is to be told from, see core.naming.
    Raises UnreadableVideo for what is no video.
    """
    from core.naming import TEMPLATE, target_in

    while True:
        target = target_in(folder.absolute(), source, recipe, store.planned(),
                           template or TEMPLATE, batch)
        try:
            return store.add(Order.render(source, target, recipe, options), priority=priority,
                             run_after=run_after)
        except TargetTaken:
            continue  # somebody queued the same at the same time
