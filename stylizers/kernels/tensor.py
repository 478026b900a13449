"""The smoothed structure tensor: which way a picture runs at every place, and how surely.

Weickert 1998, Anisotropic Diffusion in Image Processing, section 2.2; as edge tangent flow,
Kyprianidis and Döllner 2008, Image Abstraction by Structure Adaptive Filtering.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numba import njit

from stylizers.kernels.samples import samples

DIRECTIONS = 32
"""Steps into which half a turn is divided: coarser than they are the lines would bend visibly."""


def structure_tensor(plane: np.ndarray, pixel: tuple[float, float], sigma: float) -> np.ndarray:
    """Gaussian mean of gradients' products xx, xy, yy, float32 (H, W, 3), of (H, W) float32.

    `pixel` is the width and height of a sample in some unit of length; `sigma` is in that unit,
    and gradients are per unit.
    """
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=0.125 / pixel[0])
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=0.125 / pixel[1])
    products = np.empty((*plane.shape, 3), np.float32)
    _products(samples(across), samples(down), products.reshape(-1))
    return cv2.GaussianBlur(products, (0, 0), sigmaX=max(sigma / pixel[0], 1e-3),
                            sigmaY=max(sigma / pixel[1], 1e-3), borderType=cv2.BORDER_REFLECT)


def directions(tensor: np.ndarray) -> np.ndarray:
    """Along the edges: the tangent's angle in steps of pi / DIRECTIONS, uint8 (H, W).

    0 is to the right, a quarter turn is down; along is where the tensor's smaller eigenvalue is.
    """
    out = np.empty(tensor.shape[:2], np.uint8)
    _directions(samples(tensor), out.reshape(-1))
    return out


def coherence(tensor: np.ndarray) -> np.ndarray:
    """How far everything runs one way, float32 (H, W): from 0, all directions alike, to 1.

    (a - b) / (a + b) of the eigenvalues a and b (Weickert 1998, section 2.2).
    """
    energy = tensor[..., 0] + tensor[..., 2]
    apart = np.hypot(tensor[..., 0] - tensor[..., 2], 2 * tensor[..., 1])
    return np.asarray(apart / (energy + np.float32(1e-9)), np.float32)


@njit(nogil=True, cache=True)
def _products(across, down, out):  # type: ignore[no-untyped-def]
    for i in range(across.size):
        out[3 * i] = across[i] * across[i]
        out[3 * i + 1] = across[i] * down[i]
        out[3 * i + 2] = down[i] * down[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _directions(tensor, out):  # type: ignore[no-untyped-def]
    one, half, quarter = np.float32(1), np.float32(math.pi), np.float32(math.pi / 2)
    steps = np.float32(DIRECTIONS / (2 * math.pi))
    for i in range(out.size):
        y = np.float32(2) * tensor[3 * i + 1]
        x = tensor[3 * i] - tensor[3 * i + 2]
        # atan2 as a polynomial, off by a thousandth at most: the library's does not vectorize.
        large, small = max(abs(x), abs(y)), min(abs(x), abs(y))
        part = small / max(large, np.float32(1e-30))
        square = part * part
        turn = part * (one + square * (np.float32(-0.327622764) + square * (
            np.float32(0.15931422) - np.float32(0.0464964749) * square)))
        turn = quarter - turn if abs(y) > abs(x) else turn
        turn = half - turn if x < 0 else turn
        turn = -turn if y < 0 else turn
        # Half of `turn` is the gradient's angle; the tangent is a quarter turn from it.
        step = np.int32(turn * steps + np.float32(1.5 * DIRECTIONS + 0.5))
        out[i] = np.uint8(step % DIRECTIONS)
