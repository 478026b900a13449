"""Pictures as numbers in 0..1, the scale in which every metric here is defined."""

from __future__ import annotations

import cv2
import numpy as np


def unit_rgb(picture: np.ndarray) -> np.ndarray:
    """R'G'B' (H, W, 3), uint8 or uint16, as float32 in 0..1."""
    return picture.astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)


def unit_luma(rgb: np.ndarray) -> np.ndarray:
    """Luma (H, W) of float32 R'G'B'; BT.601 weights, as in the published metrics."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
