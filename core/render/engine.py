"""The stages between decoding and encoding, for one run of chunks.

decode -> convert -> analyze (in order) -> render -> steady (in order) -> finish -> encode

Conversion, rendering and finishing run on a pool; the two stages in order share a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace

import cv2
import numpy as np

from core.errors import RenderError
from core.io.picture import Picture
from core.io.probe import VideoMetadata
from core.io.reader import TimedPicture
from core.progress import StageTimings
from core.render.chunks import Chunk
from core.render.composite import Compositor
from core.render.stack import Stack
from core.render.stages import in_background, ordered_map
from core.render.work import State, Telling, Work, part_of
from core.scenes import CutDetector, thumbnail
from core.temporal import Stabilizer, Temporal, stabilizer
from stylizers.base import Analysis
from stylizers.frame import Frame


class Engine:
    """Draws pictures of one source with one stack of looks.

    `state`, from a Work before, goes on where it left off. Its arrays `shot` and `cuts.*` alone are
    enough where no look carries anything over, and wherever a shot starts; without any, the render
    begins.
    """

    def __init__(self, source: VideoMetadata, stack: Stack, temporal: Temporal,
                 compositor: Compositor, *, detail: int | None, workers: int,
                 timings: StageTimings) -> None:
        self._source, self._stack, self._compositor = source, stack, compositor
        self._temporal, self._detail = temporal, detail
        self._workers, self._timings = workers, timings

    def run(self, works: Iterator[Work], index: int, state: Mapping[str, np.ndarray] | None
            ) -> Iterator[Work]:
        """The same works with finished pictures; `index` is the first one's number."""
        if self._stack.inert:
            yield from self._unchanged(works)
            return
        ahead = self._workers + 2
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)  # the pool's workers are the threads; more would only contend
        try:
            with ThreadPoolExecutor(self._workers, "worker") as pool, ExitStack() as stages:
                # Closed from the last to the first, whichever of them stopped the others.
                prepared = stages.enter_context(closing(
                    ordered_map(pool, self._stage("convert", self._prepare), works, ahead)))
                analyzed = stages.enter_context(closing(self._in_order(prepared, index, state)))
                drawn = stages.enter_context(closing(self._drawn(pool, analyzed, ahead)))
                steadied = stages.enter_context(closing(self._steadied(drawn, state)))
                steady = stages.enter_context(closing(in_background(steadied, 2)))
                yield from stages.enter_context(closing(
                    ordered_map(pool, self._stage("finish", self._finish), steady, ahead)))
        finally:
            cv2.setNumThreads(threads)

    def _drawn(self, pool: ThreadPoolExecutor, works: Iterator[Work], ahead: int
               ) -> Iterator[Work]:
        render = self._stage("render", self._render)
        if not self._stack.serial:
            yield from ordered_map(pool, render, works, ahead)
            return
        for work in works:
            yield render(work)

    def _stage(self, name: str, step: Callable[[Work], Work]) -> Callable[[Work], Work]:
        """The same step, timed, and telling of which picture it failed on."""
        def staged(work: Work) -> Work:
            with self._timings.measure(name), Telling(work.timed.pts * self._source.time_base):
                return step(work)

        return staged

    def _unchanged(self, works: Iterator[Work]) -> Iterator[Work]:
        """Planes straight through; the state of a look that does nothing is none."""
        for work in works:
            yield replace(work, picture=self._compositor.unchanged(work.picture),
                          state={} if work.last else None)

    def _prepare(self, work: Work) -> Work:
        image, clipped = self._compositor.to_rgb(work.picture)
        image.flags.writeable = False
        frame = Frame(image, work.timed.pts, work.timed.duration, self._source.time_base, shot=0,
                      index=0, alpha=self._compositor.alpha(work.picture), sar=self._source.sar)
        return replace(work, frame=frame, small=self._reduced(frame), clipped=clipped,
                       thumbnail=thumbnail(image))

    def _reduced(self, frame: Frame) -> Frame:
        height, width = frame.image.shape[:2]
        if self._detail is None or min(height, width) <= self._detail:
            return frame
        factor = self._detail / min(height, width)
        small = cv2.resize(frame.image, (round(width * factor), round(height * factor)),
                           interpolation=cv2.INTER_AREA)
        small.flags.writeable = False
        return replace(frame, image=small)

    def _in_order(self, works: Iterator[Work], index: int,
                  state: Mapping[str, np.ndarray] | None) -> Iterator[Work]:
        """Shots, frame numbers, masks, and what the looks learn from frame to frame."""
        cuts = CutDetector.from_arrays(part_of(state, "cuts"))
        shot = int(state["shot"]) if state else 0
        known = part_of(state, "looks")
        previous = self._stack.analyses_from(known) if known else None
        size = self._source.width, self._source.height
        for work in works:
            with self._timings.measure("analyze"):
                cut = cuts.observe(work.thumbnail, work.frame.time)
                shot += cut
                frame = replace(work.frame, shot=shot, index=index)
                small = frame if work.small is work.frame else replace(
                    work.small, shot=shot, index=index)
                index += 1
                weights = self._stack.weights(frame.time - self._source.start, *size)
                analyses = self._stack.analyze(small, None if cut else previous)
                previous = analyses
                kept = self._state(cuts, shot, analyses) if work.last else None
                work = replace(work, frame=frame, small=small, weights=weights,
                               analyses=analyses, state=kept, thumbnail=None, shot=shot,
                               starts_shot=cut)
            yield work

    def _state(self, cuts: CutDetector, shot: int, analyses: tuple[Analysis, ...]) -> State:
        return {"shot": np.array(shot),
                **{f"cuts.{name}": array for name, array in cuts.to_arrays().items()},
                **{f"looks.{name}": array
                   for name, array in self._stack.state_of(analyses).items()}}

    def _render(self, work: Work) -> Work:
        drawn = self._stack.render(work.small, work.analyses, work.weights)
        if drawn.shape != work.small.image.shape or drawn.dtype != work.small.image.dtype:
            raise RenderError(
                f"The look gave {drawn.dtype} {drawn.shape} for a picture of "
                f"{work.small.image.dtype} {work.small.image.shape}.",
                "A look must return a picture of the shape and type it was given.")
        return replace(work, drawn=drawn)

    def _steadied(self, works: Iterator[Work], state: Mapping[str, np.ndarray] | None
                  ) -> Iterator[Work]:
        steady: Stabilizer = stabilizer(self._temporal, self._stack.support(),
                                        part_of(state, "temporal"))
        for work in works:
            with self._timings.measure("temporal"):
                drawn = steady.step(work.small, work.drawn)
                kept = work.state
                if kept is not None:
                    kept = kept | {f"temporal.{name}": array
                                   for name, array in steady.to_arrays().items()}
                work = replace(work, drawn=drawn, state=kept)
            yield work

    def _finish(self, work: Work) -> Work:
        drawn = work.drawn
        if work.small is not work.frame:
            drawn = cv2.resize(drawn, work.frame.image.shape[1::-1],
                               interpolation=cv2.INTER_CUBIC)
            drawn.flags.writeable = False
        styled = self._stack.finish(work.frame, drawn, work.analyses, work.weights)
        picture = self._compositor.deliver(work.picture, work.frame.image, styled, work.weights)
        return replace(work, picture=picture, frame=None, small=None, drawn=None)

    def still(self, timed: TimedPicture) -> np.ndarray:
        """One picture on its own, as R'G'B'."""
        return self._compositor.delivered_rgb(self.finished(timed))

    def finished(self, timed: TimedPicture) -> Picture:
        """One picture on its own, as the encoder gets it."""
        work = Work(timed, Chunk(0, timed.pts, None, 1), False, timed.picture)
        work = self._stage("convert", self._prepare)(work)
        work = self._stage("render", self._render)(next(self._in_order(iter([work]), 0, None)))
        return self._stage("finish", self._finish)(work).picture
