"""What is learned from comparisons, and when it is held to be too little."""

from __future__ import annotations

import numpy as np
import pytest

from core.autotune import SearchSpace
from feedback.learning import liked, overall, preference
from feedback.preference import FEWEST, Comparison, PreferenceModel
from feedback.quadratic import Features, learned
from scripts.bench.raters import VOTES, Rater
from stylizers import style
from tests.feedback.samples import rating, sample, vote

OIL = SearchSpace(style("oil").Params)
PENCIL = SearchSpace(style("pencil").Params)


def asked(space, answer, votes=VOTES, seed=0):
    """Comparisons by somebody who says with `answer(first, second)` whether the first is better."""
    rng, made = np.random.default_rng(seed), []
    for _ in range(votes):
        first, second = (space.encode(one) for one in
                         PreferenceModel(space, made).next_pair(rng))
        better = answer(first, second)
        made.append(Comparison(first, second, True) if better
                    else Comparison(second, first, False))
    return made


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
    made = []
    rng = np.random.default_rng(seed)
    for _ in range(VOTES):
        model = PreferenceModel(OIL, made)
        pair = [OIL.encode(one) for one in model.next_pair(rng)]
        worth = [model.features.of(point) @ model.posterior.weights for point in pair]
        first = bool(worth[0] < worth[1])
        made.append(Comparison(*(pair if first else pair[::-1]), first=first))
    assert refused(PreferenceModel(OIL, made))


def test_a_proposal_never_lost_its_own_check():
    rng = np.random.default_rng(5)
    for seed in range(6):  # votes at random
        model = PreferenceModel(OIL, asked(OIL, lambda *_: bool(rng.random() < 0.5), seed=seed))
        evidence = model.proposal().evidence
        assert evidence.won >= evidence.lost or not evidence.enough


def test_the_posterior_narrows_and_favors_what_won():
    features = Features(OIL)
    better, worse = features.of(OIL.random(np.random.default_rng(1), 2))
    draws = []
    for count in (0, 3):
        posterior = learned(features, np.repeat((better - worse)[None], count, 0))
        drawn = posterior.draw(np.random.default_rng(0), 2000) @ (better - worse)
        assert drawn.mean() == pytest.approx(posterior.weights @ (better - worse), abs=0.5)
        draws.append(drawn)
    assert draws[1].mean() > draws[0].mean()
    assert draws[1].std() < draws[0].std()


def test_the_posterior_is_where_the_likelihood_is_highest():
    """No neighbor has a higher posterior density: the optimum that Newton claims is one."""
    rng = np.random.default_rng(7)
    features = Features(OIL)
    points = features.of(OIL.random(rng, 24)).reshape(12, 2, -1)
    rows = points[:, 0] - points[:, 1]
    posterior = learned(features, rows)

    def density(weights):
        prior = (((weights - features.mean) / features.deviation)**2).sum() / 2
        sure = 0.1 + 0.8 / (1 + np.exp(-rows @ weights))
        return np.log(sure).sum() - prior

    best = density(posterior.weights)
    for _ in range(200):
        nearby = posterior.weights + features.deviation * rng.normal(0, 0.02, len(features.mean))
        assert density(nearby) < best + 1e-4


def test_maxima_are_the_highest_points():
    features = Features(PENCIL)
    rng = np.random.default_rng(0)
    weights = features.mean + features.deviation * rng.normal(size=(5, len(features.mean)))
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
