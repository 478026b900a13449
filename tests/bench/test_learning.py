"""bench learning: its raters, its bounds, and what it prints."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.autotune import SearchSpace
from scripts.bench.learning import WANTED, share
from scripts.bench.raters import FLIPPED, Rater
from stylizers import style
from tests.cli.conftest import Cli, cli  # noqa: F401

SPACE = SearchSpace(style("pencil").Params)


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (330, 400), (400, 400)])
def test_bounds_are_wilsons(hits, count):
    wanted = binomtest(hits, count).proportion_ci(0.95, "wilson")
    found = share(hits, count)
    assert (found["lower"], found["upper"]) == pytest.approx((wanted.low, wanted.high), abs=1e-7)


def test_nothing_is_liked_better_than_the_optimum():
    rng = np.random.default_rng(1)
    rater = Rater(SPACE, rng)
    worth = [rater.utility(point) for point in SPACE.random(rng, 500)]
    assert max(worth) < 0 == rater.utility(rater._optimum)


def test_votes_slip_as_often_as_declared():
    rng = np.random.default_rng(2)
    rater = Rater(SPACE, rng)
    one, other = SPACE.random(rng, 2)
    meant = rater.utility(one) > rater.utility(other)
    slips = np.mean([rater.prefers(one, other) != meant for _ in range(4000)])
    assert slips == pytest.approx(FLIPPED, abs=0.02)


def test_it_prints_shares_with_bounds(cli: Cli):  # noqa: F811
    document = cli("bench", "learning", "--style", "oil", "--seeds", "3", "--json").document
    row = document["looks"]["oil"]
    assert document["seeds"] == 3
    assert WANTED.keys() <= row.keys()
    for value in row.values():
        assert 0 <= value["lower"] <= value["share"] <= value["upper"] <= 1
    assert document["code"] == (1 if document["missed"] else 0)


def test_a_look_without_parameters_is_refused(cli: Cli):  # noqa: F811
    assert "nothing to tune" in cli("bench", "learning", "--style", "identity").err
