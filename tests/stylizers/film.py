"""The plain twin of the look `cinematic`: the same look in double precision."""

from __future__ import annotations

import cv2
import numpy as np

from stylizers.bloom import spread
from stylizers.cinematic import CinematicParams, s_curve
from stylizers.cube import Cube

RIM_TINT, VEIL_TINT = np.array([0.0, 0.62, 0.88]), np.array([0.0, 0.12, 0.26])


def same_look(image: np.ndarray, table: Cube, given: CinematicParams,
              scale: tuple[float, float]) -> np.ndarray:
    """What the look draws without grain, 0..1, at full size and without tables of any kind."""
    signal = image / np.iinfo(image.dtype).max
    spark = (np.maximum(signal - 0.55, 0) / 0.45 * signal) ** 2
    glow = np.zeros_like(signal)
    for radius, share, tint in ((0.35 * given.bloom_radius, 0.45, RIM_TINT),
                                (given.bloom_radius, 0.55, VEIL_TINT)):
        kernels = (spread(radius * factor).astype(np.float64) for factor in scale)
        spilt = cv2.sepFilter2D(spark, -1, *kernels, borderType=cv2.BORDER_REFLECT)
        glow += 0.7 * given.bloom_strength * share * (1 - given.halation * tint) * spilt
    light = signal**2 + glow * (1 - signal**2)
    toned = s_curve(np.sqrt(light), given.contrast)
    graded = toned + given.grade_strength * (np.clip(table(toned), 0, 1) - toned)
    graded = np.clip(graded, 0, 1)
    darker = 1.5 * given.vignette_strength * distance(image, scale) ** 2
    return graded / (1 + darker * (1 - graded / 2))


def distance(image: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """Squared distance from the center, 1 in the corners, (H, W, 1)."""
    rows, columns = image.shape[:2]
    y = ((np.arange(rows) + 0.5 - rows / 2) / scale[1])[:, None, None]
    x = ((np.arange(columns) + 0.5 - columns / 2) / scale[0])[None, :, None]
    return (x**2 + y**2) / ((columns / 2 / scale[0]) ** 2 + (rows / 2 / scale[1]) ** 2)
