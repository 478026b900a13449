"""FFmpeg's own filters on single pictures, to compare ours with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import av.filter
import numpy as np


@dataclass(frozen=True, slots=True)
class Step:
    """One filter of a graph; `takes` are the numbers of the steps before it that it reads.

    Steps are numbered from 1; 0 is the picture given. Without `takes` it reads the step before.
    """

    filter: str
    options: str = ""
    takes: tuple[int, ...] = ()


class FilterGraph:
    """A graph of filters for RGB pictures (H, W, 3) uint8 of one size, on `threads` threads.

    Raises ValueError for a filter that this FFmpeg lacks, av.error.FFmpegError for wrong options.
    """

    def __init__(self, steps: Sequence[Step], width: int, height: int, threads: int = 1) -> None:
        graph = av.filter.Graph()
        graph.threads = threads
        made = [graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"),
                                 time_base=Fraction(1, 25))]
        used: Counter[int] = Counter()
        last = (Step("format", "pix_fmts=rgb24"), Step("buffersink"))
        for number, step in enumerate((*steps, *last), 1):
            node = graph.add(step.filter, step.options or None)
            for pad, source in enumerate(step.takes or (number - 1,)):
                made[source].link_to(node, used[source], pad)
                used[source] += 1
            made.append(node)
        graph.configure()
        self._graph, self._count = graph, 0

    def __call__(self, image: np.ndarray) -> np.ndarray:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = self._count, Fraction(1, 25)
        self._count += 1
        self._graph.vpush(frame)
        return self._graph.vpull().to_ndarray()
