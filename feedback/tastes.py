"""The tastes that somebody may have, before anything is known of them.

A taste is a quadratic utility u(z) = -(z - z*) A (z - z*) over the coordinates of a search space,
plus what metrics count for. Its optimum z* is uniform over the ranges. A = D C D: parameters matter
differently (the squares of D's diagonal are exponential: to most people a few matter and the rest
hardly) and interact (C is the correlation matrix of a Wishart matrix of as many degrees of freedom
as there are coordinates).
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtr

from feedback.quadratic import Features

STEEPNESS = 20.0
"""Log odds by which a difference of one deviation of the utility over the ranges is told."""
_METRICS = 0.1
"""Prior deviation of what a metric counts for, per deviation of that metric, in the same units."""
_PLACES = 64
"""Points by which the deviation over the ranges is measured."""


class Tastes:
    """Utilities as functions of standard normal numbers, so that a taste can be varied a little.

    `blocks` are how many of those numbers tell interactions, weights, the optimum, and metrics.
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        size = features.space.size
        self.blocks = (size * size, size, size, features.metrics)
        places = features.of(features.space.random(np.random.default_rng(0), _PLACES))
        self._places = (places - places.mean(0)).astype(np.float32)

    def drawn(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, numbers) standard normal."""
        return rng.standard_normal((count, sum(self.blocks)), np.float32)

    def weights(self, latent: np.ndarray) -> np.ndarray:
        """(k, features) float32 in log odds, of (k, numbers)."""
        ends = np.cumsum(self.blocks[:-1])
        products, shares, place, metrics = np.split(latent, ends, 1)
        matrix, optimum = self._matrix(products, shares), self._placed(place)
        numbers = self.features.space.numbers
        own = np.diagonal(matrix, axis1=1, axis2=2)
        linear = 2 * (matrix @ optimum[:, :, None])[:, :, 0]
        # The square of a choice's coordinate is that coordinate again, but for a factor.
        linear[:, numbers:] -= 0.5**0.5 * own[:, numbers:]
        found = np.concatenate(
            [linear, own[:, :numbers], matrix[:, self.features.across, self.features.down],
             np.zeros_like(metrics)], 1)
        spread = np.maximum((found @ self._places.T).std(1, keepdims=True), 1e-9)
        found /= spread
        found[:, found.shape[1] - self.blocks[3]:] = _METRICS * metrics
        return STEEPNESS * found

    def optima(self, latent: np.ndarray) -> np.ndarray:
        """(k, size), where each taste is highest."""
        return self._placed(np.split(latent, np.cumsum(self.blocks[:-1]), 1)[2])

    def _matrix(self, products: np.ndarray, shares: np.ndarray) -> np.ndarray:
        size = self.features.space.size
        root = products.reshape(len(products), size, size)
        wishart = root @ root.transpose(0, 2, 1)
        # -log of what is uniform is exponential.
        scale = np.sqrt(-log_ndtr(shares) / np.diagonal(wishart, axis1=1, axis2=2))
        matrix: np.ndarray = wishart * scale[:, :, None] * scale[:, None, :]
        return matrix

    def _placed(self, place: np.ndarray) -> np.ndarray:
        space = self.features.space
        optimum = np.zeros_like(place)
        optimum[:, :space.numbers] = ndtr(place[:, :space.numbers]) - 0.5
        for group in space.groups:
            chosen = group.start + place[:, group].argmax(1)
            optimum[np.arange(len(place)), chosen] = 0.5**0.5
        return optimum
