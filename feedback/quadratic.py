"""A quadratic utility: what it is linear in, and where it is highest."""

from __future__ import annotations

import numpy as np

from core.autotune.space import SearchSpace

_SWEEPS = 6
"""Rounds over all coordinates in which a maximum is climbed; later ones change it no more."""


class Features:
    """What a utility is linear in: coordinates, their squares and products, and metrics.

    u(z, m) = b z - z A z + w m, less what is constant within a choice.
    """

    def __init__(self, space: SearchSpace, metrics: int = 0) -> None:
        self.space, self.metrics = space, metrics
        size, numbers = space.size, space.numbers
        exclusive = np.zeros((size, size), bool)
        for group in space.groups:
            exclusive[group, group] = True
        across, down = np.triu_indices(size, 1)
        kept = ~exclusive[across, down]
        self.across, self.down = across[kept], down[kept]
        self.count = size + numbers + len(self.across) + metrics

    def of(self, points: np.ndarray, metrics: np.ndarray | None = None) -> np.ndarray:
        """(..., features) of points (..., size) and, where known, of their metrics."""
        numbers = points[..., :self.space.numbers]
        known = np.zeros((*points.shape[:-1], self.metrics)) if metrics is None else metrics
        return np.concatenate([points, -numbers**2,
                               -2 * points[..., self.across] * points[..., self.down], known], -1)

    def matrices(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """b (k, size) and A (k, size, size) of weights (k, features)."""
        size, numbers = self.space.size, self.space.numbers
        matrix = np.zeros((len(weights), size, size))
        places = np.arange(numbers)
        matrix[:, places, places] = weights[:, size:size + numbers]
        products = weights[:, size + numbers:size + numbers + len(self.across)]
        matrix[:, self.across, self.down] = matrix[:, self.down, self.across] = products
        return weights[:, :size], matrix

    def maxima(self, weights: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Where each utility of `weights` (k, features) is highest, climbed from `starts`."""
        linear, matrix = self.matrices(weights)
        points = starts.copy()
        for _ in range(_SWEEPS):
            for i in range(self.space.numbers):
                own = matrix[:, i, i]
                pull = linear[:, i] - 2 * (np.einsum("kj,kj->k", matrix[:, i], points)
                                           - own * points[:, i])
                peak = np.clip(pull / np.where(own > 0, 2 * own, 1), -0.5, 0.5)
                points[:, i] = np.where(own > 0, peak, np.where(pull > 0, 0.5, -0.5))
            for group in self.space.groups:
                apart = points[:, group].max()
                points[:, group] = 0
                worth = linear[:, group] - 2 * np.einsum("kgj,kj->kg", matrix[:, group], points)
                points[np.arange(len(points)), group.start + worth.argmax(1)] = apart
        return points
