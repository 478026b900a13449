"""Work on a grid coarser than the picture: as fine as what is to be drawn, whatever its size."""

from __future__ import annotations

import cv2
import numpy as np

from stylizers.kernels.blur import samples_of

Pixel = tuple[float, float]
"""Width and height of a sample in reference pixels."""


def luma(image: np.ndarray, grain: float, scale: tuple[float, float]) -> tuple[np.ndarray, Pixel]:
    """Luma 0..1, float32 (h, w), of R'G'B' (H, W, 3) in samples of up to `grain` reference pixels.

    `scale` is columns and rows of the picture per reference pixel. A sample is never finer than a
    pixel of the picture.
    """
    from stylizers.kernels import luma as kernel

    height, width = image.shape[:2]
    size = (samples_of(width, grain * scale[0]), samples_of(height, grain * scale[1]))
    plane = cv2.resize(kernel.luma(image), size, interpolation=cv2.INTER_AREA)
    return plane, (width / (size[0] * scale[0]), height / (size[1] * scale[1]))


def halved(plane: np.ndarray, pixel: Pixel) -> tuple[np.ndarray, Pixel]:
    height, width = plane.shape
    size = (max(1, width // 2), max(1, height // 2))
    return (cv2.resize(plane, size, interpolation=cv2.INTER_AREA),
            (pixel[0] * width / size[0], pixel[1] * height / size[1]))


def blurred(plane: np.ndarray, sigma: float, pixel: Pixel) -> np.ndarray:
    """With a Gaussian of `sigma` reference pixels, mirrored at the edges."""
    return cv2.GaussianBlur(plane, (0, 0), sigmaX=max(sigma / pixel[0], 1e-3),
                            sigmaY=max(sigma / pixel[1], 1e-3), borderType=cv2.BORDER_REFLECT)
