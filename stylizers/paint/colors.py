"""The colors of one picture given to another: histograms matched, or a palette carried over.

A histogram is held as its quantiles, which can be averaged, as those of a shot's frames are: moving
quantiles rather than counts is the shortest way from one distribution to another.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from stylizers.kernels.weights import BLUE, GREEN, RED

_COUNT = 64
_EVERY = 3
"""Of so many pixels in a row, and rows, one is counted where there are many."""
_LUMA = np.array([RED, GREEN, BLUE])
_FAINT = 0.03**2
"""Variance of color, 0..1, added to any there is: noise on gray is not to become a rainbow."""
_FEW = 200
"""Pixels a side from which there are many."""


def quantiles(planes: np.ndarray) -> np.ndarray:
    """Of each of the planes (3, H, W), from the least value to the largest, float32 (3, count)."""
    height, width = planes.shape[1:]
    every = _EVERY if min(height, width) >= _FEW else 1
    some = planes[:, ::every, ::every].reshape(len(planes), -1)
    return np.quantile(some, np.linspace(0, 1, _COUNT), axis=1).T.astype(np.float32)


def matched(planes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The planes (3, H, W) float32 with values moved so that their `quantiles` are those given."""
    found = quantiles(planes)
    # Where many pixels are alike, quantiles coincide: interpolation wants them to rise.
    rising = found + np.arange(_COUNT, dtype=np.float32) * np.float32(1e-6)
    return np.stack([np.interp(plane, low, high).astype(np.float32)
                     for plane, low, high in zip(planes, rising, wanted, strict=True)])


def moments(picture: np.ndarray) -> np.ndarray:
    """Mean and covariance of the colors of R'G'B' (H, W, 3), float32 (3, 4) side by side."""
    colors = picture.reshape(-1, 3)
    mean = colors.mean(axis=0, dtype=np.float64)
    apart = (colors - mean).astype(np.float32)
    # Sums of products, one by one: a matrix product would start threads of its own.
    spread = [[float(np.mean(apart[:, i] * apart[:, j], dtype=np.float64)) for j in range(3)]
              for i in range(3)]
    return np.column_stack([mean, spread]).astype(np.float32)


def pooled(parts: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """`moments` of several pictures seen as one, each with its weight."""
    total = sum(weight for _, weight in parts)
    shares = [(known.astype(np.float64), weight / total) for known, weight in parts]
    mean = np.sum([share * known[:, 0] for known, share in shares], axis=0)
    second = np.sum([share * (known[:, 1:] + np.outer(known[:, 0], known[:, 0]))
                     for known, share in shares], axis=0)
    return np.column_stack([mean, second - np.outer(mean, mean)]).astype(np.float32)


def carried(source: np.ndarray, luma: np.ndarray, known: np.ndarray, wanted: np.ndarray
            ) -> np.ndarray:
    """A picture of the given `luma` (H, W) in the colors of `source` (H, W, 3), carried from the
    palette of `known` to that of `wanted`, both `moments`.

    By the linear map that moves colors least of all that do so (Pitie and Kokaram 2007, "The linear
    Monge-Kantorovitch linear colour mapping", eq. 9).
    """
    floor = _FAINT * np.eye(3)
    have, want = (each[:, 1:].astype(np.float64) + floor for each in (known, wanted))
    root = _power(have, 0.5)
    inverse = _power(have, -0.5)
    turn = inverse @ _power(root @ want @ root, 0.5) @ inverse
    affine = np.column_stack([turn, wanted[:, 0] - turn @ known[:, 0]])
    tint = affine - _LUMA @ affine  # without the luma that it would give
    return cv2.transform(source, tint.astype(np.float32)) + luma[..., None]


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Of a symmetric, positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T)
