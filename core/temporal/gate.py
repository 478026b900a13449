"""How much of the past a change leaves standing.

Changes are measured as the gate's argument: |change|^2 / 2 sigma^2, with |change| the RGB norm of a
difference whose channels are in 0..1.
"""

import math

import cv2
import numpy as np

from core.temporal.kernels import BLOCK, block_changes

SIGMA = 0.03
"""Change at which 61 % of the past stand."""
_MARGIN = 2.0
"""What is taken off as noise, over its mean: changes of single pixels stray that far."""
_QUANTILE = 0.25
"""Share of the blocks taken to hold nothing but noise."""
_LIMIT = 3.0
"""Noise, in 8-bit codes, past which it is not told from texture that moves."""


def unit(dtype: np.dtype) -> np.float32:
    """What makes the square root of the gate's argument of a difference of two samples."""
    return np.float32(1 / (math.sqrt(2) * SIGMA * np.iinfo(dtype).max))


def noise_argument(codes: float) -> float:
    """What noise of a standard deviation of `codes` 8-bit codes is allowed to change."""
    # The variance of a difference is twice that of its terms, and three channels have it.
    return _MARGIN * 3 * 2 * (codes / 255) ** 2 / (2 * SIGMA**2)


DEAD_ZONE = np.float32(noise_argument(1.0))
"""Taken off the changes of single pixels, in source and styled picture: noise of one 8-bit code,
about twice what compressed footage has left. More would let textures smear while they move."""


def kept_around(now: np.ndarray, before: np.ndarray, support: tuple[float, float]) -> np.ndarray:
    """Share of the past that changes within `support` leave: float32, per BLOCK x BLOCK pixels.

    The pictures are uint8 or uint16, (H, 3 W); `support` counts columns and rows of pixels.
    """
    if not max(support) > 0:
        return np.ones([-(-size // BLOCK) for size in (len(now), now.shape[1] // 3)], np.float32)
    alone = _kept(_above_noise(*_moments(now, before)))
    # One block more than the support, for the smoothing that hides the edges of the blocks.
    size = [2 * (math.ceil(pixels / BLOCK) + 1) + 1 for pixels in support]
    least = cv2.erode(alone, np.ones(size[::-1], np.uint8))
    return cv2.blur(least, (3, 3), borderType=cv2.BORDER_REPLICATE)


def _moments(now: np.ndarray, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean square of the change in each block and its spread about the block's own mean."""
    # 16-bit differences lose 4 bits and fit 13 with their sign; 1/16 of an 8-bit code remains.
    shift = 4 * (now.dtype.itemsize - 1)
    totals, squares = block_changes(now, before, shift)
    tall, wide = (np.minimum(BLOCK, size - np.arange(0, size, BLOCK))
                  for size in (len(now), now.shape[1] // 3))
    samples = 3.0 * np.outer(tall, wide)
    scale = 3 * (float(unit(now.dtype)) * 2**shift) ** 2
    mean = totals / samples
    square = squares / samples
    return scale * square, scale * (square - mean**2)


def _above_noise(square: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The changes of blocks less what noise makes of them."""
    # A fade changes whole blocks by one amount and noise does not, so the spread tells them apart.
    noise = float(np.quantile(spread, _QUANTILE, method="lower"))
    return np.maximum(square - min(_MARGIN * noise, noise_argument(_LIMIT)), 0).astype(np.float32)


def _kept(argument: np.ndarray) -> np.ndarray:
    """e^-x within 0.02, but none at all from x = 16 on, so that the past goes altogether."""
    return np.maximum(1 - argument / 16, 0) ** 16
