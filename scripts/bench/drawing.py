"""Looks at work on pictures in memory, as a render runs them, and how long that takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np

from core.render.detail import enlarged, reduced
from stylizers import Analysis, Frame, Stylizer


@dataclass(frozen=True, slots=True)
class Artist:
    """A look as a quality preset draws it: reduced to `detail` where pictures are larger."""

    stylizer: Stylizer[Any]
    detail: int | None

    def analyzed(self, frames: Sequence[Frame]) -> Iterator[tuple[Frame, Frame, Analysis]]:
        """In order: each frame, as it is drawn, and what is known of it."""
        previous: Analysis | None = None
        for frame in frames:
            small = reduced(frame, self.detail)
            previous = self.stylizer.analyze(small, previous)
            yield frame, small, previous

    def draw(self, frame: Frame, small: Frame, analysis: Analysis) -> np.ndarray:
        picture = self.stylizer.render(small, analysis)
        return self.stylizer.finish(frame, enlarged(picture, frame), analysis)

    def one_by_one(self, frames: Sequence[Frame]) -> None:
        for known in self.analyzed(frames):
            self.draw(*known)

    def two_at_a_time(self, pool: Executor, frames: Sequence[Frame]) -> None:
        """By a pool of two that outlives the call, as that of a render does its pictures."""
        waiting: deque[Future[np.ndarray]] = deque()
        for known in self.analyzed(frames):
            waiting.append(pool.submit(self.draw, *known))
            if len(waiting) > 3:
                waiting.popleft().result()
        for drawn in waiting:
            drawn.result()


def frames_of(pictures: Sequence[np.ndarray]) -> list[Frame]:
    """Pictures as consecutive frames of one shot at 30 frames a second."""
    made = []
    for number, picture in enumerate(pictures):
        picture.flags.writeable = False
        made.append(Frame(picture, pts=number, duration=1, time_base=Fraction(1, 30), shot=0,
                          index=number))
    return made


@contextmanager
def single_threaded() -> Iterator[None]:
    """OpenCV on one thread, as the engine runs it."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


Clock = Callable[[], float]


def interleaved(works: Mapping[str, Callable[[], object]], repeat: int, clock: Clock,
                done: Callable[[], None]) -> dict[str, list[float]]:
    """Seconds by `clock` of each work, all of them in turn `repeat` times, after a first time."""
    for work in works.values():
        work()  # compiles, and fills caches
        done()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeat):
        for name, work in works.items():
            begun = clock()
            work()
            taken[name].append(clock() - begun)
            done()
    return taken


WALL: Clock = time.perf_counter
CORES: Clock = time.process_time
"""Seconds of all cores: what else runs on the machine does not count."""
