"""Bringing a scene into a painting's palette.

The linear Monge-Kantorovich map between two normal distributions of color (Pitié and Kokaram, "The
Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", 2007, eq. 6).
"""

from __future__ import annotations

import cv2
import numpy as np

_LINES = 135
"""Rows that colors are counted in, at most."""
_FLOOR = 20.0
"""Variance, in squared 8-bit codes, that every distribution has: flat scenes are not stretched."""


def moments(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (3,) and covariance (3, 3) of R'G'B' (H, W, 3) uint8, in 8-bit codes, float64."""
    step = max(1, image.shape[0] // _LINES)
    colors = image[::step, ::step].reshape(-1, 3).astype(np.float64)
    mean = colors.mean(0)
    centered = colors - mean
    return mean, centered.T @ centered / len(colors)


def transfer(scene: tuple[np.ndarray, np.ndarray], painting: tuple[np.ndarray, np.ndarray]
             ) -> np.ndarray:
    """The map from one palette to the other, as the (3, 4) matrix of cv2.transform, float32."""
    first, second = scene[1] + _FLOOR * np.eye(3), painting[1] + _FLOOR * np.eye(3)
    root = _power(first, 0.5)
    inverse = _power(first, -0.5)
    matrix = inverse @ _power(root @ second @ root, 0.5) @ inverse
    return np.column_stack([matrix, painting[0] - matrix @ scene[0]]).astype(np.float32)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T)


def contrasted(image: np.ndarray, amount: float) -> np.ndarray:
    """R'G'B' uint8 with some of CLAHE's local contrast (Zuiderveld 1994) in its lightness."""
    if not amount or min(image.shape[:2]) < 8:
        return image
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    light = cv2.createCLAHE(2.0, (6, 6)).apply(lab[..., 0])
    lab[..., 0] = cv2.addWeighted(lab[..., 0], 1 - amount, light, amount, 0)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
