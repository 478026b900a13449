"""AutoTuner against objectives whose best settings are known."""

import numpy as np
import pytest

from core.autotune import AutoTuner, SearchSpace
from core.errors import InvalidParameter
from stylizers import style

SPACE = SearchSpace(style("oil").Params)
BEST = {"brush_size": 30.0, "stroke_length": 0.3, "sharpness": 12, "relief": 0.8, "canvas": 0.9}


def worth(values):
    known = {axis.key: values[axis.name] for axis in SPACE.axes}
    return -float(((SPACE.encode(known) - SPACE.encode(BEST))**2).sum())


def test_it_finds_better_settings_than_the_default():
    trials = list(AutoTuner("oil", worth, trials=60).run())
    assert trials[0].values == style("oil").Params().model_dump()
    assert trials[-1].gain > 0.6 * (0 - trials[0].default_worth)
    assert trials[-1].best_worth == max(trial.worth for trial in trials)
    assert worth(trials[-1].best) == trials[-1].best_worth


def test_liked_settings_are_tried_first():
    trials = list(AutoTuner("oil", worth, trials=2, seeds=[BEST]).run())
    assert trials[1].values == style("oil").Params.build(BEST).model_dump()
    assert trials[1].best_worth == 0


def test_it_ends_where_nothing_gains():
    trials = list(AutoTuner("oil", lambda _: 1.0, trials=500).run())
    assert 15 <= len(trials) <= 20


def test_the_same_seed_gives_the_same_search():
    first, second = ([trial.worth for trial in AutoTuner("oil", worth, trials=15).run()]
                     for _ in range(2))
    assert first == second


def test_a_stopped_search_goes_on(tmp_path):
    journal = tmp_path / "tuning" / "journal"
    steps = AutoTuner("oil", worth, trials=12, journal=journal).run()
    begun = [next(steps) for _ in range(5)]
    steps.close()
    rest = list(AutoTuner("oil", worth, trials=12, journal=journal).run())
    assert [trial.number for trial in begun + rest] == list(range(1, 13))
    assert rest[-1].best_worth == max(trial.worth for trial in begun + rest)
    assert rest[-1].default_worth == begun[0].worth


def test_a_search_that_is_over_tells_how_it_ended(tmp_path):
    trials = list(AutoTuner("oil", worth, trials=4, journal=tmp_path / "journal").run())
    [again] = AutoTuner("oil", never, trials=4, journal=tmp_path / "journal").run()
    assert again == trials[-1]
    assert again.worths == tuple(trial.worth for trial in trials)


def never(_):
    raise AssertionError("nothing is left to try")


def killed(_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("before", [0, 3])
def test_a_trial_that_was_killed_is_tried_again(tmp_path, before):
    """The default among them, which everything is compared with."""
    journal = tmp_path / "journal"
    steps = AutoTuner("oil", worth, trials=6, journal=journal).run()
    begun = [next(steps) for _ in range(before)]
    steps.close()
    with pytest.raises(KeyboardInterrupt):
        next(AutoTuner("oil", killed, trials=6, journal=journal).run())
    rest = list(AutoTuner("oil", worth, trials=6, journal=journal).run())
    assert [trial.number for trial in begun + rest] == [1, 2, 3, 4, 5, 6]
    assert rest[-1].default_worth == worth(style("oil").Params().model_dump())


def test_settings_that_cannot_be_judged_are_passed_over():
    calls = []

    def sometimes(values):
        calls.append(values)
        return np.nan if len(calls) % 2 else worth(values)

    trials = list(AutoTuner("oil", sometimes, trials=8).run())
    assert len(calls) == 8
    assert np.isnan(trials[-1].worths).tolist() == [True, False] * 4
    assert all(np.isfinite(trial.best_worth) for trial in trials)


@pytest.mark.parametrize(("look", "trials"), [("identity", 5), ("oil", 0)])
def test_what_cannot_be_tuned_is_refused(look, trials):
    with pytest.raises(InvalidParameter):
        AutoTuner(look, worth, trials=trials)
