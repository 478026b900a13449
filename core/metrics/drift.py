"""Color drift: how far the tint that a look lays on wanders within a shot.

The tint is the mean OKLab color of the output less that of the source; the drift of a picture is
the distance of its tint from that of the shot's first, times 100. Our own definition. 0 for a look
that lays on the same tint all the time, whatever the tint; 1 is about what an eye can just see;
lower is better. A shot whose light changes makes a look of strong contrast drift too.
"""

from __future__ import annotations

import cv2
import numpy as np

from stylizers.oklab import oklab

_SIDE = 256
"""Pixels of the longer side of what colors are averaged over: blocks of the picture."""


def tint(source: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Mean OKLab of R'G'B' (H, W, 3) float32 in 0..1, less the source's; (3,) float64."""
    return _mean(output) - _mean(source)


def drift(now: np.ndarray, first: np.ndarray) -> float:
    """Between two tints."""
    return 100 * float(np.linalg.norm(now - first))


def _mean(picture: np.ndarray) -> np.ndarray:
    scale = min(1.0, _SIDE / max(picture.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return oklab(small).mean((0, 1))
