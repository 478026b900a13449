"""Pictures as a screen shows them: upright, square pixels, eight bits, standard range."""

from __future__ import annotations

import numpy as np

from core.color import ColorTags, Transfer
from core.io import VideoMetadata, orientation

_WHITE = 203.0
"""cd/m² of diffuse white in HDR programs (ITU-R BT.2408)."""
_TO_709 = np.array([[1.6605, -0.5876, -0.0728],
                    [-0.1246, 1.1329, -0.0083],
                    [-0.0182, -0.1006, 1.1187]], np.float32)
"""BT.2020 to BT.709 primaries, linear light (ITU-R BT.2087)."""


def upright(picture: np.ndarray, found: VideoMetadata) -> np.ndarray:
    """The picture as a player shows it: pixels made square, then turned and mirrored."""
    import cv2

    if found.sar != 1:
        size = max(1, round(picture.shape[1] * found.sar)), picture.shape[0]
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    return orientation.upright(picture, orientation.display_matrix(found))


def displayed(picture: np.ndarray, tags: ColorTags) -> np.ndarray:
    """R'G'B' (H, W, 3) uint8 for a screen of standard range; HDR is rolled off above white."""
    if tags.transfer == Transfer.PQ:
        return _rolled_off(_pq(picture))
    if tags.transfer == Transfer.HLG:
        return _rolled_off(_hlg(picture))
    if picture.dtype == np.uint16:
        return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return picture


def _scaled(picture: np.ndarray) -> np.ndarray:
    return picture.astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)


def _pq(picture: np.ndarray) -> np.ndarray:
    """Linear light with diffuse white at 1 (SMPTE ST 2084, equation 4.1)."""
    power = _scaled(picture) ** np.float32(1 / 78.84375)
    above = np.maximum(power - np.float32(0.8359375), 0)
    light = (above / (np.float32(18.8515625) - np.float32(18.6875) * power)) ** np.float32(
        1 / 0.1593017578125)
    return light * np.float32(10000 / _WHITE)


def _hlg(picture: np.ndarray) -> np.ndarray:
    """Linear light with diffuse white, the signal at 0.75, at 1 (ITU-R BT.2100, table 5)."""
    signal = _scaled(picture)
    low = signal**2 / 3
    high = (np.exp((signal - np.float32(0.55991073)) / np.float32(0.17883277))
            + np.float32(0.28466892)) / 12
    scene = np.where(signal <= 0.5, low, high)
    return (scene / np.float32(0.26496256)) ** np.float32(1.2)


def _rolled_off(light: np.ndarray) -> np.ndarray:
    """What exceeds 0.7 of white is pressed below it (Reinhard's shoulder), then sRGB."""
    light = np.maximum(light @ _TO_709.T, 0)
    above = np.maximum(light - np.float32(0.7), 0)
    pressed = np.minimum(light, np.float32(0.7)) + above / (1 + above / np.float32(0.3))
    curve = np.where(pressed <= 0.0031308, 12.92 * pressed,
                     1.055 * np.maximum(pressed, 1e-6) ** np.float32(1 / 2.4) - 0.055)
    return np.round(np.minimum(curve, 1) * 255).astype(np.uint8)
