"""The cartoon written plainly: no table, no shortcut.

Everything is spelled out here again but for the palette, which both are given.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy import ndimage
from skimage import color

from stylizers import oklab

WEIGHTS = (0.2126, 0.7152, 0.0722)


def smoothed(image: np.ndarray, diameter: int, sigma_color: float, sigma_space: float,
             passes: int) -> np.ndarray:
    """OpenCV's bilateral filter, R'G'B' 0..1; its distances are sums over channels."""
    planes = image.astype(np.float32)
    if image.dtype != np.float32:
        planes /= np.iinfo(image.dtype).max
    for _ in range(passes):
        planes = cv2.bilateralFilter(planes, diameter, sigma_color / 255, sigma_space)
    return planes


def abstracted(image: np.ndarray, diameter: int, sigma_color: float, sigma_space: float
               ) -> np.ndarray:
    """Of a 1080p picture the blocks of four by four: their medians, smoothed three times."""
    height, width = (side // 4 for side in image.shape[:2])
    blocks = image.reshape(height, 4, width, 4, 3).mean(axis=(1, 3)) / 255
    blocks = ndimage.median_filter(blocks, size=(5, 5, 1), mode="nearest")
    small = smoothed(blocks.astype(np.float32), round(diameter / 2) | 1, 0.4 * sigma_color,
                     sigma_space / 2, 3)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def drawn_to(rgb: np.ndarray, colors: np.ndarray, hue: float, softness: float,
             kept: tuple[float, float], saturation: float, lift: float = 0.0) -> np.ndarray:
    """The soft assignment to the palette, of every pixel by itself.

    `colors` (K, 3) are OKLab with a and b times `hue`, as they count in distances.
    """
    lab = oklab.oklab(rgb)
    squares = ((lab[..., None, :] * (1, hue, hue) - colors) ** 2).sum(axis=-1)
    weights = np.exp(-(squares - squares.min(axis=-1, keepdims=True)) / (2 * softness ** 2))
    mean = weights @ (colors / (1, hue, hue)) / weights.sum(axis=-1, keepdims=True)
    out = mean + (lab - mean) * np.array([kept[0], kept[1], kept[1]])
    out[..., 0] += lift * out[..., 0] ** 3 * (1 - out[..., 0])
    return np.clip(oklab.rgb(out * np.array([1, saturation, saturation])), 0, 1)


def recipe(image: np.ndarray, colors: int = 8) -> np.ndarray:
    """The literal steps: bilateral, k-means on all pixels, Canny dilated, black lines. 8 bits."""
    cv2.setRNGSeed(1)
    smooth = cv2.bilateralFilter(image, 9, 75, 75)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    _, labels, centers = cv2.kmeans(smooth.reshape(-1, 3).astype(np.float32), colors, None,
                                    criteria, 1, cv2.KMEANS_PP_CENTERS)
    flat = centers.astype(np.uint8)[labels.ravel()].reshape(image.shape)
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 50, 150)
    flat[cv2.dilate(edges, np.ones((2, 2), np.uint8)) > 0] = 0
    return flat


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """CIEDE2000 per pixel of two R'G'B' pictures in 0..1."""
    return color.deltaE_ciede2000(color.rgb2lab(one), color.rgb2lab(other))
