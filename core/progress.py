"""What a render tells while it runs and when it is done, and what its stages cost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Followed(Generic[T, R]):
    """Long work to loop over, closed by `with`; once it is over, `result` is what it gave."""

    result: R

    def __init__(self, work: Generator[T, Any, R]) -> None:
        self._work = work

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._work.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        try:
            return next(self._work)
        except StopIteration as end:
            self.result = end.value
            raise


@dataclass(frozen=True, slots=True)
class Progress:
    """`frames` of about `total` are done, and `kept` of them would survive a stop right now.

    `fps` is recent speed, `eta_seconds` what is left.
    """

    stage: Literal["render", "mux"]
    frames: int
    total: int
    fps: float
    eta_seconds: float | None
    chunk: int
    chunks: int
    kept: int


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A finished render. `resumed_frames` came from an earlier run; `seconds` is this one's.

    `clipped_pixels` of `pixels` held codes outside R'G'B', which were clipped once.
    """

    path: Path
    frames: int
    resumed_frames: int
    seconds: float
    fps: float
    codec: str
    container: str
    kept: tuple[str, ...]
    warnings: tuple[str, ...]
    """What is missing, or is not as it was asked for."""
    clipped_pixels: int
    pixels: int
    choice: str = ""
    """What `auto` took for a codec and why; empty where one was asked for."""
    notes: tuple[str, ...] = ()
    """How it was made, where that was not asked for: a device, colors taken for granted."""


@dataclass(slots=True)
class StageCost:
    """Seconds spent inside a stage, waiting for others excluded, over `frames` pictures."""

    wall: float = 0.0
    cpu: float = 0.0
    frames: int = 0


@dataclass(slots=True)
class StageTimings:
    """Costs by stage; `cpu` counts the Python thread alone, not FFmpeg's own threads."""

    stages: dict[str, StageCost] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
            with self._lock:
                cost = self.stages.setdefault(stage, StageCost())
                cost.wall += wall
                cost.cpu += cpu
                cost.frames += 1

    def drawn(self, stage: str, items: Iterator[T]) -> Iterator[T]:
        """The same items, each `next` measured."""
        try:
            while True:
                with self.measure(stage):
                    item = next(items, None)
                if item is None:
                    return
                yield item
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def timed(self, stage: str, work: Callable[..., T]) -> Callable[..., T]:
        """The same function, each call measured."""
        def measured(*arguments: object) -> T:
            with self.measure(stage):
                return work(*arguments)

        return measured


@dataclass(slots=True)
class Pace:
    """Recent speed, from the last few seconds."""

    total: int
    done: int = 0
    _marks: list[tuple[float, int]] = field(default_factory=list)

    def step(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if not self._marks or now - self._marks[-1][0] > 0.2:
            self._marks.append((now, self.done))
            self._marks = [mark for mark in self._marks if now - mark[0] < 10][-60:]

    @property
    def fps(self) -> float:
        if len(self._marks) < 2:
            return 0.0
        (then, before), (now, after) = self._marks[0], self._marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    @property
    def eta(self) -> float | None:
        return max(self.total - self.done, 0) / self.fps if self.fps else None
