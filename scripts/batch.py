"""Renders in a row: what each is, what became of it, and when all must stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.edge import edge
from core.errors import BrushreelError, DiskFull
from core.progress import Followed, Progress, RenderResult
from core.render.once import Once
from core.render.options import RenderOptions
from scripts.failures import DONE, FAILED, REFUSED, STOPPED, Stopped, exit_code
from scripts.finished import Finished
from scripts.measuring import measuring
from scripts.terminal import note, progress_shown

if TYPE_CHECKING:
    from core.metrics import Quality
    from core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Job:
    """One video in one style. `target` is asked when its turn comes, to see what is there."""

    source: Path
    recipe: Recipe
    target: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result, or the error in its place. `source` and `style` are as the user knows them."""

    source: str
    style: str
    result: RenderResult | None = None
    error: BrushreelError | None = None
    earlier: Path | None = None
    """The result, where an interrupted run of the same batch has made it already."""
    quality: Quality | None = None
    """What was measured of it, where that was asked for."""
    unmeasured: str = ""
    """Why it was not measured, though that was asked for."""
    last: bool = False
    """Whether somebody wished for an end while it was measured."""

    @property
    def path(self) -> Path | None:
        return self.result.path if self.result is not None else self.earlier


def run_batch(jobs: Iterable[Job], options: RenderOptions, finished: Finished | None = None
              ) -> Iterator[Outcome]:
    """Render one after the other; a failure leaves the others be, an interruption ends all.

    With `finished`, what an earlier run has done is not done again.
    """
    jobs, done, all_done, once = list(jobs), [], True, Once()
    for number, job in enumerate(jobs, 1):
        count = f"[{number}/{len(jobs)}] " if len(jobs) > 1 else ""
        outcome = _run(job, options, finished, count, once)
        yield outcome
        if outcome.error is not None:
            all_done = False
        elif finished is not None and outcome.path is not None:
            finished.add(job.source, job.recipe, outcome.path)
            done.append((job.source, job.recipe))
        if isinstance(outcome.error, Stopped):
            return
        if outcome.last and number < len(jobs):
            rest = jobs[number]
            yield Outcome(str(rest.source), rest.recipe.name(), error=Stopped(
                "Stopped before the next render was begun.",
                "Run the same command again; it goes on."))
            return
    if finished is not None and all_done:
        finished.forget(done)


def batch_code(outcomes: Iterable[Outcome]) -> int:
    """The exit code for all of them together."""
    outcomes = list(outcomes)
    codes = [exit_code(outcome.error) for outcome in outcomes if outcome.error is not None]
    if not codes:
        return DONE
    if STOPPED in codes:
        return STOPPED
    return REFUSED if len(codes) == len(outcomes) and set(codes) == {REFUSED} else FAILED


def _run(job: Job, options: RenderOptions, finished: Finished | None, count: str, once: Once
         ) -> Outcome:
    name = job.recipe.name()
    try:
        if finished is not None and (earlier := finished.result(job.source, job.recipe)):
            return Outcome(str(job.source), name, earlier=earlier)
        with edge(job.source):
            result = render(job, options, count, once)
    except BrushreelError as error:
        return Outcome(str(job.source), name, error=error)
    outcome = Outcome(str(job.source), name, result=result)
    return outcome if options.metrics is None else _measured(job, outcome, result.path, options)


def _measured(job: Job, outcome: Outcome, path: Path, options: RenderOptions) -> Outcome:
    """The same, measured as far as that can be done: the video is complete whatever happens."""
    work = measuring(job.source, path, job.recipe, options)
    try:
        with progress_shown(path.name) as show, Followed(work) as steps:
            for step in steps:
                show(step)
    except KeyboardInterrupt:
        return replace(outcome, unmeasured="It was not measured: that was stopped.", last=True)
    found = steps.result
    if isinstance(found, str):
        return replace(outcome, unmeasured=found)
    return replace(outcome, quality=found)


def render(job: Job, options: RenderOptions, count: str = "", once: Once | None = None
           ) -> RenderResult:
    """Render with progress on stderr, behind `count`; what can be resumed ends as Stopped.

    `once` knows what the batch has said already.
    """
    from core.compiling import on_compiling
    from core.pipeline import Pipeline

    target = job.target()
    pipeline = Pipeline.of(job.source, target, job.recipe, options)
    last = None
    try:
        with on_compiling(say_preparing), closing(pipeline.run()) as steps:
            last = next(steps, None)
            for known in (once or Once()).fresh(pipeline.notes):
                note(f"{target.name}: {known}")
            with progress_shown(f"{count}{target.name}") as show:
                for last in steps:
                    show(last)
    except KeyboardInterrupt:
        raise _stopped("Stopped", last) from None
    except DiskFull as error:
        if last is None:
            raise
        raise _stopped(error.message[:-1], last, "Free some space. ") from error
    assert pipeline.result is not None
    return pipeline.result


def say_preparing() -> None:
    """What the first drawing of a look waits for."""
    note("Preparing this look for this machine; only the first time ...")


def _stopped(why: str, last: Progress | None, first: str = "") -> Stopped:
    """What is kept of a render that `why` ended, and what to do."""
    if last is None or not last.kept:
        return Stopped(f"{why}; no chunk was finished, so nothing is kept.",
                       f"{first}Run the same command again; it starts over.")
    return Stopped(f"{why}; {last.kept} of {last.total} frames are kept.",
                   f"{first}Run the same command again; it resumes.")
