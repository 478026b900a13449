"""A picture on its way through the engine, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np

from core.errors import OutOfMemory
from core.io.picture import Picture
from core.io.reader import TimedPicture
from core.render.chunks import Chunk
from core.render.stack import Weights
from stylizers.base import Analysis
from stylizers.frame import Frame

State = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Work:
    """A picture on its way. Later fields are filled by later stages."""

    timed: TimedPicture
    chunk: Chunk
    last: bool
    """Whether it is the last picture of its chunk, after which the state is kept."""
    picture: Picture
    frame: Frame | None = None
    small: Frame | None = None
    """The frame looks draw on; `frame` itself unless detail is reduced."""
    thumbnail: np.ndarray | None = None
    clipped: int = 0
    weights: Weights = ()
    analyses: tuple[Analysis, ...] = ()
    drawn: np.ndarray | None = None
    shot: int = 0
    starts_shot: bool = False
    state: State | None = None


def in_chunks(pictures: Iterable[TimedPicture], chunks: Sequence[Chunk]) -> Iterator[Work]:
    """Each picture with the chunk it belongs to; pictures wait for the next, to know the last."""
    remaining = iter(chunks)
    chunk = next(remaining)
    waiting: Work | None = None
    for timed in pictures:
        while chunk.end is not None and timed.pts >= chunk.end:
            chunk = next(remaining)
        if waiting is not None:
            yield replace(waiting, last=waiting.chunk is not chunk)
        waiting = Work(timed, chunk, False, timed.picture)
    if waiting is not None:
        yield replace(waiting, last=True)


class Telling:
    """Adds the time of the picture to whatever is raised inside."""

    def __init__(self, time: Fraction) -> None:
        self._time = time

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, MemoryError) or (
                isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem):
            raise OutOfMemory("There is not enough memory for this picture size.",
                              "Close other programs, or use --preset speed.") from error
        if error is not None:
            error.add_note(f"This happened to the picture at {float(self._time):.3f} s.")


def part_of(state: Mapping[str, np.ndarray] | None, name: str) -> State:
    """The arrays of one stage among those of all."""
    prefix = f"{name}."
    return {key.removeprefix(prefix): array for key, array in (state or {}).items()
            if key.startswith(prefix)}

