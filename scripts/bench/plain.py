"""The plain recipe of each look: its textbook steps in OpenCV and NumPy, one after the other.

They are what the looks are measured against, in speed by `bench looks` and in the tests by what
they draw; written as they are found in tutorials, in NumPy's own double precision. Each takes RGB
(H, W, 3) uint8 and gives back a picture like it; lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import cv2
import numpy as np


def pencil(image: np.ndarray, sigma: float = 21.0) -> np.ndarray:
    """Gray, invert, blur, color dodge."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    blurred = cv2.GaussianBlur(255 - gray, (0, 0), sigma)
    return cv2.cvtColor(cv2.divide(gray, 255 - blurred, scale=256), cv2.COLOR_GRAY2RGB)


def cartoon(image: np.ndarray, diameter: int = 9, sigma_color: float = 75.0,
            sigma_space: float = 75.0, num_colors: int = 8, low: int = 50, high: int = 150
            ) -> np.ndarray:
    """Bilateral filter, k-means over all pixels, black Canny edges."""
    smooth = cv2.bilateralFilter(image, diameter, sigma_color, sigma_space)
    pixels = smooth.reshape(-1, 3).astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    cv2.setRNGSeed(0)
    _, labels, centers = cv2.kmeans(pixels, num_colors, None, stop, 1, cv2.KMEANS_RANDOM_CENTERS)
    flat = centers.astype(np.uint8)[labels.ravel()].reshape(image.shape)
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), low, high)
    flat[cv2.dilate(edges, np.ones((2, 2), np.uint8)) > 0] = 0
    return flat


def comic(image: np.ndarray, dot_size: float = 3.0,
          angles: Sequence[float] = (15.0, 75.0, 0.0, 45.0), edge_thickness: int = 2
          ) -> np.ndarray:
    """CMYK, a hard halftone screen for each ink, back to RGB, bold Canny edges."""
    colors = image / 255
    black = 1 - colors.max(axis=2)
    left = np.maximum(1 - black, 1e-6)
    inks = [(1 - colors[..., channel] - black) / left for channel in range(3)] + [black]
    rows, columns = np.indices(image.shape[:2])
    printed = []
    for ink, angle in zip(inks, np.radians(angles), strict=True):
        across = columns * np.cos(angle) + rows * np.sin(angle)
        down = rows * np.cos(angle) - columns * np.sin(angle)
        turn = np.pi / dot_size
        threshold = (np.cos(across * turn) * np.cos(down * turn) + 1) / 2
        printed.append(ink > threshold)
    paper = np.stack([~(ink | printed[3]) for ink in printed[:3]], axis=2)
    drawn = paper.astype(np.uint8) * 255
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 100, 200)
    drawn[cv2.dilate(edges, np.ones((edge_thickness,) * 2, np.uint8)) > 0] = 0
    return drawn


def cinematic(image: np.ndarray, lattice: np.ndarray, bloom: float = 0.3, grain: float = 0.02,
              vignette: float = 0.4, seed: int = 0) -> np.ndarray:
    """3-D LUT by trilinear interpolation, S-curve, bloom, grain, vignette.

    `lattice` is (N, N, N, 3) float32 in 0..1, indexed red, green, blue.
    """
    graded = trilinear(image / 255, lattice)
    curved = graded * graded * (3 - 2 * graded)
    lights = np.where(curved > 0.7, curved, 0)
    glow = cv2.GaussianBlur(lights, (0, 0), 20)
    glowing = 1 - (1 - curved) * (1 - bloom * glow)
    noise = np.random.default_rng(seed).normal(0, grain, image.shape)
    height, width = image.shape[:2]
    rows, columns = np.indices((height, width))
    x, y = columns / width * 2 - 1, rows / height * 2 - 1
    shade = 1 - vignette * np.clip((x * x + y * y) / 2, 0, 1)
    return np.clip((glowing + noise) * shade[..., None] * 255 + 0.5, 0, 255).astype(np.uint8)


def trilinear(colors: np.ndarray, lattice: np.ndarray) -> np.ndarray:
    """Colors (..., 3) in 0..1 through a lattice, the eight corners of each cell weighted."""
    last = lattice.shape[0] - 1
    place = colors * last
    low = np.minimum(place.astype(int), last - 1)
    share = place - low
    result = np.zeros_like(colors)
    for corner in np.ndindex(2, 2, 2):
        weight = np.ones(colors.shape[:-1])
        for channel, high in enumerate(corner):
            part = share[..., channel]
            weight = weight * (part if high else 1 - part)
        red, green, blue = (low[..., channel] + corner[channel] for channel in range(3))
        result += weight[..., None] * lattice[red, green, blue]
    return result


@lru_cache(maxsize=1)
def film_lattice(size: int = 33) -> np.ndarray:
    """A warm-and-teal grade (size, size, size, 3) float32 to measure LUTs with."""
    axis = np.linspace(0, 1, size, dtype=np.float32)
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    warm = np.stack([red + 0.06 * luma, green + 0.01 * luma, blue - 0.05 * luma], axis=-1)
    cool = np.stack([red - 0.05, green + 0.02, blue + 0.06], axis=-1)
    share = (luma * luma * (3 - 2 * luma))[..., None]
    return np.clip(warm * share + cool * (1 - share), 0, 1).astype(np.float32)


RECIPES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "pencil": pencil,
    "cartoon": cartoon,
    "comic": comic,
    "cinematic": lambda image: cinematic(image, film_lattice()),
}
"""By look, with the looks' own defaults."""
