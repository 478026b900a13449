"""Progressive pictures from interlaced ones, with FFmpeg's bwdif filter."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import av
import av.error
import av.filter


class Deinterlacer:
    """One progressive picture for each interlaced one, under its timestamp."""

    def __init__(self, stream: av.VideoStream) -> None:
        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(template=stream, time_base=stream.time_base)
        bwdif = self._graph.add("bwdif", "mode=send_frame:deint=interlaced")
        sink = self._graph.add("buffersink")
        source.link_to(bwdif)
        bwdif.link_to(sink)
        self._graph.configure()

    def run(self, frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Same number and order of frames; the filter doubles its clock, so times are kept here."""
        times: deque[tuple[int | None, int]] = deque()
        for frame in frames:
            times.append((frame.pts, frame.duration))
            self._graph.push(frame)
            yield from self._ready(times)
        self._graph.push(None)
        yield from self._ready(times)

    def _ready(self, times: deque[tuple[int | None, int]]) -> Iterator[av.VideoFrame]:
        while True:
            try:
                frame = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            frame.pts, frame.duration = times.popleft()
            yield frame
