"""Small photographs, enlarged so that they hold up on a large screen."""

from pathlib import Path

import cv2
import numpy as np
import skimage
from skimage.io import imread

from core.errors import UnreadableImage

BACK_PROJECTIONS = 3
SHARPENING_STEPS = 2
SHARPENING = 0.3
FULL_EDGE = 0.02
"""Curvature of luma per pixel squared at which an edge is pulled tight with full force."""
GRAIN = 0.006
CONTRAST = 0.22
_CROSS = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


def photograph(name: str) -> np.ndarray:
    """RGB uint8 (H, W, 3) of a file that lies inside scikit-image's wheel; downloads nothing."""
    path = Path(skimage.__file__).parent / "data" / name
    if not path.is_file():
        raise UnreadableImage(f"The photograph {name} of scikit-image is missing.",
                              "Delete the folder .venv and start again.")
    return np.ascontiguousarray(imread(path)[..., :3])


def enlarged(picture: np.ndarray, scale: float) -> np.ndarray:
    """RGB uint8, `scale` times as large, graded, with tight edges and fine grain.

    Lanczos, then iterative back-projection (Irani and Peleg 1991: the result, made small again,
    is the original), then a shock filter along the gradient (Osher and Rudin 1990). The grain is
    part of the picture and moves with it, so nothing flickers.
    """
    small = picture.astype(np.float32) / 255
    height, width = small.shape[:2]
    size = (round(width * scale), round(height * scale))
    large = cv2.resize(small, size, interpolation=cv2.INTER_LANCZOS4)
    for _ in range(BACK_PROJECTIONS):
        lost = small - cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        large += cv2.resize(lost, size, interpolation=cv2.INTER_CUBIC)
    for _ in range(SHARPENING_STEPS):
        large = _shocked(large, scale)
    large = _graded(cv2.GaussianBlur(large, (0, 0), 0.55))
    large += _grain(size)[..., np.newaxis]
    return np.rint(np.clip(large, 0, 1) * 255).astype(np.uint8)


def _shocked(picture: np.ndarray, scale: float) -> np.ndarray:
    """One step that moves each side of an edge towards its own plateau."""
    luma = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 0.5 * scale)
    dx, dy = _slope(luma, 1, 0), _slope(luma, 0, 1)
    energy = dx * dx + dy * dy + 1e-8
    curvature = dx * dx * _slope(dx, 1, 0) + 2 * dx * dy * _slope(dx, 0, 1)
    curvature += dy * dy * _slope(dy, 0, 1)
    force = np.clip(curvature / energy * (scale / FULL_EDGE), -1, 1)
    force *= SHARPENING * np.minimum(12 * scale * np.sqrt(energy), 1)
    plateau = cv2.dilate(picture, _CROSS)
    cv2.copyTo(cv2.erode(picture, _CROSS), (force > 0).astype(np.uint8), plateau)
    pull = np.abs(force)
    return cv2.blendLinear(picture, plateau, 1 - pull, pull)


def _slope(plane: np.ndarray, x: int, y: int) -> np.ndarray:
    return cv2.Sobel(plane, cv2.CV_32F, x, y, scale=1 / 8)


def _graded(picture: np.ndarray) -> np.ndarray:
    """A soft S-curve, with shadows a little cooler and highlights a little warmer."""
    picture = np.clip(picture, 0, 1)
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., np.newaxis] - 0.5
    curved = picture + CONTRAST * (picture * picture * (3 - 2 * picture) - picture)
    return curved + luma * np.array([0.012, 0.0, -0.016], np.float32)


def _grain(size: tuple[int, int]) -> np.ndarray:
    noise = np.random.default_rng(7).standard_normal(size[::-1], dtype=np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 0.8) * (GRAIN * 2.8)
