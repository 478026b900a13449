"""What asking for a vote on a pair of settings is worth."""

from __future__ import annotations

import numpy as np

from feedback.belief import chance


def information(worth: np.ndarray) -> np.ndarray:
    """(n, n) in nats, of each pair of `worth` (draws, n): BALD, of Houlsby, Huszar, Ghahramani and
    Lengyel 2011.
    """
    first = chance(worth[:, :, None] - worth[:, None])
    told: np.ndarray = _entropy(first.mean(0)) - _entropy(first).mean(0)
    return told


def expected_better(worth: np.ndarray) -> np.ndarray:
    """(n, n), the expected worth of the better one: EUBO, which looks one vote ahead (Lin,
    Astudillo, Frazier and Bakshy 2022, "Preference exploration for efficient Bayesian optimization
    with multiple outcomes").
    """
    best: np.ndarray = np.maximum(worth[:, :, None], worth[:, None]).mean(0)
    return best


def _entropy(probability: np.ndarray) -> np.ndarray:
    """In nats, of what LAPSE keeps off 0 and 1."""
    return -(probability * np.log(probability) + (1 - probability) * np.log(1 - probability))
