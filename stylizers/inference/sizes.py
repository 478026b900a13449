"""The size at which networks draw a picture, and the picture at it."""

from __future__ import annotations

from typing import Any, TypeVar

import cv2
import numpy as np

from stylizers.base import Effort, Stylizer
from stylizers.frame import Frame

LEAST = 64
"""Short side, in pixels, below which no network has anything to draw."""
SMALLEST = 64
"""Pixels a side is padded to; networks that mirror their borders need some picture to mirror."""
_MOST = 4.0
"""How many times a picture is enlarged at most before it is drawn."""

L = TypeVar("L", bound=Stylizer[Any])


def at(look: L, effort: Effort) -> L:
    """The same look at a quality preset: `speed` takes half its detail."""
    if effort != "speed":
        return look
    return type(look)(look.params, detail=max(look.params.detail // 2, LEAST))


def factor(width: int, height: int, sar: float, detail: int) -> float:
    """How many times larger a picture is drawn whose short side is to have `detail` square pixels.
    """
    return min(detail / min(width * sar, height), _MOST)


def resized(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """R'G'B' (H, W, 3), uint8 or uint16, at another size, float32 0..1."""
    height, width = image.shape[:2]
    unit = np.float32(1 / np.iinfo(image.dtype).max)
    shrinking = rows <= height and columns <= width
    # Scaled once it is small: each full-size picture of floats is 100 MB at 4K.
    return cv2.resize(image.astype(np.float32), (columns, rows),
                      interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR) * unit


def reduced(frame: Frame, detail: int) -> np.ndarray:
    """The picture of a frame in square pixels, float32 0..1 (h, w, 3), its short side `detail`
    pixels, or less where it is far smaller.
    """
    height, width = frame.image.shape[:2]
    times, sar = factor(width, height, float(frame.sar), detail), float(frame.sar)
    return resized(frame.image, max(round(height * times), 1), max(round(width * sar * times), 1))
