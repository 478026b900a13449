"""What the engine lends to looks that paint each frame on top of the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np

Band = tuple[int, int]
"""The first row of a band, and the one after its last."""
_ROWS = 64
"""Rows in a band, at least."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How the source moved since the frame that was drawn last, at a reduced size.

    `flow` (h, w, 2) float32 leads from each pixel to where it was, in columns and rows of that
    size; `trust` (h, w) float32 says how far that can be relied on, 0..1.
    """

    flow: np.ndarray
    trust: np.ndarray

    def resized(self, height: int, width: int) -> Motion:
        """The same on another grid, in its columns and rows."""
        factors = np.array([width / self.flow.shape[1], height / self.flow.shape[0]], np.float32)
        size = (width, height)
        return Motion(cv2.resize(self.flow, size, interpolation=cv2.INTER_LINEAR) * factors,
                      cv2.resize(self.trust, size, interpolation=cv2.INTER_LINEAR))


def _go_on() -> None:
    """Nobody asks for a stop."""


@dataclass(frozen=True, slots=True)
class Tools:
    """For one frame. `motion` is None where nothing is known of a frame before.

    `check` raises where the work is no longer wanted; `pool`, where there is one, has as many
    threads as the execution plan allots.
    """

    motion: Motion | None = None
    pool: Executor | None = None
    check: Callable[[], None] = _go_on

    def map(self, work: Callable[[int, int], None], bands: Iterable[Band]) -> None:
        """Call `work` on the rows of each band, on all threads."""
        self.check()
        if self.pool is None:
            for band in bands:
                work(*band)
            return
        for done in [self.pool.submit(work, *band) for band in bands]:
            done.result()


ALONE = Tools()
"""For a frame on its own."""


def bands(height: int) -> list[Band]:
    """All rows of an image, divided in a way that depends on their number alone."""
    count = max(1, height // _ROWS)
    return [(height * n // count, height * (n + 1) // count) for n in range(count)]
