"""A picture on its way through the engine: a value for each stage it has passed."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np

from core.checkpoint import State
from core.errors import OutOfMemory
from core.io.picture import Picture
from core.io.reader import TimedPicture
from core.render.chunks import Chunk
from core.render.stack import Weights
from core.scenes import Glimpse
from stylizers.base import Analysis
from stylizers.frame import Frame


@dataclass(frozen=True, slots=True)
class Place:
    """Which picture of a render it is; time in ticks of the source's time base.

    `beyond` the last chunk it is looked at, for the pictures before it, and not drawn.
    """

    chunk: Chunk
    pts: int
    duration: int
    last: bool
    """Whether it is the last picture of its chunk, after which the state is kept."""
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    place: Place
    picture: Picture


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """A decoded picture and what finding cuts sees of it."""

    decoded: Decoded
    glimpse: Glimpse

    @property
    def place(self) -> Place:
        return self.decoded.place


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture whose place among shots is known.

    Here and later, `state` goes on after the last picture of a chunk, and is empty elsewhere.
    """

    place: Place
    picture: Picture
    shot: int
    index: int
    starts_shot: bool
    flash: bool
    held: bool
    """Whether it shows the drawing before it once more."""
    state: State


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture to be drawn.

    `small` is the frame looks draw on: `frame` itself unless detail is reduced. `colors` are the
    chroma planes that its drawing keeps where it stands for other pictures.
    """

    marked: Marked
    frame: Frame
    small: Frame
    clipped: int
    colors: tuple[np.ndarray, ...] = ()

    @property
    def place(self) -> Place:
        return self.marked.place


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, and from what: `frame` and `small` are those of the picture drawn from."""

    frame: Frame
    small: Frame
    colors: tuple[np.ndarray, ...]
    weights: Weights
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class Analyzed:
    """`frame` has the image of the drawing, but the place in time of the picture that shows it."""

    marked: Marked
    frame: Frame
    drawing: Drawing
    clipped: int
    state: State

    @property
    def place(self) -> Place:
        return self.marked.place


@dataclass(frozen=True, slots=True)
class Drawn:
    """`image` is of the size of the small frame, before or after stabilization.

    Before it, a held picture has none.
    """

    analyzed: Analyzed
    image: np.ndarray | None
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
    """Each picture with the chunk it belongs to; pictures wait for the next, to know the last.

    Those after the end of the last chunk come too, as beyond it.
    """
    last = chunks[-1]
    remaining = iter(chunks)
    chunk, beyond = next(remaining), False
    waiting: TimedPicture | None = None
    for timed in pictures:
        before, was_beyond = chunk, beyond
        beyond = last.end is not None and timed.pts >= last.end
        while not beyond and chunk.end is not None and timed.pts >= chunk.end:
            chunk = next(remaining)
        if waiting is not None:
            yield _decoded(waiting, before, last=before is not chunk or beyond is not was_beyond,
                           beyond=was_beyond)
        waiting = timed
    if waiting is not None:
        yield _decoded(waiting, chunk, last=True, beyond=beyond)


def _decoded(timed: TimedPicture, chunk: Chunk, *, last: bool, beyond: bool = False) -> Decoded:
    return Decoded(Place(chunk, timed.pts, timed.duration, last, beyond), timed.picture)


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
