"""Pipeline: a video in, the same video drawn in a style out, nothing lost on the way."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core.checkpoint import CheckpointManager, Entry
from core.composite import Compositor
from core.delivery import deliver
from core.engine import Engine, Work, in_chunks
from core.errors import DiskFull, EncodeFailed, FrameMismatch, InvalidParameter, OutOfMemory
from core.io.codecs import CODECS
from core.io.encode import Encoder, chunk_muxer
from core.io.reader import VideoReader
from core.preflight import (
    DISK_FLOOR,
    RenderPlan,
    Request,
    plan_render,
    settings_of,
)
from core.progress import Pace, Progress, RenderResult, StageTimings
from core.recipe import METADATA_KEY, Output, Recipe
from core.stack import CallableStylizer, Look, Stack, look_of
from core.temporal import Temporal
from stylizers.base import Stylizer


class Pipeline:
    """Renders one video.

    >>> result = Pipeline(input_path="input.mp4", output_path="output.mp4",
    ...                   stylizer=PencilStylizer(), chunk_duration=30,
    ...                   use_temporal=True).process(progress_callback=callback)

    Give a `stylizer` (a look, or a function of one RGB picture) or a `recipe`. `chunk_duration`
    is in seconds, 1 or more; `use_temporal=True` means `ema`. `start` and `end` are seconds since
    the source begins. An interrupted render goes on where it stopped when it is run again with
    the same settings, unless `resume` is False. An existing output is refused unless `overwrite`.
    """

    def __init__(self, input_path: str | Path, output_path: str | Path,
                 stylizer: Stylizer[Any] | Callable[[np.ndarray], np.ndarray] | None = None, *,
                 recipe: Recipe | None = None, chunk_duration: float | None = None,
                 use_temporal: bool | None = None, start: Fraction | float | None = None,
                 end: Fraction | float | None = None, workers: int | None = None,
                 resume: bool = True, overwrite: bool = False) -> None:
        if (stylizer is None) == (recipe is None):
            raise InvalidParameter("A render needs a stylizer or a recipe.", "Give one of them.")
        if workers is not None and workers < 1:
            raise InvalidParameter(f"workers={workers} is refused: it must be 1 or more.",
                                   "Leave it out to use every core.")
        self.recipe, self._stylizer = recipe, stylizer
        self._temporal = _temporal(recipe, use_temporal)
        self._resume = resume
        self.timings = StageTimings()
        self.result: RenderResult | None = None
        self._request = Request(
            source=Path(input_path), target=Path(output_path), recipe=recipe,
            output=recipe.output if recipe else Output(), chunk_duration=chunk_duration,
            start=None if start is None else Fraction(start),
            end=None if end is None else Fraction(end), workers=workers, overwrite=overwrite,
            effort=recipe.quality.effort if recipe else "balanced")

    def process(self, progress_callback: Callable[[Progress], None] | None = None
                ) -> RenderResult:
        """Render to the end; the callback is given every Progress."""
        for progress in self.run():
            if progress_callback is not None:
                progress_callback(progress)
        assert self.result is not None
        return self.result

    def run(self) -> Iterator[Progress]:
        """Render, telling how far it is; closing the iterator stops it, to be resumed later."""
        try:
            yield from self._attempt(self._request)
        except (OutOfMemory, MemoryError):
            if self._request.workers == 1:
                raise OutOfMemory("There is not enough memory for this picture size.",
                                  "Close other programs, or use --preset speed.") from None
            # The chunks done stay done: workers do not change pixels.
            yield from self._attempt(dataclasses.replace(self._request, workers=1))
        except EncodeFailed:
            codec = self._last_codec
            if codec is None or not CODECS[codec].software:
                raise
            # Chunks of different encoders are never joined: from the start, with the other one.
            output = self._request.output.model_copy(update={"codec": CODECS[codec].software})
            yield from self._attempt(dataclasses.replace(self._request, output=output))

    _last_codec: str | None = None

    def plan(self) -> RenderPlan:
        """Preflight: everything decided and checked, nothing rendered. Raises what `run` would."""
        return plan_render(self._request, self._stack(), self._settings())

    def _stack(self) -> Stack:
        if self.recipe is not None:
            return Stack([look_of(layer) for layer in self.recipe.layers])
        stylizer = self._stylizer
        if not isinstance(stylizer, Stylizer):
            stylizer = CallableStylizer(stylizer)
        return Stack([Look(stylizer)])

    def _settings(self) -> dict[str, Any]:
        if self.recipe is not None:
            return settings_of(self.recipe) | {"temporal": self._temporal.model_dump()}
        params = getattr(self._stylizer, "params", None)
        return {"layers": params.model_dump(mode="json") if params is not None else None,
                "temporal": self._temporal.model_dump(), "detail": None}

    def _attempt(self, request: Request) -> Iterator[Progress]:
        stack, begun = self._stack(), time.monotonic()
        plan = plan_render(request, stack, self._settings())
        self._last_codec = plan.spec.codec
        folder = plan.target.with_name(plan.target.name + ".render") / plan.key
        suffix = "." + plan.spec.entry.chunk_container
        with CheckpointManager(folder, plan.identities, suffix) as checkpoint:
            done = self._restored(checkpoint, plan)
            resumed = sum(entry.frames for entry in done.values())
            run = _Run(plan, stack, self._temporal, self.recipe, checkpoint, self.timings, done)
            yield from run.render()
            muxing = run.mux(self._metadata())
            kept = yield from muxing
            checkpoint.clear()
        self.result = run.result(kept, resumed, time.monotonic() - begun)

    def _restored(self, checkpoint: CheckpointManager, plan: RenderPlan) -> dict[int, Entry]:
        if not (self._resume and plan.resumable):
            shutil.rmtree(checkpoint.folder)
            checkpoint.folder.mkdir()
            return {}
        return checkpoint.restore()

    def _metadata(self) -> dict[str, str]:
        return {METADATA_KEY: self.recipe.portable()} if self.recipe is not None else {
            METADATA_KEY: json.dumps(self._settings(), default=str)}


def _temporal(recipe: Recipe | None, use_temporal: bool | None) -> Temporal:
    if recipe is not None and use_temporal is None:
        return recipe.steadiness
    return Temporal(mode="ema" if use_temporal else "off")


class _Run:
    """One attempt at a plan: the chunks still missing, then the join."""

    def __init__(self, plan: RenderPlan, stack: Stack, temporal: Temporal,
                 recipe: Recipe | None, checkpoint: CheckpointManager, timings: StageTimings,
                 done: dict[int, Entry]) -> None:
        self.plan, self.stack, self.checkpoint = plan, stack, checkpoint
        self.entries = done
        self.timings = timings
        self.warnings = list(plan.warnings)
        self._compositor = Compositor(plan.source, plan.spec, stack.looks)
        if self._compositor.note and not stack.inert:
            self.warnings.append(f"Color: {self._compositor.note}.")
        self._engine = Engine(
            plan.source, stack, temporal, self._compositor,
            detail=recipe.quality.detail if recipe else None, workers=plan.workers,
            timings=timings)
        self._stateful = stack.stateful or stack.serial or temporal.mode != "off"
        self._pace = Pace(plan.frames)

    def render(self) -> Iterator[Progress]:
        """Every missing chunk, in runs that each start where no state is needed or it is known."""
        self._pace.done = sum(entry.frames for entry in self.entries.values())
        while (missing := self._next_run()) is not None:
            first, last, state = missing
            self.checkpoint.discard(range(first, last + 1))
            for number in range(first, last + 1):
                self.entries.pop(number, None)
            yield from self._render_run(first, last, state)

    def _next_run(self) -> tuple[int, int, Any] | None:
        count = len(self.plan.chunks)
        gap = next((n for n in range(count) if n not in self.entries), None)
        if gap is None:
            return None
        last = next((n - 1 for n in range(gap, count) if n in self.entries), count - 1)
        if not self._stateful:
            return gap, last, None
        before = self.entries.get(gap - 1)
        state = self.checkpoint.load_state(before) if before is not None else None
        first = gap
        while first and state is None:
            # Go back to where a shot starts with a chunk, for there nothing is carried over.
            first -= 1
            if first == 0 or self.entries[first].reset:
                break
        if state is None and first:
            state = {"shot": np.array(self.entries[first - 1].shot + 1)}
        return first, last, state

    def _render_run(self, first: int, last: int, state: Any) -> Iterator[Progress]:
        plan = self.plan
        chunks = plan.chunks[first:last + 1]
        index = sum(self.entries[n].frames for n in range(first))
        with VideoReader(plan.source.path, deinterlace=not self.stack.inert) as reader:
            from core.stages import in_background

            pictures = reader.pictures(None if first == 0 and plan.span.start is None
                                       else chunks[0].start, chunks[-1].end, plan.keys)
            decoded = in_background(self.timings.drawn("decode", pictures), plan.workers + 2)
            works = self._engine.run(in_chunks(decoded, chunks), index, state)
            with contextlib.closing(works):
                yield from self._encode(works, chunks)
            self.warnings += [said for said in reader.report.warnings()
                              if said not in self.warnings]
        for chunk in chunks:
            if chunk.number not in self.entries:
                self._note_empty(chunk.number)

    def _note_empty(self, number: int) -> None:
        """A chunk whose packets all turned out undecodable holds nothing, and says so."""
        raise FrameMismatch(
            f"Part {number + 1} of {len(self.plan.chunks)} of the source gave no picture.",
            "Its file is damaged there; choose a range without that part.")

    def _encode(self, works: Iterator[Work], chunks: Sequence[Any]) -> Iterator[Progress]:
        writer: _ChunkWriter | None = None
        try:
            for work in works:
                if writer is None:
                    self._check_room()
                    writer = _ChunkWriter(self.checkpoint, self.plan, work)
                with self.timings.measure("encode"):
                    writer.write(work)
                self._pace.step()
                if work.last:
                    with self.timings.measure("commit"):
                        self.entries[work.chunk.number] = writer.commit(work)
                    writer = None
                yield self._progress("render", self._pace, work.chunk.number)
        finally:
            if writer is not None:
                writer.abandon()

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.checkpoint.folder).free
        if free < DISK_FLOOR:
            raise DiskFull(f"Only {free / 2**20:.0f} MB are free, so the render pauses.",
                           "Free some space and run the same command again; it resumes.")

    def _progress(self, stage: Any, pace: Pace, chunk: int) -> Progress:
        return Progress(stage, pace.done, max(pace.total, pace.done), pace.fps, pace.eta,
                        chunk, len(self.plan.chunks))

    def mux(self, metadata: dict[str, str]) -> Iterator[Progress]:
        """Join the chunks into the output; gives back what came along."""
        entries = [self.entries[n] for n in range(len(self.plan.chunks))]
        frames = sum(entry.frames for entry in entries)
        pace = Pace(frames)
        yield self._progress("mux", pace, len(entries) - 1)
        with self.timings.measure("mux"):
            kept = deliver(self.plan, self.checkpoint, entries, metadata)
        pace.done = frames
        yield self._progress("mux", pace, len(entries) - 1)
        return kept

    def result(self, kept: Any, resumed: int, seconds: float) -> RenderResult:
        entries = self.entries.values()
        frames = sum(entry.frames for entry in entries)
        said = [*self.warnings, *kept.warnings]
        return RenderResult(
            path=self.plan.target, frames=frames, resumed_frames=resumed, seconds=seconds,
            fps=(frames - resumed) / seconds if seconds else 0.0, codec=self.plan.spec.codec,
            container=self.plan.container, kept=tuple(kept.kept),
            warnings=tuple(dict.fromkeys(said)),
            clipped_pixels=sum(entry.clipped for entry in entries))


class _ChunkWriter:
    """One chunk on its way to its file."""

    def __init__(self, checkpoint: CheckpointManager, plan: RenderPlan, first: Work) -> None:
        self._checkpoint, self._chunk = checkpoint, first.chunk
        muxer, _ = chunk_muxer(plan.spec)
        self._encoder = Encoder(checkpoint.chunk_path(first.chunk.number), plan.spec, muxer)
        self._reset = first.starts_shot or first.chunk.number == 0
        self._pts: list[int] = []
        self._durations: list[int] = []
        self._clipped = 0

    def write(self, work: Work) -> None:
        self._encoder.write(work.picture)
        self._pts.append(work.timed.pts)
        self._durations.append(work.timed.duration)
        self._clipped += work.clipped

    def commit(self, last: Work) -> Entry:
        encoded = self._encoder.close()
        if encoded.frames != len(encoded.order):
            raise FrameMismatch(
                f"The encoder was given {encoded.frames} pictures and gave back "
                f"{len(encoded.order)}.", "Choose another codec.")
        number = self._chunk.number
        return self._checkpoint.commit(Entry(
            number=number, identity=self._checkpoint.identity(number),
            file=self._checkpoint.file_name(number), size=0, digest="", pts=tuple(self._pts),
            durations=tuple(self._durations), order=tuple(encoded.order.tolist()),
            shot=last.shot, reset=self._reset, clipped=self._clipped, state="",
            state_digest=""), last.state)

    def abandon(self) -> None:
        self._encoder.abandon()
