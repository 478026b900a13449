"""What is believed of a taste after some comparisons: a cloud of tastes, each with its weight.

One of two is preferred with probability LAPSE + (1 - 2 LAPSE) s(u(a) - u(b)), s the logistic
function: Bradley and Terry (1952) with slips. The cloud is a particle filter that is renewed by
Markov steps where few tastes carry most of the weight (Chopin 2002, "A sequential particle filter
method for static models"), each a preconditioned Crank-Nicolson step (Cotter et al. 2013), which
keeps the prior whatever its length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import expit

from feedback.tastes import Tastes

LAPSE = 0.1
"""Share of comparisons that say the opposite of what was meant."""
_TASTES = 1000
_RENEWED, _STEPS = 0.5, 3
"""Share of effective tastes below which they are renewed, and by how many steps."""
_SHORTEST, _LONGEST, _MOVED = 0.03, 0.9, 0.6
"""Range of a step's length, and the share of blocks that it moves."""


@dataclass(frozen=True, slots=True)
class Belief:
    """After comparisons `rows` (n, features), winner less loser.

    `latent` (k, numbers) and `weights` (k, features) are tastes, `log_mass` (k,) how much each
    counts; `foretold` (n,) is the probability that each comparison had by those before it.
    """

    tastes: Tastes
    latent: np.ndarray
    weights: np.ndarray
    log_mass: np.ndarray
    rows: np.ndarray
    foretold: tuple[float, ...] = ()

    @classmethod
    def first(cls, tastes: Tastes, count: int = _TASTES) -> Self:
        """Before anything is known."""
        latent = tastes.drawn(np.random.default_rng(0), count)
        return cls(tastes, latent, tastes.weights(latent), np.zeros(count),
                   np.zeros((0, tastes.features.count), np.float32))

    @property
    def mass(self) -> np.ndarray:
        """(k,) summing to 1."""
        share = np.exp(self.log_mass - self.log_mass.max())
        total: np.ndarray = share / share.sum()
        return total

    @property
    def mean(self) -> np.ndarray:
        """The expected weights (features,)."""
        expected: np.ndarray = self.mass @ self.weights
        return expected

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Which of the tastes (count,), each as likely as it is held to be."""
        return rng.choice(len(self.weights), count, p=self.mass)

    def optima(self, chosen: np.ndarray) -> np.ndarray:
        """(count, size), where the chosen tastes are highest."""
        return self.tastes.optima(self.latent[chosen])

    def after(self, row: np.ndarray) -> Belief:
        """With one more comparison."""
        told = chance(self.weights @ row.astype(np.float32))
        grown = replace(self, log_mass=self.log_mass + np.log(told),
                        rows=np.vstack([self.rows, row[None].astype(np.float32)]),
                        foretold=(*self.foretold, float(self.mass @ told)))
        return grown if 1 / np.square(grown.mass).sum() > _RENEWED * len(told) \
            else grown._renewed()

    def held_back(self) -> np.ndarray:
        """The probability (n,) of each comparison by all others.

        The mean of the likelihood without one is the harmonic mean with it; LAPSE bounds it.
        """
        told = chance(self.weights @ self.rows.T)
        apart: np.ndarray = 1 / (self.mass @ (1 / told))
        return apart

    def _renewed(self) -> Belief:
        rng = np.random.default_rng(len(self.rows))
        count = len(self.weights)
        even = (rng.random() + np.arange(count)) / count
        kept = np.minimum(np.searchsorted(np.cumsum(self.mass), even), count - 1)
        latent, weights = self.latent[kept], self.weights[kept]
        known = self._log_likelihood(weights)
        for _ in range(_STEPS):
            moved = self._moved(latent, rng)
            there = self.tastes.weights(moved)
            likely = self._log_likelihood(there)
            taken = np.log(rng.random(count)) < likely - known
            latent[taken], weights[taken], known[taken] = moved[taken], there[taken], likely[taken]
        return replace(self, latent=latent, weights=weights, log_mass=np.zeros(count))

    def _moved(self, latent: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Each a step on, of another length in every block, short or long by chance."""
        shape = len(latent), len(self.tastes.blocks)
        length = np.exp(rng.uniform(np.log(_SHORTEST), np.log(_LONGEST), shape))
        length = np.repeat(length * (rng.random(shape) < _MOVED), self.tastes.blocks, 1)
        step = length.astype(np.float32)
        moved: np.ndarray = np.sqrt(1 - step**2) * latent + step * self.tastes.drawn(rng, shape[0])
        return moved

    def _log_likelihood(self, weights: np.ndarray) -> np.ndarray:
        likely: np.ndarray = np.log(chance(weights @ self.rows.T)).sum(1)
        return likely


def chance(difference: np.ndarray) -> np.ndarray:
    """That one is preferred whose utility is higher by so many log odds, slips included."""
    return LAPSE + (1 - 2 * LAPSE) * expit(difference)
