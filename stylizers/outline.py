"""Outlines as a pen draws them: coherent, of varying weight, and steady under noise.

Difference of Gaussians smoothed along the edge tangent flow (Kang, Lee and Chui 2007, Coherent
Line Drawing; Winnemöller, Kyprianidis and Olsen 2012, XDoG), on a picture of about 540 lines.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from stylizers import coarse

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


def outlines(image: np.ndarray, width: float, contrast: float, scale: tuple[float, float]
             ) -> tuple[np.ndarray, float]:
    """The ink of lines around what is darker than its surroundings in R'G'B' (H, W, 3).

    `width` is the pen's, in reference pixels; a line begins at a response of `contrast`, of which
    a step from black to white gives about 0.1. `scale` is columns and rows per reference pixel.

    Returns ink, uint8 (H, W), 255 for full, and how many times its rims are to be steepened about
    the middle to be a pixel wide: enlarged, they are as wide as the reduced picture's pixels.
    """
    from stylizers.kernels.flow import along
    from stylizers.kernels.tensor import directions, structure_tensor

    grey, pixel = coarse.luma(image, _GRAIN, scale)
    size = grey.shape[1::-1]
    tensor = structure_tensor(*coarse.halved(grey, pixel), _FLOW)
    way = directions(cv2.resize(tensor, size, interpolation=cv2.INTER_LINEAR))
    fine = coarse.blurred(grey, _PEN * width, pixel)
    wide = coarse.blurred(fine, _PEN * width * math.sqrt(_WIDER**2 - 1), pixel)
    dark = along(wide - fine, way, _STROKE, pixel)
    ink = cv2.convertScaleAbs(np.maximum(dark - contrast, 0), alpha=255 / (_STEEP - 1) / contrast)
    steep = max(pixel[0] * scale[0], pixel[1] * scale[1])
    return cv2.resize(ink, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), steep
