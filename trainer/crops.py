"""Random crops of pictures, as what a network takes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

HELD_BACK = 8
"""Every so many-th picture is kept for validation alone."""


def divided(pictures: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Those to learn from, and those held back; a single picture is both."""
    if len(pictures) == 1:
        return list(pictures), list(pictures)
    return ([each for number, each in enumerate(pictures) if number % HELD_BACK],
            list(pictures[::HELD_BACK]))


def tensor(image: np.ndarray) -> Tensor:
    """R'G'B' 0..1, float (1, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None].float() / 255


class Crops:
    """Batches of square crops, each a pure function of the seed and its number.

    Pictures may have more than three channels: those of a pair are cut alike that way.
    """

    def __init__(self, pictures: Sequence[np.ndarray], size: int, batch: int, seed: int) -> None:
        self._pictures, self._size = list(pictures), size
        self._batch, self._seed = batch, seed

    def batch(self, number: int) -> Tensor:
        """(N, C, size, size): other pictures, places, scales and mirrorings with each number."""
        chance = np.random.default_rng((self._seed, number))
        return torch.cat([tensor(self._crop(chance)) for _ in range(self._batch)])

    def _crop(self, chance: np.random.Generator) -> np.ndarray:
        image = self._pictures[chance.integers(len(self._pictures))]
        # From the whole picture down to a detail of it: networks meet faces large and small.
        largest = min(image.shape[:2])
        side = round(largest * chance.uniform(min(1.0, 0.8 * self._size / largest), 1.0))
        top = chance.integers(image.shape[0] - side + 1)
        left = chance.integers(image.shape[1] - side + 1)
        crop = self._resized(image[top:top + side, left:left + side])
        return np.ascontiguousarray(crop[:, ::-1] if chance.integers(2) else crop)

    def _resized(self, crop: np.ndarray) -> np.ndarray:
        method = cv2.INTER_AREA if crop.shape[0] > self._size else cv2.INTER_CUBIC
        size = self._size, self._size
        # OpenCV resizes at most four channels at a time.
        return np.dstack([cv2.resize(np.ascontiguousarray(crop[..., first:first + 3]), size,
                                     interpolation=method)
                          for first in range(0, crop.shape[2], 3)])
