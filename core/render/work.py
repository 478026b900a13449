"""A picture on its way through the engine: a value for each stage it has passed."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
class Place:
    """Which picture of a render it is; time in ticks of the source's time base."""

    chunk: Chunk
    pts: int
    duration: int
    last: bool
    """Whether it is the last picture of its chunk, after which the state is kept."""


@dataclass(frozen=True, slots=True)
class Decoded:
    place: Place
    picture: Picture


@dataclass(frozen=True, slots=True)
class Prepared:
    place: Place
    picture: Picture
    frame: Frame
    small: Frame
    """The frame looks draw on; `frame` itself unless detail is reduced."""
    thumbnail: np.ndarray
    clipped: int


@dataclass(frozen=True, slots=True)
class Analyzed:
    """`state` goes on after the last picture of a chunk, and is empty for every other one."""

    place: Place
    picture: Picture
    frame: Frame
    small: Frame
    clipped: int
    weights: Weights
    analyses: tuple[Analysis, ...]
    starts_shot: bool
    state: State


@dataclass(frozen=True, slots=True)
class Drawn:
    """`image` is of the size of the small frame, before or after stabilization."""

    analyzed: Analyzed
    image: np.ndarray
    state: State

    @property
    def place(self) -> Place:
        return self.analyzed.place


@dataclass(frozen=True, slots=True)
class Finished:
    """What is encoded. Nothing else of its way is held on to, for pictures are large."""

    place: Place
    picture: Picture
    clipped: int = 0
    starts_shot: bool = False
    state: State = field(default_factory=dict)


def in_chunks(pictures: Iterable[TimedPicture], chunks: Sequence[Chunk]
              ) -> Generator[Decoded, None, None]:
    """Each picture with the chunk it belongs to; pictures wait for the next, to know the last."""
    remaining = iter(chunks)
    chunk = next(remaining)
    waiting: TimedPicture | None = None
    for timed in pictures:
        before = chunk
        while chunk.end is not None and timed.pts >= chunk.end:
            chunk = next(remaining)
        if waiting is not None:
            yield _decoded(waiting, before, last=before is not chunk)
        waiting = timed
    if waiting is not None:
        yield _decoded(waiting, chunk, last=True)


def _decoded(timed: TimedPicture, chunk: Chunk, *, last: bool) -> Decoded:
    return Decoded(Place(chunk, timed.pts, timed.duration, last), timed.picture)


def alone(timed: TimedPicture) -> Decoded:
    """A picture that belongs to no chunk."""
    return _decoded(timed, Chunk(0, timed.pts, None, 1), last=False)


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

