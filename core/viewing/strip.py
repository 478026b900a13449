"""FrameStrip: the pictures of a video at preview size, decoded where one looks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np

from core.errors import InvalidParameter, UnreadableVideo
from core.io import VideoReader
from core.io.index import shown_pictures
from core.io.reader import TimedPicture
from core.render.detail import reduced
from stylizers.frame import Frame

PREVIEW = 720
"""Short side, in pixels, of pictures that are only looked at."""
_ROOM = 192 * 2**20
"""Bytes of decoded pictures that are kept."""
_AHEAD, _BEHIND = 12, 4
"""Pictures around the playhead that are decoded before anybody asks for them."""


class FrameStrip:
    """Any picture of a video, small, the ones around the last asked for at hand.

    With a `short_side` of None pictures come as large as they are.
    Pictures count from 0 in the order they are shown. Safe for use by several threads; decoding
    is done by one at a time. Raises InputError for what is no video.
    """

    def __init__(self, path: str | Path, short_side: int | None = PREVIEW,
                 room: int = _ROOM) -> None:
        self.path = Path(path)
        self._reader = VideoReader(self.path)
        self.metadata = self._reader.metadata
        self._pts, self._access = shown_pictures(self.metadata)
        self._short_side, self._room, self._held = short_side, room, 0
        self._kept: OrderedDict[int, Frame] = OrderedDict()
        self._walk: Generator[TimedPicture, None, None] | None = None
        self._next = 0
        self._playhead = 0
        self._decoding, self._keeping = threading.Lock(), threading.Lock()
        self._ahead = ThreadPoolExecutor(1, "look-ahead")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._ahead.shutdown(wait=True, cancel_futures=True)
        with self._decoding:
            self._leave()
            self._reader.close()

    def __len__(self) -> int:
        return len(self._pts)

    def time_of(self, number: int) -> Fraction:
        """Seconds since the source begins at which a picture is shown."""
        return self.metadata.time_of(int(self._pts[self._within(number)]))

    def number_at(self, time: Fraction | float) -> int:
        """The picture shown at that time; the first or last one where it lies outside."""
        source = self.metadata
        ticks = int((Fraction(time) + source.container_start) / source.time_base)
        return self._within(int(np.searchsorted(self._pts, ticks, side="right")) - 1)

    def frame(self, number: int) -> Frame:
        """A picture with a short side of at most `short_side`; the nearest where it is damaged."""
        number = self._playhead = self._within(number)
        found = self._find(number) or self._decoded(number)
        self._ahead.submit(self._surround, number)
        return found

    def glance(self, number: int) -> Frame:
        """The same, for who does not stay there: nothing around it is decoded."""
        number = self._within(number)
        return self._find(number) or self._decoded(number)

    def _within(self, number: int) -> int:
        return min(max(number, 0), len(self._pts) - 1)

    def _surround(self, number: int) -> None:
        """Decode what is likely asked for next, for as long as the playhead stays."""
        for near in (*range(number + 1, number + 1 + _AHEAD), *range(number - _BEHIND, number)):
            if self._playhead != number:
                return
            if 0 <= near < len(self._pts) and self._find(near) is None:
                try:
                    self._decoded(near)
                except (UnreadableVideo, InvalidParameter):
                    return  # said when that very picture is asked for

    def _decoded(self, number: int) -> Frame:
        with self._decoding:
            found = self._find(number)  # by the thread we waited for
            if found is not None:
                return found
            if self._walk is None or not self._next <= number <= self._next + 2 * _AHEAD:
                self._leave()
                self._walk = self._reader.pictures(int(self._pts[number]), None,
                                                  self._access)
            last: Frame | None = None
            for timed in self._walk:
                place = self._within(int(np.searchsorted(self._pts, timed.pts, side="right")) - 1)
                last = self._keep(place, timed)
                self._next = place + 1
                if place >= number:
                    return last
            self._leave()
            if last is None:
                raise UnreadableVideo(f"{self.path.name} has no picture that can be decoded there.",
                                      "Look at another place of it.")
            return last

    def _leave(self) -> None:
        if self._walk is not None:
            self._walk.close()
            self._walk = None

    def _find(self, number: int) -> Frame | None:
        with self._keeping:
            found = self._kept.get(number)
            if found is not None:
                self._kept.move_to_end(number)
            return found

    def _keep(self, number: int, timed: TimedPicture) -> Frame:
        source = self.metadata
        frame = reduced(Frame(self._reader.image(timed), timed.pts, timed.duration,
                              source.time_base, shot=0, index=number, sar=source.sar),
                        self._short_side)
        with self._keeping:
            self._kept[number] = frame
            self._held += frame.image.nbytes
            while self._held > self._room and len(self._kept) > 1:
                _, old = self._kept.popitem(last=False)
                self._held -= old.image.nbytes
        return frame
