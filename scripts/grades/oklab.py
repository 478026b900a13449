"""Oklab (Ottosson 2020, "A perceptual color space for image processing") of BT.709 signals.

Chroma there can be turned and scaled without a shift of hue or lightness. A grey signal v has the
lightness v^0.8.
"""

from __future__ import annotations

import numpy as np

from stylizers.kernels.weights import BLUE, GREEN, RED
from stylizers.oklab import FROM_LAB, FROM_LMS, TO_LAB, TO_LMS

DISPLAY = 2.4
"""Exponent from signal to light, ITU-R BT.1886."""
GREY = DISPLAY / 3
"""Exponent from a grey signal to its lightness."""

_LUMINANCE = np.array([RED, GREEN, BLUE])
_KNEE, _LIMIT = 0.7, 1.6
"""Share of the way to the border from which more is held back, and the share that just fits."""
_ROUND = 8
"""How sharp the corners of the gamut are; a maximum would leave creases in the table."""


def luminance(light: np.ndarray) -> np.ndarray:
    """(..., 1) of linear R, G, B."""
    return light @ _LUMINANCE[:, None]


def from_light(light: np.ndarray) -> np.ndarray:
    """Lightness and the two chroma axes, (..., 3), of linear R, G, B."""
    return np.cbrt(light @ TO_LMS.T) @ TO_LAB.T


def to_light(lab: np.ndarray) -> np.ndarray:
    """Linear R, G, B, outside 0..1 too."""
    return (lab @ FROM_LAB.T) ** 3 @ FROM_LMS.T


def shown(light: np.ndarray, target: np.ndarray) -> np.ndarray:
    """R'G'B' 0..1 of a color at the luminance `target` (..., 1), 0..1.

    What a display cannot show is drawn towards the grey of that luminance, softly, by how much of
    the way from there to the border it uses (as the ACES reference gamut compression does).
    """
    light = light * (target / np.maximum(luminance(light), 1e-9))
    away = light - target
    room = np.where(away > 0, np.maximum(1 - target, 1e-9), np.maximum(target, 1e-9))
    used = np.sum((np.abs(away) / room) ** _ROUND, axis=-1, keepdims=True) ** (1 / _ROUND)
    held = target + away * (_held(used) / np.maximum(used, 1e-9))
    return np.clip(held, 0, 1) ** (1 / DISPLAY)


def _held(used: np.ndarray) -> np.ndarray:
    """Straight up to the knee, then bending so that the limit just fits, and never over 1."""
    over = np.maximum(used - _KNEE, 0)
    scale = (_LIMIT - _KNEE) / ((_LIMIT - _KNEE) / (1 - _KNEE) - 1)
    return np.minimum(np.where(used > _KNEE, _KNEE + over / (1 + over / scale), used), 1)
