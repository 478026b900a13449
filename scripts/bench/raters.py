"""Simulated raters: what twenty votes do for somebody whose taste is known.

A rater's hidden utility is quadratic, u(z) = -(z - z*) A (z - z*), over the coordinates of
`core.autotune.space`. The optimum z* is uniform over the ranges of all parameters. A = D C D lets
parameters matter differently (the squares of D's diagonal are exponential with mean 1) and
interact (C is the correlation matrix of a Wishart matrix of as many degrees of freedom as there
are coordinates). One vote in ten says the opposite of what was meant. Results are compared by the
hidden utility itself, without slips.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.autotune.space import SearchSpace
from feedback.preference import Comparison, PreferenceModel

VOTES = 20
FLIPPED = 0.1


class Rater:
    """Somebody with a taste."""

    def __init__(self, space: SearchSpace, rng: np.random.Generator) -> None:
        size = space.size
        wishart = rng.normal(size=(size, size))
        wishart = wishart @ wishart.T
        scale = np.sqrt(rng.exponential(1, size) / np.diag(wishart))
        self._matrix = wishart * np.outer(scale, scale)
        self._optimum = space.random(rng, 1)[0]
        self._rng = rng

    def utility(self, point: np.ndarray) -> float:
        off = point - self._optimum
        return -float(off @ self._matrix @ off)

    def prefers(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether the first is voted for, slips included."""
        meant = self.utility(one) > self.utility(other)
        return bool(meant != (self._rng.random() < FLIPPED))


@dataclass(frozen=True, slots=True)
class Tuned:
    """How one rater was served; `enough` if the model held its evidence to be enough."""

    beats_default: bool
    beats_random: bool
    random_beats_default: bool
    enough: bool


def serve(space: SearchSpace, seed: int) -> Tuned:
    """Tune for one rater, and search at random for the same one with as many votes."""
    rng = np.random.default_rng(seed)
    rater, default = Rater(space, rng), space.default()
    model = PreferenceModel(space)
    for _ in range(VOTES):
        first, second = (space.encode(values) for values in model.next_pair(rng))
        liked = rater.prefers(first, second)
        model = model.after(Comparison(first, second, True) if liked
                            else Comparison(second, first, False))
    proposal = model.proposal()
    tuned, found = space.encode(proposal.values), _search(space, rater, rng)
    worth = {"tuned": rater.utility(tuned), "random": rater.utility(found),
             "default": rater.utility(default)}
    return Tuned(worth["tuned"] > worth["default"], worth["tuned"] > worth["random"],
                 worth["random"] > worth["default"], proposal.evidence.enough)


def served(space: SearchSpace, seeds: int) -> Iterator[Tuned]:
    """One rater for each seed from 0."""
    return (serve(space, seed) for seed in range(seeds))


def _search(space: SearchSpace, rater: Rater, rng: np.random.Generator) -> np.ndarray:
    """From the default: whatever random settings are preferred to the best so far."""
    best = space.default()
    for point in space.random(rng, VOTES):
        if rater.prefers(point, best):
            best = point
    return best
