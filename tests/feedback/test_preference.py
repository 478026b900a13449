"""What is learned from comparisons, and when it is held to be too little."""

from __future__ import annotations

import numpy as np
import pytest

from core.autotune import SearchSpace
from feedback.belief import Belief, chance
from feedback.learning import liked, overall, preference
from feedback.preference import FEWEST, Comparison, PreferenceModel
from feedback.quadratic import Features
from feedback.tastes import Tastes
from scripts.bench.raters import VOTES, Rater
from stylizers import style
from tests.feedback.samples import rating, sample, vote

OIL = SearchSpace(style("oil").Params)
PENCIL = SearchSpace(style("pencil").Params)


def asked(space, answer, votes=VOTES, seed=0):
    """Comparisons by somebody who says with `answer(first, second)` whether the first is better."""
    rng, model = np.random.default_rng(seed), PreferenceModel(space)
    for _ in range(votes):
        first, second = (space.encode(one) for one in model.next_pair(rng))
        better = answer(first, second)
        model = model.after(Comparison(first, second, True) if better
                            else Comparison(second, first, False))
    return model.comparisons


def decided(rater):
    return lambda one, other: rater.utility(one) > rater.utility(other)


def refused(model):
    proposal = model.proposal()
    assert not proposal.evidence.enough
    assert np.allclose(model.space.encode(proposal.values), model.space.default())
    return proposal.evidence.lacking


def test_a_steady_taste_is_found():
    served = []
    for seed in range(4):
        rater = Rater(PENCIL, np.random.default_rng(seed))
        proposal = PreferenceModel(PENCIL, asked(PENCIL, decided(rater))).proposal()
        served.append(rater.utility(PENCIL.encode(proposal.values))
                      > rater.utility(PENCIL.default()))
    assert sum(served) >= 3


@pytest.mark.parametrize("votes", [0, 1, FEWEST - 1])
def test_tiny_feedback_is_not_enough(votes):
    rater = Rater(OIL, np.random.default_rng(1))
    assert "at least" in refused(PreferenceModel(OIL, asked(OIL, decided(rater), votes)))


@pytest.mark.parametrize("side", [True, False])
def test_votes_for_one_side_alone_are_not_enough(side):
    assert "same side" in refused(PreferenceModel(OIL, asked(OIL, lambda *_: side)))


def test_contradictory_votes_are_not_enough():
    pairs = OIL.random(np.random.default_rng(3), 20).reshape(10, 2, -1)
    votes = [Comparison(*(pair if way else pair[::-1]), first=way)
             for pair in pairs for way in (True, False)]
    assert "contradict" in refused(PreferenceModel(OIL, votes))


@pytest.mark.parametrize("seed", range(3))
def test_who_always_prefers_the_default_keeps_it(seed):
    default = OIL.default()

    def stubborn(one, other):
        return np.square(one - default).sum() < np.square(other - default).sum()

    assert refused(PreferenceModel(OIL, asked(OIL, stubborn, seed=seed)))


@pytest.mark.parametrize("seed", range(3))
def test_who_votes_against_every_forecast_gets_the_default(seed):
    model, rng = PreferenceModel(OIL), np.random.default_rng(seed)
    for _ in range(VOTES):
        pair = [OIL.encode(one) for one in model.next_pair(rng)]
        worth = [model.features.of(point) @ model.belief.mean for point in pair]
        first = bool(worth[0] < worth[1])
        model = model.after(Comparison(*(pair if first else pair[::-1]), first=first))
    assert refused(model)


def test_a_proposal_never_lost_its_own_check():
    rng = np.random.default_rng(5)
    for seed in range(3):  # votes at random
        model = PreferenceModel(OIL, asked(OIL, lambda *_: bool(rng.random() < 0.5), seed=seed))
        evidence = model.proposal().evidence
        assert evidence.won >= evidence.lost or not evidence.enough


def test_the_belief_is_bayes_rule():
    """As importance sampling tells, which takes forty times the tastes and no steps."""
    features = Features(OIL)
    tastes = Tastes(features)
    points = features.of(OIL.random(np.random.default_rng(7), 28)).reshape(14, 2, -1)
    rows = (points[:, 0] - points[:, 1])[:12]
    belief = Belief.first(tastes)
    for row in rows:
        belief = belief.after(row)
    assert len(np.unique(belief.weights, axis=0)) > 0.6 * len(belief.weights)  # renewed
    weights = tastes.weights(tastes.drawn(np.random.default_rng(9), 40_000))
    mass = chance(weights @ rows.T).prod(1)
    mass /= mass.sum()
    for unseen in (points[:, 0] - points[:, 1])[12:]:
        assert belief.mass @ chance(belief.weights @ unseen) == pytest.approx(
            mass @ chance(weights @ unseen), abs=0.06)
    without = chance(weights @ rows[1:].T).prod(1)
    held_back = without @ chance(weights @ rows[0]) / without.sum()
    assert belief.held_back()[0] == pytest.approx(held_back, abs=0.06)


def test_a_belief_narrows_and_favors_what_won():
    features = Features(OIL)
    better, worse = features.of(OIL.random(np.random.default_rng(1), 2))
    belief = Belief.first(Tastes(features))
    first = belief.mass @ (belief.weights @ (better - worse) > 0)
    for _ in range(3):
        belief = belief.after(better - worse)
    assert first < 0.8 < 0.95 < belief.mass @ (belief.weights @ (better - worse) > 0)


def test_one_more_comparison_is_learned_as_all_anew():
    votes = asked(OIL, lambda one, other: one[0] > other[0], 9)
    grown = PreferenceModel(OIL, votes[:8]).after(votes[8])
    assert grown.comparisons == tuple(votes)
    assert np.array_equal(grown.belief.weights, PreferenceModel(OIL, votes).belief.weights)


def test_tastes_fall_away_from_an_optimum_within_the_ranges():
    """Of a drawn taste no setting is better than its own maximum, which the ranges hold."""
    features = Features(PENCIL)
    tastes = Tastes(features)
    rng = np.random.default_rng(0)
    latent = tastes.drawn(rng, 50)
    weights = tastes.weights(latent).astype(float)
    optimum = tastes.optima(latent)
    assert np.abs(optimum[:, :PENCIL.numbers]).max() <= 0.5
    highest = (features.of(optimum) * weights).sum(1)
    assert (features.of(PENCIL.random(rng, 2000)) @ weights.T <= highest + 1e-3).all()


def test_maxima_are_the_highest_points():
    features = Features(PENCIL)
    rng = np.random.default_rng(0)
    tastes = Tastes(features)
    weights = tastes.weights(tastes.drawn(rng, 100)).reshape(5, 20, -1).mean(1, dtype=float)
    found = features.of(features.maxima(weights, PENCIL.random(rng, 5)))
    others = features.of(PENCIL.random(rng, 4000))
    for one, row in zip(found, weights, strict=True):
        assert one @ row >= np.quantile(others @ row, 0.999)


def test_stars_and_votes_of_one_look_are_learned_from():
    records = [rating(stars, source="a.mp4", recipe=sample().recipe) for stars in (2, 5)]
    records += [rating(5, source="b.mp4"), vote("first"), vote("neither"),
                rating(1, look="ink", source="a.mp4")]
    assert len(preference("pencil", records).comparisons) == 2
    assert len(preference("ink", records).comparisons) == 0
    assert preference("pencil", records).score({})[0] == 0
    assert len(liked("pencil", records)) == 2


def test_metrics_are_learned_over_all_looks():
    rng = np.random.default_rng(0)
    records = []
    for _ in range(30):
        flicker = rng.random(2)
        better = "first" if flicker[0] < flicker[1] else "second"
        one = vote(better)
        records.append(one.model_copy(update={
            "first": one.first.model_copy(update={"metrics": {"flicker": flicker[0]}}),
            "second": one.second.model_copy(update={"metrics": {"flicker": flicker[1]}})}))
    model = overall(records)
    steady, restless = (np.zeros(model.features.metrics) for _ in range(2))
    from feedback.learning import FIGURES
    steady[FIGURES.index("flicker")], restless[FIGURES.index("flicker")] = -1, 1
    assert model.score({}, steady)[0] > 0.5 > -0.5 > model.score({}, restless)[0]
