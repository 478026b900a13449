"""The stages between decoding and encoding, for one run of chunks.

decode -> glimpse -> mark shots (in order) -> convert -> analyze (in order) -> render
       -> steady (in order) -> finish -> encode

Glimpsing, converting, rendering and finishing run on a pool; the stages in order share a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Protocol, TypeVar

import cv2
import numpy as np

from core.errors import RenderError
from core.hardware.execution import ExecutionPlan
from core.io.picture import Picture
from core.io.probe import VideoMetadata
from core.io.reader import TimedPicture
from core.progress import StageTimings
from core.render.composite import Compositor
from core.render.detail import enlarged, reduced
from core.render.inorder import InOrder
from core.render.stack import Stack
from core.render.stages import in_background, ordered_map
from core.render.work import (
    Analyzed,
    Decoded,
    Drawn,
    Finished,
    Glimpsed,
    Marked,
    Place,
    Prepared,
    Telling,
    alone,
)
from core.scenes import Glimpse, Thumbnailer
from core.temporal import Temporal
from stylizers.frame import Frame
from stylizers.sequence import ALONE, Tools


class _OnItsWay(Protocol):
    @property
    def place(self) -> Place: ...


W = TypeVar("W", bound=_OnItsWay)
R = TypeVar("R")


class Stopped(Exception):
    """Nobody waits for the frame in progress any more; ends the thread that works on it."""


class Engine:
    """Draws pictures of one source with one stack of looks.

    `state`, from a picture before, goes on where it left off. Its arrays `shot` and `cuts.*` alone
    are enough where no look carries anything over, and wherever a shot starts; without any, the
    render begins.
    """

    def __init__(self, source: VideoMetadata, stack: Stack, temporal: Temporal,
                 compositor: Compositor, *, detail: int | None, hold: int = 1,
                 execution: ExecutionPlan, timings: StageTimings) -> None:
        self._source, self._stack, self._compositor = source, stack, compositor
        self._in_order = InOrder(source, stack, temporal, hold, timings)
        self._hold, self._detail = hold, detail
        self._stopped = threading.Event()
        self._execution, self._timings = execution, timings
        self._thumbnails = Thumbnailer(source.pixel_format, source.tags, source.width,
                                       source.height)

    def run(self, works: Iterable[Decoded], index: int, state: Mapping[str, np.ndarray] | None
            ) -> Generator[Finished, None, None]:
        """The same pictures, finished; `index` is the first one's number."""
        if self._stack.inert:
            yield from self._unchanged(works)
            return
        workers = self._execution.workers
        ahead = workers + 2
        threads = cv2.getNumThreads()
        cv2.setNumThreads(self._execution.picture_threads)  # more would contend with the pool's
        try:
            with ThreadPoolExecutor(workers, "worker") as pool, ExitStack() as stages:
                # Closed from the last to the first, whichever of them stopped the others.
                glimpsed = stages.enter_context(closing(
                    ordered_map(pool, self._stage("glimpse", self._glimpse), works, ahead)))
                marked = stages.enter_context(closing(
                    self._in_order.marked(glimpsed, index, state)))
                prepared = stages.enter_context(closing(
                    ordered_map(pool, self._stage("convert", self._prepare), marked, ahead)))
                analyzed = stages.enter_context(closing(
                    self._in_order.analyzed(prepared, state, self._tools(stages))))
                drawn = stages.enter_context(closing(self._drawn(pool, analyzed, ahead)))
                steadied = stages.enter_context(closing(self._in_order.steadied(drawn, state)))
                steady = stages.enter_context(closing(in_background(steadied, 2)))
                finished = stages.enter_context(closing(
                    ordered_map(pool, self._stage("finish", self._finish), steady, ahead)))
                stages.callback(self._stopped.set)  # before the stages close and wait for the rest
                yield from finished
        finally:
            self._stack.close()
            cv2.setNumThreads(threads)

    def _tools(self, stages: ExitStack) -> Tools:
        """Threads of their own for bands of a frame: the pool's are busy with whole frames."""
        self._stopped.clear()
        if not self._stack.in_order:
            return ALONE
        pool = stages.enter_context(ThreadPoolExecutor(self._execution.workers, "bands"))
        return Tools(pool=pool, check=self._check)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def _drawn(self, pool: ThreadPoolExecutor, works: Iterable[Analyzed], ahead: int
               ) -> Generator[Drawn, None, None]:
        render = self._stage("render", self._render)
        if not self._stack.serial:
            yield from ordered_map(pool, render, works, ahead)
            return
        for work in works:
            yield render(work)

    def _stage(self, name: str, step: Callable[[W], R]) -> Callable[[W], R]:
        """The same step, timed, and telling of which picture it failed on."""
        def staged(work: W) -> R:
            with self._timings.measure(name), Telling(work.place.pts * self._source.time_base):
                return step(work)

        return staged

    def _unchanged(self, works: Iterable[Decoded]) -> Iterator[Finished]:
        """Planes straight through; the state of a look that does nothing is none."""
        for work in works:
            yield Finished(work.place, self._compositor.unchanged(work.picture))

    def _glimpse(self, work: Decoded) -> Glimpsed:
        return Glimpsed(work, Glimpse(self._thumbnails.of(work.picture),
                                      work.place.pts * self._source.time_base))

    def _prepare(self, work: Marked) -> Prepared | Marked:
        """Nothing is made of a held picture: what it shows is made already."""
        if work.held:
            return work
        image, clipped = self._compositor.to_rgb(work.picture)
        image.flags.writeable = False
        frame = Frame(image, work.place.pts, work.place.duration, self._source.time_base,
                      work.shot, work.index, alpha=self._compositor.alpha(work.picture),
                      sar=self._source.sar, flash=work.flash)
        colors = self._compositor.kept_colors(work.picture, image) if self._hold > 1 else ()
        return Prepared(work, frame, reduced(frame, self._detail), clipped, colors)

    def _render(self, work: Analyzed) -> Drawn:
        if work.marked.held:
            return Drawn(work, None, work.state)
        drawing, source = work.drawing, work.drawing.small
        drawn = self._stack.render(source, drawing.analyses, drawing.weights)
        if drawn.shape != source.image.shape or drawn.dtype != source.image.dtype:
            raise RenderError(
                f"The look gave {drawn.dtype} {drawn.shape} for a picture of "
                f"{source.image.dtype} {source.image.shape}.",
                "A look must return a picture of the shape and type it was given.")
        return Drawn(work, drawn, work.state)

    def _finish(self, work: Drawn) -> Finished:
        analyzed, drawing, marked = work.analyzed, work.analyzed.drawing, work.analyzed.marked
        assert work.image is not None
        drawn = enlarged(work.image, analyzed.frame)
        styled = self._stack.finish(analyzed.frame, drawn, drawing.analyses, drawing.weights)
        picture = self._compositor.deliver(
            marked.picture, drawing.frame.image, styled, drawing.weights,
            drawing.colors if marked.held else None)
        return Finished(work.place, picture, analyzed.clipped, marked.starts_shot, work.state)

    def still(self, timed: TimedPicture) -> np.ndarray:
        """One picture on its own, as R'G'B'."""
        return self._compositor.delivered_rgb(self.finished(timed))

    def finished(self, timed: TimedPicture) -> Picture:
        """One picture on its own, as the encoder gets it."""
        glimpsed = self._stage("glimpse", self._glimpse)(alone(timed))
        marked = next(self._in_order.marked([glimpsed], 0, None))
        prepared = self._stage("convert", self._prepare)(marked)
        with closing(self._stack):
            analyzed = next(self._in_order.analyzed([prepared], None))
        drawn = self._stage("render", self._render)(analyzed)
        return self._stage("finish", self._finish)(drawn).picture
