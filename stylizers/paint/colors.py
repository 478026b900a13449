"""The colors of one picture given to another, by matching histograms.

A histogram is held as its quantiles, between which two can be averaged, as frames of a shot are:
moving quantiles rather than counts is the shortest way from one distribution to another.
"""

from __future__ import annotations

import numpy as np

_COUNT = 64
_EVERY = 3
"""Of so many pixels in a row, and rows, one is counted where there are many."""
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
