"""PreferenceModel: which settings of a look somebody likes, how surely, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from core.autotune.space import SearchSpace
from feedback.acquisition import expected_better, information
from feedback.belief import Belief, chance
from feedback.quadratic import Features
from feedback.tastes import Tastes

FEWEST = 8
"""Comparisons below which nothing is proposed."""
CHECK_EVERY = 6
"""After FEWEST, each of so many pairs sets the proposal of the moment against the default."""
_EXPLORED = 10
"""Comparisons by which the taste is found out, before its optimum is."""
_SURE = 0.6
"""Probability of beating the default below which a proposal is kept back."""
_CONTRADICTED = -0.15
"""Mean log probability of held-back comparisons, over a coin's, that only contradictions reach."""
_DRAWS, _RIVALS, _OTHERS, _CLIMBS = 200, 16, 8, 12
_NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One point was preferred to another; `first` if the preferred one was shown first.

    The metrics are deviations from their means, in standard deviations; 0 where unknown.
    """

    winner: np.ndarray
    loser: np.ndarray
    first: bool = True
    winner_metrics: np.ndarray = field(default_factory=lambda: _NOTHING)
    loser_metrics: np.ndarray = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a proposal rests on.

    `won` and `lost` count comparisons with the default that the model had to foretell without
    them; `foretold` is the mean log probability of each comparison by all others, over a coin's;
    `probability` is the model's own that the proposal beats the default. `lacking` says why that
    is not enough, and is empty where it is.
    """

    comparisons: int
    won: int
    lost: int
    foretold: float
    probability: float
    lacking: str

    @property
    def enough(self) -> bool:
        return not self.lacking


@dataclass(frozen=True, slots=True)
class Proposal:
    """Settings, which are the defaults where the evidence is not enough."""

    values: Mapping[str, Any]
    evidence: Evidence


class PreferenceModel:
    """What comparisons tell of one look, or, over an empty space, of metrics in all looks."""

    def __init__(self, space: SearchSpace, comparisons: Sequence[Comparison] = (),
                 metrics: int = 0) -> None:
        self.space, self.comparisons = space, tuple(comparisons)
        self.features = Features(space, metrics)
        self._default = space.default()
        self.belief = Belief.first(Tastes(self.features))
        for one in self.comparisons:
            self.belief = self.belief.after(self._difference(one))

    def after(self, comparison: Comparison) -> Self:
        """The same with one more, without learning all the others anew."""
        grown = copy(self)
        grown.comparisons = (*self.comparisons, comparison)
        grown.belief = self.belief.after(self._difference(comparison))
        return grown

    def score(self, values: Mapping[str, Any], metrics: np.ndarray | None = None
              ) -> tuple[float, float]:
        """Utility over the default's in log odds, and its standard deviation."""
        row = self.features.of(self.space.encode(values), metrics) - self.features.of(self._default)
        worth, mass = self.belief.weights @ row, self.belief.mass
        mean = mass @ worth
        return float(mean), float(np.sqrt(mass @ np.square(worth - mean)))

    def probability(self, values: Mapping[str, Any], other: Mapping[str, Any]) -> float:
        """That the first is preferred to the second, slips included."""
        points = self.features.of(np.stack([self.space.encode(one) for one in (values, other)]))
        return float(self.belief.mass @ chance(self.belief.weights @ (points[0] - points[1])))

    def proposal(self) -> Proposal:
        """The settings that are liked best, where the evidence is enough; see Evidence."""
        point = self._best()
        evidence = self._evidence(point)
        return Proposal(self.space.decode(point if evidence.enough else self._default), evidence)

    def next_pair(self, rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
        """The two settings whose comparison tells most, in random order.

        Now and then these are the proposal and the default, as a check that is not foretold.
        """
        number = len(self.comparisons) + 1
        checked = number > FEWEST and (number - FEWEST) % CHECK_EVERY == 0
        pair = (self._best(), self._default) if checked else self._informative(rng)
        order = rng.permutation(2)
        return self.space.decode(pair[order[0]]), self.space.decode(pair[order[1]])

    def _difference(self, one: Comparison) -> np.ndarray:
        wide = [np.resize(known, self.features.metrics) if len(known) else
                np.zeros(self.features.metrics)
                for known in (one.winner_metrics, one.loser_metrics)]
        return self.features.of(one.winner, wide[0]) - self.features.of(one.loser, wide[1])

    def _best(self) -> np.ndarray:
        """Where the expected utility is highest, climbed from the default and likely optima."""
        expected = self.belief.mean.astype(float)
        likely = self.belief.optima(self.belief.draw(np.random.default_rng(0), _CLIMBS))
        starts = np.vstack([self._default, likely])
        found = self.features.maxima(np.repeat(expected[None], len(starts), 0), starts)
        best: np.ndarray = found[(self.features.of(found) @ expected).argmax()]
        return best

    def _informative(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Of what may be best (the optima of tastes drawn from the belief, the best known, the
        default) and a few others: at first the pair whose vote shares most information with the
        taste, then the one whose better point is expected to be best.
        """
        drawn = self.belief.draw(rng, _DRAWS)
        points = np.vstack([self.belief.optima(drawn[:_RIVALS]), self._best(), self._default,
                            self.space.random(rng, _OTHERS)])
        worth = self.belief.weights[drawn] @ self.features.of(points).T.astype(np.float32)
        told = (information if len(self.comparisons) < _EXPLORED else expected_better)(worth)
        np.fill_diagonal(told, -np.inf)
        one, other = np.unravel_index(int(told.argmax()), told.shape)
        return points[one], points[other]

    def _evidence(self, point: np.ndarray) -> Evidence:
        count = len(self.comparisons)
        row = self.features.of(point) - self.features.of(self._default)
        sure = float(self.belief.mass @ (self.belief.weights @ row > 0))
        foretold = float(np.log(2 * self.belief.held_back()).mean()) if count else 0.0
        won, lost = self._checks()
        lacking = ""
        if count < FEWEST:
            lacking = f"{count} of at least {FEWEST} comparisons were made"
        elif len({one.first for one in self.comparisons}) == 1:
            lacking = "every vote names the same side"
        elif foretold < _CONTRADICTED or (not won + lost and foretold <= 0):
            lacking = "the votes contradict each other"
        elif lost > won:
            lacking = f"the default won {lost} of {won + lost} comparisons with a proposal"
        elif sure < _SURE:
            lacking = "nothing is surely better than the default"
        return Evidence(count, won, lost, foretold, sure, lacking)

    def _checks(self) -> tuple[int, int]:
        """How often what was held to be better than the default was preferred to it, and not.

        Each is judged by what was known before it.
        """
        won = lost = 0
        for number, one in enumerate(self.comparisons):
            beaten, loses = (np.allclose(side, self._default) for side in (one.loser, one.winner))
            if number < FEWEST - 1 or beaten == loses:
                continue
            # Held to be better than the default: its victory was likely, or its defeat was not.
            if (self.belief.foretold[number] > 0.5) == beaten:
                won, lost = won + int(beaten), lost + int(loses)
        return won, lost
