"""A quadratic utility learned from comparisons, with its uncertainty.

Bradley and Terry (1952): one of two is preferred with probability s(u(a) - u(b)), s the logistic
function, here in 1 - 2 LAPSE of all cases, the others being slips. The utility is quadratic in the
point, u(z) = b z - z A z, with a normal prior over its coefficients under which it falls away from
an optimum somewhere in the space; the posterior is Laplace's approximation (Rasmussen and Williams
2006, section 3.4), worked in as many dimensions as there are comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from core.autotune.space import SearchSpace

STEEPNESS = 8.0
"""How decidedly a difference of 1 in utility is told: that of one parameter at the wrong end."""
LAPSE = 0.1
"""Share of comparisons that say the opposite of what was meant."""
_METRICS = 0.3
"""Prior deviation of what a metric counts for, per deviation of that metric."""
_STEPS, _ENOUGH = 30, 1e-6
_SWEEPS = 6
"""Rounds over all coordinates in which a maximum is climbed; later ones change it no more."""


class Features:
    """What a utility is linear in: coordinates, their squares and products, and metrics."""

    def __init__(self, space: SearchSpace, metrics: int = 0) -> None:
        self.space, self.metrics = space, metrics
        size, numbers = space.size, space.numbers
        exclusive = np.zeros((size, size), bool)
        for group in space.groups:
            exclusive[group, group] = True
        across, down = np.triu_indices(size, 1)
        kept = ~exclusive[across, down]
        self.across, self.down = across[kept], down[kept]
        products = len(self.across)
        self.mean = STEEPNESS * np.concatenate(
            [np.zeros(size), np.ones(numbers), np.zeros(products + metrics)])
        self.deviation = STEEPNESS * np.concatenate(
            [np.ones(size + numbers), np.full(products, max(size, 1)**-0.5),
             np.full(metrics, _METRICS)])

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


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of the weights after some comparisons.

    `rows` (n, features) are winners less losers, over the prior deviation; `dual` (n,) and
    `curvature` (n,) describe the normal distribution.
    """

    features: Features
    rows: np.ndarray
    dual: np.ndarray
    curvature: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """The most probable ones, and the mean."""
        prior = self.features
        return prior.mean + prior.deviation * (self.rows.T @ self.dual)

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Weights (count, features) by Matheron's rule: prior draws, corrected by the data."""
        prior = rng.normal(size=(count, self.rows.shape[1]))
        root = np.sqrt(self.curvature)
        seen = (prior @ self.rows.T) * root + rng.normal(size=(count, len(self.rows)))
        inner = np.eye(len(self.rows)) + root[:, None] * (self.rows @ self.rows.T) * root
        moved = prior - (np.linalg.solve(inner, seen.T).T * root) @ self.rows
        return self.weights + self.features.deviation * moved

    def held_back(self) -> np.ndarray:
        """The probability (n,) of each comparison by all others: Laplace's cavity (Rasmussen and
        Williams 2006, eq. 3.66 with sites in place of EP's).
        """
        count = len(self.rows)
        covariance = self.rows @ self.rows.T
        latent = covariance @ self.dual + self.offset
        slope, curvature = _slope(latent)
        inner = np.linalg.solve(np.eye(count) + covariance * self.curvature, covariance)
        own = np.maximum(np.diag(inner), 1e-9)
        spread = 1 / np.maximum(1 / own - curvature, 1e-9)
        center = spread * (latent / own - curvature * latent - slope)
        return LAPSE + (1 - 2 * LAPSE) * expit(center / np.sqrt(1 + np.pi * spread / 8))

    @property
    def offset(self) -> np.ndarray:
        """What the prior's mean says of each comparison."""
        return self.rows @ (self.features.mean / self.features.deviation)


def learned(features: Features, differences: np.ndarray) -> Posterior:
    """The posterior after comparisons: `differences` (n, features), winner less loser.

    Newton's method with Fisher's curvature, which stays positive under slips, and halved steps.
    """
    rows = differences * features.deviation
    count = len(rows)
    covariance = rows @ rows.T
    dual, offset = np.zeros(count), rows @ (features.mean / features.deviation)
    latent, best = offset, -np.inf
    for _ in range(_STEPS if count else 0):
        slope, curvature = _slope(latent)
        root = np.sqrt(curvature)
        pulled = curvature * (latent - offset) + slope
        inner = np.eye(count) + root[:, None] * covariance * root
        step = pulled - root * np.linalg.solve(inner, root * (covariance @ pulled)) - dual
        found = _stepped(dual, step, covariance, offset, best)
        if found is None:
            break
        gained, (dual, latent, best) = found[2] - best, found
        if gained < _ENOUGH:
            break
    return Posterior(features, rows, dual, _slope(latent)[1])


def _stepped(dual: np.ndarray, step: np.ndarray, covariance: np.ndarray, offset: np.ndarray,
             best: float) -> tuple[np.ndarray, np.ndarray, float] | None:
    for share in 0.5 ** np.arange(12):
        there = dual + share * step
        latent = covariance @ there + offset
        told = np.logaddexp(np.log(LAPSE), np.log(1 - 2 * LAPSE) + log_expit(latent)).sum()
        now = float(told - there @ (latent - offset) / 2)
        if now >= best:
            return there, latent, now
    return None


def _slope(latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first derivative of the log likelihood, and Fisher's curvature."""
    sure = expit(latent)
    told = LAPSE + (1 - 2 * LAPSE) * sure
    change = (1 - 2 * LAPSE) * sure * (1 - sure)
    return change / told, np.maximum(change**2 / (told * (1 - told)), 1e-9)
