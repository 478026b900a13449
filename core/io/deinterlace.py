"""Progressive frames from interlaced ones, with FFmpeg's bwdif filter."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import av.error
import av.filter

from core.io.picture import planar, planar_format, repacked

_LEAST = 4
"""Rows and columns of the smallest plane that bwdif takes."""


class Deinterlacer:
    """One progressive frame for each frame, under its timestamp; progressive ones stay as they are.

    The filter starts at the first interlaced frame and begins anew wherever size or format change,
    so that it never meets a frame of another size. What comes out depends on a frame and its two
    neighbors alone. `count` is how many frames were deinterlaced.
    """

    def __init__(self) -> None:
        self.count = 0

    def run(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Same number and order of frames."""
        waiting: av.VideoFrame | None = None  # not filtered; the neighbor of what comes next
        bwdif: _Bwdif | None = None
        for frame in frames:
            if bwdif is not None and bwdif.kind != _kind(frame):
                yield from bwdif.end()
                bwdif = None
            self.count += frame.interlaced_frame and _fits(frame)
            if bwdif is None and frame.interlaced_frame and _fits(frame):
                bwdif = _Bwdif(frame)
                if waiting is not None and _kind(waiting) == bwdif.kind:
                    yield from bwdif.push(waiting)
                    waiting = None
            if waiting is not None:
                yield waiting
                waiting = None
            if bwdif is None:
                waiting = frame
            else:
                yield from bwdif.push(frame)
        if waiting is not None:
            yield waiting
        if bwdif is not None:
            yield from bwdif.end()


_Kind = tuple[int, int, str]


def _kind(frame: av.VideoFrame) -> _Kind:
    return frame.width, frame.height, frame.format.name


def _fits(frame: av.VideoFrame) -> bool:
    """Whether bwdif takes frames this small; smaller ones hardly have fields."""
    layout = av.VideoFormat(planar_format(frame.format.name))
    return min(layout.chroma_width(frame.width), layout.chroma_height(frame.height)) >= _LEAST


class _Bwdif:
    """The filter for frames of one size and format."""

    def __init__(self, frame: av.VideoFrame) -> None:
        self.kind = _kind(frame)
        name = planar_format(frame.format.name)
        self._format = "gray16le" if name.startswith("gray") and name != "gray" else name
        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=av.VideoFormat(self._format),
            time_base=Fraction(1, 25))
        bwdif = self._graph.add("bwdif", "mode=send_frame:deint=interlaced")
        self._graph.link_nodes(source, bwdif, self._graph.add("buffersink")).configure()
        # The filter's times, tags and, where it lacks that of the frame, its format are its own.
        self._given: deque[av.VideoFrame] = deque()

    def push(self, frame: av.VideoFrame) -> Iterator[av.VideoFrame]:
        frame = planar(frame)
        self._given.append(frame)
        fits = frame.format.name == self._format
        self._graph.push(frame if fits else repacked(frame, self._format))
        yield from self._ready()

    def end(self) -> Iterator[av.VideoFrame]:
        self._graph.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[av.VideoFrame]:
        while True:
            try:
                frame = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            yield _tagged_like(self._given.popleft(), frame)


def _tagged_like(given: av.VideoFrame, made: av.VideoFrame) -> av.VideoFrame:
    made.color_range, made.colorspace = given.color_range, given.colorspace
    made.color_primaries, made.color_trc = given.color_primaries, given.color_trc
    if made.format.name != given.format.name:
        made = repacked(made, given.format.name)
    made.pts, made.duration = given.pts, given.duration
    if given.time_base is not None:
        made.time_base = given.time_base
    return made
