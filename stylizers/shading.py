"""Shading made flat, as an inker's colorist lays it: edges stay, texture and gradients go."""

from __future__ import annotations

import cv2
import numpy as np

from stylizers import coarse

_GRAIN, _SIGMA = 4.0, 8.0
"""Grid and window of the guided filter, in reference pixels."""
_EDGE = 0.004
"""Variance of luma that counts as an edge: a contrast of about a sixteenth."""
_TONES = 5

REACH = 80.0
"""How far a source pixel reaches, in reference pixels: two windows of four sigmas and the grid."""


def flattened(image: np.ndarray, flatness: float, scale: tuple[float, float]) -> np.ndarray:
    """R'G'B' (H, W, 3) drawn flat: up to half smoothed only, from there on in ever clearer steps.

    A guided filter, its coefficients computed on a coarse grid (He and Sun 2015, Fast Guided
    Filter). `scale` is columns and rows per reference pixel.
    """
    from stylizers.kernels import flatten

    grey, pixel = coarse.luma(image, _GRAIN, scale)
    mean = coarse.blurred(grey, _SIGMA, pixel)
    variance = np.maximum(coarse.blurred(grey * grey, _SIGMA, pixel) - mean * mean, 0)
    slope = variance / (variance + np.float32(_EDGE))
    offset = coarse.blurred((1 - slope) * mean, _SIGMA, pixel)
    slope = coarse.blurred(slope, _SIGMA, pixel)
    size = image.shape[1::-1]
    return flatten.flattened(image, cv2.resize(slope, size, interpolation=cv2.INTER_LINEAR),
                             cv2.resize(offset, size, interpolation=cv2.INTER_LINEAR),
                             min(1.0, 2 * flatness), max(0.0, 2 * flatness - 1), _TONES)
