"""From a draft to jobs in the queue: one for each look and file, checked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.draft import Draft
from app.facts import counted, size
from core.errors import BrushreelError, InputError
from core.jobs import Job, JobStore, Order, submit
from core.naming import target_in
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.once import Once
from core.render.room import estimated_size


@dataclass(frozen=True, slots=True)
class Checked:
    """What preflight found for one job: what it will write, or why it cannot."""

    target: Path | None
    said: tuple[str, ...] = ()
    error: BrushreelError | None = None


def pairs(draft: Draft) -> Iterator[tuple[Path, Recipe]]:
    """Every file in every look."""
    for source in draft.sources:
        for take in draft.takes:
            yield source, draft.recipe_of(take)


def batch(draft: Draft) -> list[Recipe]:
    """What distinguishes the results of one file."""
    return [draft.recipe_of(take) for take in draft.takes]


def checked(draft: Draft, store: JobStore) -> list[Checked]:
    """Preflight of every job, which decides everything and draws next to nothing.

    A folder that is not there yet is not made: the nearest one that is stands in for it.
    """
    found: list[Checked] = []
    chosen: dict[Path, str] = {}
    once = Once()
    for source, recipe in pairs(draft):
        folder = draft.target_folder(source)
        target = folder / source.name
        try:
            taken = {**store.planned(), **chosen}
            target = target_in(folder, source, recipe, taken, draft.name, batch(draft))
            chosen[target] = recipe.to_json()
            plan = Pipeline.of(source, nearest(folder) / target.name, recipe,
                               draft.options).plan()
        except BrushreelError as error:
            found.append(Checked(target, error=error))
        else:
            said = (f"{plan.frames} frames in {counted(len(plan.chunks), 'part')}, at least "
                    f"{size(estimated_size(plan))}.", once.choice(plan.choice),
                    *once.fresh((*plan.notes, *plan.warnings)))
            found.append(Checked(target, tuple(filter(None, said))))
    return found


def queued(draft: Draft, store: JobStore) -> tuple[list[Job], list[BrushreelError]]:
    """Jobs for all that works; a file that does not leaves the others be."""
    jobs, errors = [], []
    for source, recipe in pairs(draft):
        try:
            folder = draft.target_folder(source)
            made(folder)
            jobs.append(submit(store, source, recipe, folder, draft.options,
                               template=draft.name, batch=batch(draft)))
        except BrushreelError as error:
            errors.append(error)
    return jobs, errors


def changed(draft: Draft, store: JobStore, number: int) -> Job:
    """Put the active look, with its settings, in the place of what a waiting job was to do.

    Raises BrushreelError, for instance where it has begun meanwhile.
    """
    job = store.get(number)
    if draft.source is None or draft.recipe is None:
        raise InputError("No look is chosen.", "Choose one below the picture.")
    made(draft.target_folder(draft.source))
    taken = {path: recipe for path, recipe in store.planned().items() if path != job.target}
    target = target_in(draft.target_folder(draft.source), draft.source, draft.recipe, taken,
                       draft.name)
    order = Order.render(draft.source, target, draft.recipe, draft.options)
    return store.edit(number, order)


def nearest(folder: Path) -> Path:
    """The folder itself, or the one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists() or path.parent == path)


def made(folder: Path) -> None:
    """The folder is there afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be made ({error.strerror or error}).",
                         "Choose another folder for the results.") from error


def sentence(jobs: Sequence[Job]) -> str:
    """What was queued, for a toast."""
    if len(jobs) == 1:
        return f"{jobs[0].title} is in the queue."
    return f"{len(jobs)} jobs are in the queue."
