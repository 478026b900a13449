"""How much of the past a change leaves standing, block by block.

Changes are measured as the gate's argument: |change|^2 / 2 sigma^2, with the RGB norm of a
difference whose channels are in 0..1.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from core.temporal.kernels import BLOCK, block_changes

SIGMA = 0.03
"""Change at which 61 % of the past stand."""
_NOISE_QUANTILE = 0.25
"""Share of the blocks taken to hold nothing but noise."""
_NOISE_MARGIN = 2.0
"""What is taken off as noise, over its mean: single pixels stray that far."""
_NOISE_LIMIT = 3.0
"""Noise deviation in 8-bit codes past which it is not told from texture that moves."""


def unit(dtype: np.dtype) -> np.float32:
    """What makes the square root of the gate's argument of a difference of two samples."""
    return np.float32(1 / (math.sqrt(2) * SIGMA * np.iinfo(dtype).max))


@dataclass(frozen=True, slots=True)
class Changes:
    """From one picture to the next."""

    blocks: np.ndarray
    """Mean per block of BLOCK x BLOCK pixels, float32 (rows, columns)."""
    noise: np.float32
    """What noise accounts for, with a margin."""


def changes(now: np.ndarray, before: np.ndarray) -> Changes:
    """Between two pictures of one shape, uint8 or uint16, as (H, 3 W)."""
    # 16-bit differences lose 4 bits and fit 13 with their sign; 1/16 of an 8-bit code remains.
    shift = 4 * (now.dtype.itemsize - 1)
    totals, squares = block_changes(now, before, shift)
    height, length = now.shape
    tall, wide = (np.diff(np.append(np.arange(0, size, BLOCK), size)) for size in
                  (height, length // 3))
    samples = 3.0 * np.outer(tall, wide)
    scale = 3 * float(unit(now.dtype) * 2**shift) ** 2
    mean = squares / samples
    # A fade changes whole blocks by one amount, noise does not: only the spread counts as noise.
    spread = mean - (totals / samples) ** 2
    noise = scale * float(np.quantile(spread, _NOISE_QUANTILE, method="lower"))
    limit = 3 * 2 * (_NOISE_LIMIT / 255) ** 2 / (2 * SIGMA**2)
    return Changes((scale * mean).astype(np.float32),
                   np.float32(_NOISE_MARGIN * min(noise, limit)))


def kept(argument: np.ndarray) -> np.ndarray:
    """Share of the past that stands: e^-x within 0.02, and none at all from x = 16 on.

    That (1 - x / 16)^16 ends is what lets go of the past altogether.
    """
    return np.maximum(1 - argument / 16, 0) ** 16


def kept_around(source: Changes, support: tuple[float, float]) -> np.ndarray:
    """Share of the past that changes of the source leave within `support` of them, per block.

    `support` counts columns and rows of pixels; all stands where it is nothing.
    """
    if not max(support) > 0:
        return np.ones_like(source.blocks)
    alone = kept(np.maximum(source.blocks - source.noise, 0))
    # One block more than the support, for the smoothing that hides the edges of the blocks.
    size = [2 * (math.ceil(pixels / BLOCK) + 1) + 1 for pixels in support]
    least = cv2.erode(alone, np.ones(size[::-1], np.uint8))
    return cv2.blur(least, (3, 3), borderType=cv2.BORDER_REPLICATE)
