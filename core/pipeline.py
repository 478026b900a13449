"""Pipeline: a video in, the same video drawn in a style out, nothing lost on the way."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Generator
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from core import durable
from core.checkpoint import PLAN, CheckpointManager, clear
from core.errors import (
    BrushreelError,
    EncodeFailed,
    GpuOutOfMemory,
    InputError,
    InvalidParameter,
    ModelError,
    OutOfMemory,
)
from core.progress import Progress, RenderResult, StageTimings
from core.recipe import METADATA_KEY, Output, Recipe
from core.render.delivery import delivered
from core.render.identity import Settings, settings_of, settings_of_look
from core.render.options import RenderOptions
from core.render.plan import Choices, RenderPlan, Request
from core.render.preflight import Survey, plan_render, survey
from core.render.remarks import resumable
from core.render.room import check_disk
from core.render.run import Run, Watch
from core.render.stack import CallableStylizer, Look, Stack
from core.render.target import check_free, check_target
from core.render.workspace import Workspace
from core.temporal import Temporal
from stylizers.base import Stylizer

Function = Callable[[np.ndarray], np.ndarray]


class Pipeline:
    """Renders one video.

    >>> result = Pipeline(input_path="input.mp4", output_path="output.mp4",
    ...                   stylizer=PencilStylizer(), chunk_duration=30,
    ...                   use_temporal=True).process(progress_callback=callback)

    Give a `stylizer` (a look, or a function of one RGB picture) or a `recipe`. `chunk_duration`
    is in seconds, 1 or more; `use_temporal=True` means `ema`. `start` and `end` are seconds since
    the source begins. An interrupted render goes on where it stopped when it is run again with
    the same settings, unless `resume` is False. An existing output is refused unless `overwrite`.
    A hardware encoder that fails on the way has the render begin again in software, or fail.
    Unfinished work lies beside the output, or in the folder `scratch`.
    """

    def __init__(self, input_path: str | Path, output_path: str | Path,
                 stylizer: Stylizer[Any] | Function | None = None, *,
                 recipe: Recipe | None = None, chunk_duration: float | None = None,
                 use_temporal: bool | None = None, start: Fraction | float | None = None,
                 end: Fraction | float | None = None, workers: int | None = None,
                 resume: bool = True, overwrite: bool = False,
                 on_encoder_failure: Literal["restart", "fail"] = "restart",
                 scratch: str | Path | None = None) -> None:
        if workers is not None and workers < 1:
            raise InvalidParameter(f"workers={workers} is refused: it must be 1 or more.",
                                   "Leave it out to use every core.")
        self.recipe, self._drawing = recipe, _one_of(stylizer, recipe)
        self._temporal = _temporal(recipe, use_temporal)
        self._resume, self._on_encoder_failure = resume, on_encoder_failure
        self.timings = StageTimings()
        self.result: RenderResult | None = None
        self.notes: tuple[str, ...] = ()
        """What should be known before the render is waited for; there with the first Progress."""
        self.resolved: RenderPlan | None = None
        """What was decided for it, there with the first Progress of a render that draws."""
        self.folder: Path | None = None
        """Where its chunks lie while it is unfinished."""
        self._request = Request(
            source=Path(input_path), target=Path(output_path), recipe=recipe,
            output=recipe.output if recipe else Output(), chunk_duration=chunk_duration,
            start=None if start is None else Fraction(start),
            end=None if end is None else Fraction(end), workers=workers, overwrite=overwrite,
            scratch=None if scratch is None else Path(scratch),
            effort=recipe.quality.effort if recipe else "balanced")

    @classmethod
    def of(cls, source: Path, target: Path, recipe: Recipe, options: RenderOptions) -> Self:
        """The render of a recipe with the options of a command or a job."""
        return cls(source, target, recipe=recipe, start=options.start, end=options.end,
                   chunk_duration=options.chunk, workers=options.workers, resume=options.resume,
                   overwrite=options.overwrite, on_encoder_failure=options.on_encoder_failure,
                   scratch=options.scratch)

    def process(self, progress_callback: Callable[[Progress], None] | None = None
                ) -> RenderResult:
        """Render to the end; the callback is given every Progress."""
        for progress in self.run():
            if progress_callback is not None:
                progress_callback(progress)
        assert self.result is not None
        return self.result

    def run(self, watch: Watch | None = None) -> Generator[Progress, None, None]:
        """Render, telling how far it is; closing the iterator stops it, to be resumed later.

        With the last Progress `result` is there, while the work folder still proves it. `watch` is
        called with a function that gives the newest picture, for every one that is encoded.
        """
        check_target(self._request)
        with Workspace(self._request.target, self._request.scratch) as workspace:
            if workspace.empty:
                check_free(self._request)
            stack, settings = self._stack(), self._settings()
            facts = survey(self._request, stack, settings)
            folder = self.folder = workspace.folder / facts.key
            fresh = not (self._resume and resumable(stack))
            if not fresh and (done := delivered(folder, self._request.target)) is not None:
                self.result = done
            else:
                check_free(self._request)
                self.result = yield from self._steps(facts, stack, settings, fresh, watch)
            if workspace.others(facts.key):
                self._warn(f"{workspace.folder.name} still holds unfinished work for this output "
                           "with other settings or of another source; delete it if you do not "
                           "need it.")
            yield self._last(self.result.frames)
            try:
                clear(folder)
            except OSError as error:
                self._warn(f"{folder} could not be removed ({error.strerror}); delete it.")

    def plan(self) -> RenderPlan:
        """Preflight: everything decided and checked, nothing rendered. Raises what `run` would."""
        check_target(self._request)
        check_free(self._request)
        stack, settings = self._stack(), self._settings()
        return plan_render(self._request, survey(self._request, stack, settings), stack, settings)

    def _warn(self, said: str) -> None:
        assert self.result is not None
        self.result = dataclasses.replace(self.result, warnings=(*self.result.warnings, said))

    def _last(self, frames: int) -> Progress:
        chunks = len(self.resolved.chunks) if self.resolved else 1
        return Progress("mux", frames, frames, 0.0, 0.0, chunks - 1, chunks, frames)

    def _steps(self, facts: Survey, stack: Stack, settings: Settings, fresh: bool,
               watch: Watch | None) -> Generator[Progress, None, RenderResult]:
        """Attempts, each by a humbler plan than the one before, then the join."""
        begun, folder = time.monotonic(), self.folder
        assert folder is not None
        if fresh:
            clear(folder)
        chosen, earlier = Choices.load(folder / PLAN), None
        while True:
            plan = plan_render(self._request, facts, stack, settings, chosen)
            self.notes, self.resolved = (*plan.notes, *plan.warnings), plan
            check_disk(plan, folder)
            with durable.saving(folder):
                folder.mkdir(exist_ok=True)
            if plan.choices != Choices.load(folder / PLAN):
                plan.choices.save(folder / PLAN)
            checkpoint = CheckpointManager(folder, plan.identities,
                                           "." + plan.spec.entry.chunk_container)
            run = Run(plan, stack, settings, checkpoint, self.timings, watch)
            earlier = run.resumed if earlier is None else min(run.resumed, earlier)
            try:
                yield from run.render()
                break
            except (InputError, ModelError):
                if not run.entries:
                    clear(folder)  # refused before anything was kept
                raise
            except GpuOutOfMemory as error:
                chosen = _otherwise(error, plan.choices.less_of_the_gpu())
            except (OutOfMemory, MemoryError) as error:
                chosen = _otherwise(error, plan.choices.fewer_workers(plan.workers))
            except EncodeFailed as error:
                restart = self._on_encoder_failure == "restart"
                chosen = _otherwise(error, plan.choices.in_software() if restart else None)
        return (yield from run.mux(self._metadata(), earlier, begun,
                                   lambda: check_free(self._request)))

    def _stack(self) -> Stack:
        drawing = self._drawing
        if isinstance(drawing, Recipe):
            return Stack.of(drawing)
        return Stack([Look(drawing if isinstance(drawing, Stylizer)
                           else CallableStylizer(drawing))])

    def _settings(self) -> Settings:
        if isinstance(self._drawing, Recipe):
            return settings_of(self._drawing, self._temporal)
        return settings_of_look(self._drawing, self._temporal)

    def _metadata(self) -> dict[str, str]:
        return {METADATA_KEY: self.recipe.portable() if self.recipe is not None
                else json.dumps(self._settings().document())}


def _one_of(stylizer: Stylizer[Any] | Function | None, recipe: Recipe | None
            ) -> Stylizer[Any] | Function | Recipe:
    if stylizer is None and recipe is not None:
        return recipe
    if stylizer is not None and recipe is None:
        return stylizer
    raise InvalidParameter("A render needs a stylizer or a recipe.", "Give one of them.")


def _temporal(recipe: Recipe | None, use_temporal: bool | None) -> Temporal:
    if recipe is not None and use_temporal is None:
        return recipe.steadiness
    return Temporal(mode="ema" if use_temporal else "off")


def _otherwise(error: BaseException, humbler: Choices | None) -> Choices:
    """What to try after an error, which is raised again where there is nothing."""
    if humbler is not None:
        return humbler
    if isinstance(error, BrushreelError):
        raise error
    raise OutOfMemory("There is not enough memory for this picture size.",
                      "Close other programs, or use --preset speed.") from error
