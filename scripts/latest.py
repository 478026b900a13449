"""The picture that a job has made last, as a small file to look at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.durable import discard

if TYPE_CHECKING:
    import numpy as np

LATEST = "latest.jpg"
EVERY, WIDTH = 1.0, 640
"""Seconds between pictures, at least, and pixels across, at most."""


class Latest:
    """Keeps a JPEG of the newest picture; what is there can be read at any time."""

    def __init__(self, path: Path) -> None:
        self._path, self._made = path, -EVERY

    def __call__(self, picture: Callable[[], np.ndarray]) -> None:
        """`picture` gives R'G'B' (H, W, 3), uint8 or uint16; it is asked only when due."""
        if time.monotonic() - self._made >= EVERY:
            self._made = time.monotonic()
            fresh = self._path.with_suffix(".partial.jpg")
            # It is for looking at alone: neither a full disk nor a reader on Windows matters.
            try:
                fresh.write_bytes(small_jpeg(picture()))
                os.replace(fresh, self._path)
            except OSError:
                discard(fresh)


def shrunk(image: np.ndarray, width: int = WIDTH) -> np.ndarray:
    """The picture, at most `width` pixels across."""
    import cv2

    height, across = image.shape[:2]
    if across <= width:
        return image
    size = width, max(1, round(height * width / across))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def small_jpeg(image: np.ndarray, width: int = WIDTH) -> bytes:
    """A JPEG at most `width` pixels across of R'G'B' (H, W, 3), uint8 or uint16."""
    import cv2
    import numpy as np

    image = shrunk(image, width)
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR),
                           [cv2.IMWRITE_JPEG_QUALITY, 88])
    return data.tobytes()
