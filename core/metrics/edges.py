"""What stabilization does to edges: those it takes away, and those it adds."""

from __future__ import annotations

import cv2
import numpy as np

THRESHOLD = 6 / 255
"""Gradient, per pixel, below which nothing counts as an edge."""
_REACH = 5
"""Side of the square over which an edge of the source excuses one in the output."""


def gradient(luma: np.ndarray) -> np.ndarray:
    """Length of the gradient of luma (H, W), per pixel: central differences."""
    padded = cv2.copyMakeBorder(luma, 1, 1, 1, 1, cv2.BORDER_REFLECT_101)
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    return np.hypot(across, down) / 2


def ghost_mask(source: np.ndarray, styled: np.ndarray) -> np.ndarray:
    """Where neither gradient, of the source (widened) nor of the styled picture, shows an edge."""
    wide = cv2.dilate(source, np.ones((_REACH, _REACH), np.uint8))
    return (wide < THRESHOLD) & (styled < THRESHOLD)


def ghost_sum(output: np.ndarray, mask: np.ndarray) -> float:
    """Sum of the output's gradient within the mask."""
    return float(output.sum(where=mask, dtype=np.float64))
