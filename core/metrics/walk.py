"""Single pictures of a video, in order, with no more decoded than it takes."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Self

import numpy as np

from core.io import VideoReader
from core.io.index import shown_pictures
from core.io.reader import TimedPicture
from core.scenes.thumbnails import Glimpse, Thumbnailer

_NEAR = 12
"""Pictures that are decoded on the way rather than leapt over."""


class Walk:
    """The pictures of a video by number, from 0 as they are shown.

    `times` (N,) are seconds since the file begins, as float64.
    """

    def __init__(self, path: Path) -> None:
        """Raises InputError for what is no video or shows nothing."""
        self.path = path
        self._reader = VideoReader(path)
        source = self.metadata = self._reader.metadata
        self._pts, self._access = shown_pictures(source)
        self.times = self._pts * float(source.time_base) - float(source.container_start)
        self._thumbnails = Thumbnailer(source.pixel_format, source.tags, source.width,
                                       source.height)
        self._steps: Generator[TimedPicture, None, None] | None = None
        self._waiting: TimedPicture | None = None
        self._number = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._steps is not None:
            self._steps.close()
        self._reader.close()

    def __len__(self) -> int:
        return len(self._pts)

    def at(self, number: int) -> TimedPicture | None:
        """That picture, None where it cannot be decoded; `number` grows from call to call."""
        pts = int(self._pts[number])
        if self._steps is None or self._leaps(number):
            if self._steps is not None:
                self._steps.close()
            self._steps = self._reader.pictures(pts, None, self._access)
            self._waiting = None
        self._number = number
        while self._waiting is None or self._waiting.pts < pts:
            self._waiting = next(self._steps, None)
            if self._waiting is None:
                return None
        after = number + 1 < len(self._pts) and self._waiting.pts >= self._pts[number + 1]
        return None if after else self._waiting

    def _leaps(self, number: int) -> bool:
        """Whether decoding anew for this picture would begin beyond the last one.

        The reader begins a group of pictures earlier than the key frame before it.
        """
        if number - self._number <= _NEAR:
            return False
        landings = self._access.landings(int(self._pts[number]))
        return bool(landings) and landings[0].key > int(self._pts[max(self._number, 0)])

    def image(self, timed: TimedPicture) -> np.ndarray:
        """R'G'B' (H, W, 3), uint8 or uint16."""
        return self._reader.image(timed)

    def glimpse(self, timed: TimedPicture) -> Glimpse:
        """What finding cuts sees of it; its time is seconds since the file begins."""
        return Glimpse(self._thumbnails.of(timed.picture), self.metadata.time_of(timed.pts))
