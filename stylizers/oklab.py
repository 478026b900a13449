"""OKLab, a space in which distances are what the eye sees.

Björn Ottosson, "A perceptual color space for image processing" (2020). R'G'B' is taken as sRGB
(IEC 61966-2-1) whatever its transfer: a palette needs an even space, not colorimetry.
"""

from __future__ import annotations

import numpy as np

TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                   [0.2119034982, 0.6806995451, 0.1073969566],
                   [0.0883024619, 0.2817188376, 0.6299787005]])
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                   [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]])
FROM_LMS = np.linalg.inv(TO_LMS)
FROM_LAB = np.linalg.inv(TO_LAB)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """L 0..1, a and b about -0.4..0.4, float64 (..., 3), of R'G'B' 0..1."""
    return np.cbrt(_linear(np.asarray(rgb, np.float64)) @ TO_LMS.T) @ TO_LAB.T


def rgb(lab: np.ndarray) -> np.ndarray:
    """R'G'B' float64 of OKLab; outside 0..1 where no display shows the color."""
    return _encoded((np.asarray(lab, np.float64) @ FROM_LAB.T) ** 3 @ FROM_LMS.T)


def _linear(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92,
                    ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)


def _encoded(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92,
                    1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
