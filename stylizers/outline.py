"""Outlines as a pen draws them: coherent, of varying weight, and steady under noise.

Difference of Gaussians smoothed along the edge tangent flow (Kang, Lee and Chui 2007, Coherent
Line Drawing; Winnemöller, Kyprianidis and Olsen 2012, XDoG), on a picture of about 540 lines.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

_GRAIN = 2.0
"""Reference pixels that a sample of the reduced picture spans at most, where the picture allows."""
_WIDER = 1.6
"""Ratio of the two blurs at which their difference is nearest to a Laplacian (Marr and Hildreth
1980, Theory of Edge Detection)."""
_FLOW = 8.0
"""Sigma, in reference pixels, of the structure tensor: how far apart lines still run alike."""
_STROKE = 6.0
"""Sigma, in reference pixels, along which a line is evened out."""
_PEN = 0.7
"""Sigma of the finer blur per width of the pen; lines come out about as wide as the pen."""
_STEEP = 2.5
"""A line is fully black at this many times the contrast at which it begins."""

REACH = 60.0
"""How far a source pixel reaches, in reference pixels, under the widest pen."""


def outlines(image: np.ndarray, width: float, contrast: float, scale: tuple[float, float]
             ) -> tuple[np.ndarray, float]:
    """The ink of lines around what is darker than its surroundings in R'G'B' (H, W, 3).

    `width` is the pen's, in reference pixels; a line begins at a response of `contrast`, of which
    a step from black to white gives about 0.1. `scale` is columns and rows per reference pixel.

    Returns ink, uint8 (H, W), 255 for full, and how many times its rims are to be steepened about
    the middle to be a pixel wide: enlarged, they are as wide as the reduced picture's pixels.
    """
    from stylizers.kernels.flow import along
    from stylizers.kernels.luma import luma
    from stylizers.kernels.tensor import directions, structure_tensor

    height, wide = image.shape[:2]
    size = (_reduced(wide, scale[0]), _reduced(height, scale[1]))
    pixel = (wide / (size[0] * scale[0]), height / (size[1] * scale[1]))
    grey = cv2.resize(luma(image), size, interpolation=cv2.INTER_AREA)
    coarse = tuple(max(1, side // 2) for side in size)
    flow = structure_tensor(cv2.resize(grey, coarse, interpolation=cv2.INTER_AREA), _FLOW,
                            (pixel[0] * size[0] / coarse[0], pixel[1] * size[1] / coarse[1]))
    way = cv2.resize(directions(flow), size, interpolation=cv2.INTER_NEAREST)
    fine = _blurred(grey, _PEN * width, pixel)
    wider = _blurred(fine, _PEN * width * math.sqrt(_WIDER**2 - 1), pixel)
    dark = along(wider - fine, way, _STROKE, pixel)
    gain = 255 / ((_STEEP - 1) * contrast)
    ink = cv2.convertScaleAbs(np.maximum(dark - contrast, 0), alpha=gain)
    steep = max(wide / size[0], height / size[1])
    return cv2.resize(ink, (wide, height), interpolation=cv2.INTER_LINEAR), steep


def _reduced(size: int, scale: float) -> int:
    """Samples for `size` pixels; a divisor, which averages whole pixels, where there is one."""
    limit = max(1.0, _GRAIN * scale)
    for factor in range(int(limit), math.ceil(limit / 2) - 1, -1):
        if size % factor == 0:
            return size // factor
    return min(size, math.ceil(size / limit))


def _blurred(plane: np.ndarray, sigma: float, pixel: tuple[float, float]) -> np.ndarray:
    return cv2.GaussianBlur(plane, (0, 0), sigmaX=max(sigma / pixel[0], 1e-3),
                            sigmaY=max(sigma / pixel[1], 1e-3), borderType=cv2.BORDER_REFLECT)
