"""Flicker index: how much the light of blocks jumps beyond what the source explains.

Per block of 16 x 16 pixels, mean luma b_t and its second difference b_t - 2 b_t-1 + b_t-2, of the
picture and of the source; what a regression on the source's leaves, as root mean square times 255.
Our own definition. Range 0..1020 in 8-bit codes, lower is steadier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

BLOCK = 16


def block_luma(luma: np.ndarray) -> np.ndarray:
    """Means of luma (H, W) over blocks; those at the edges are made of what there is."""
    height, width = luma.shape
    size = (max(1, round(width / BLOCK)), max(1, round(height / BLOCK)))
    return cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float64)


@dataclass(frozen=True, slots=True)
class FlickerSums:
    """Sums of products of second differences per block, of picture (p) and source (s)."""

    pp: np.ndarray
    ps: np.ndarray
    ss: np.ndarray
    count: int

    @classmethod
    def of(cls, picture: np.ndarray, source: np.ndarray) -> FlickerSums:
        """From one second difference of each, in blocks."""
        return cls(picture**2, picture * source, source**2, 1)

    def plus(self, other: FlickerSums) -> FlickerSums:
        return FlickerSums(self.pp + other.pp, self.ps + other.ps, self.ss + other.ss,
                           self.count + other.count)

    def index(self) -> float:
        """The flicker index; not a number before three pictures were seen."""
        if not self.count:
            return math.nan
        explained = np.divide(self.ps**2, self.ss, out=np.zeros_like(self.ps),
                              where=self.ss > 0)
        left = np.maximum(self.pp - explained, 0).mean() / self.count
        return 255 * math.sqrt(float(left))


def second_difference(past: tuple[np.ndarray, np.ndarray], now: np.ndarray) -> np.ndarray:
    """`past` is the block luma two pictures ago and one ago."""
    return now - 2 * past[1] + past[0]


def momentary(picture: np.ndarray, source: np.ndarray) -> float:
    """The flicker of one moment: its second differences over all blocks, less what a regression
    on the source's over those blocks explains, as root mean square times 255.
    """
    own = float((source**2).sum())
    explained = float((picture * source).sum()) ** 2 / own if own else 0.0
    return 255 * math.sqrt(max(float((picture**2).sum()) - explained, 0.0) / picture.size)
