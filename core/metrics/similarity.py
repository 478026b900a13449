"""How alike two pictures are, sample by sample, window by window, edge by edge."""

from __future__ import annotations

import math

import cv2
import numpy as np

EQUAL = 100.0
"""The PSNR that stands for equal pictures, in dB; 16-bit pictures one code apart have 96."""
_SIGMA, _RADIUS = 1.5, 5
_C1, _C2 = 0.01**2, 0.03**2
_GMS = 170 / 255**2


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of R'G'B' float32 in 0..1; at most EQUAL."""
    difference = (one - other).ravel().astype(np.float64)
    error = float(difference @ difference) / difference.size
    return min(EQUAL, -10 * math.log10(error)) if error else EQUAL


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Mean structural similarity of two lumas (H, W) in 0..1.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment" (2004), eq. 13, with their
    Gaussian window of 11 x 11 and sigma 1.5, over the windows that lie inside the picture.
    Not a number for a picture smaller than a window.
    """
    if min(one.shape) <= 2 * _RADIUS:
        return math.nan
    a, b = (luma.astype(np.float32) - np.float32(0.5) for luma in (one, other))  # exact variances
    mean_a, mean_b = _windowed(a), _windowed(b)
    var_a, var_b = _windowed(a * a) - mean_a**2, _windowed(b * b) - mean_b**2
    covariance = _windowed(a * b) - mean_a * mean_b
    mean_a, mean_b = mean_a + 0.5, mean_b + 0.5
    light = (2 * mean_a * mean_b + _C1) / (mean_a**2 + mean_b**2 + _C1)
    structure = (2 * covariance + _C2) / (var_a + var_b + _C2)
    inside = (slice(_RADIUS, -_RADIUS),) * 2
    return float((light * structure)[inside].mean(dtype=np.float64))


def edge_coherence(one: np.ndarray, other: np.ndarray) -> float:
    """Mean gradient magnitude similarity of two lumas (H, W) in 0..1.

    Xue, Zhang, Mou and Bovik, "Gradient Magnitude Similarity Deviation" (2014), eq. 4 and 5: of
    pictures halved by a mean of 2 x 2, gradients by Prewitt's filter, c = 170 in 8-bit codes.
    """
    a, b = (_prewitt(_halved(luma)) for luma in (one, other))
    return float(((2 * a * b + _GMS) / (a**2 + b**2 + _GMS)).mean(dtype=np.float64))


def _windowed(plane: np.ndarray) -> np.ndarray:
    size = 2 * _RADIUS + 1
    return cv2.GaussianBlur(plane, (size, size), _SIGMA)


def _halved(luma: np.ndarray) -> np.ndarray:
    height, width = (max(1, side // 2) for side in luma.shape)
    return cv2.resize(luma.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)


def _prewitt(luma: np.ndarray) -> np.ndarray:
    across = np.repeat(np.array([[1, 0, -1]], np.float32), 3, 0) / 3
    return np.hypot(*(cv2.filter2D(luma, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
                      for kernel in (across, across.T.copy())))
