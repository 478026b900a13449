"""AutoTuner: a search for the settings of a look that an objective likes best.

Optuna's tree-structured Parzen estimator (Bergstra et al. 2011) by ask and tell: whoever calls owns
the loop, and each trial is kept in a journal, so that a search that was stopped goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import durable
from core.autotune.space import Axis, SearchSpace
from core.errors import InvalidParameter
from stylizers import style

if TYPE_CHECKING:
    import optuna

Objective = Callable[[Mapping[str, Any]], float]
"""What complete settings of the look are worth; higher is better, not a number refuses them."""
FLAT = 15
"""Trials without gain after which a search ends."""
_STARTUP = 10
"""Trials drawn at random before the estimator is asked."""
_REFUSED = "refused"
"""Marks a trial that an objective refused, among those that failed as they were killed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One of `total` settings tried, and the best so far with what the default is worth."""

    number: int
    total: int
    values: Mapping[str, Any]
    worth: float
    best: Mapping[str, Any]
    best_worth: float
    default_worth: float
    worths: tuple[float, ...] = ()
    """Of all so far, in order; not a number for those that were refused."""

    @property
    def gain(self) -> float:
        """By how much the best is better than the default."""
        return self.best_worth - self.default_worth


class AutoTuner:
    """Tunes one look; `look` is its name.

    The default is tried first, then `seeds`, settings that somebody liked. With `journal`, a file,
    a search goes on where it was stopped; `seed` makes it the same every time.
    """

    def __init__(self, look: str, objective: Objective, *, trials: int = 40,
                 seeds: Iterable[Mapping[str, Any]] = (), journal: Path | None = None,
                 seed: int = 0, keep: Mapping[str, Any] | None = None) -> None:
        """`keep` are parameters that are not searched, such as files."""
        self.space = SearchSpace(style(look).Params)
        if not self.space.axes:
            raise InvalidParameter(f"The look {look} has nothing to tune.", "Choose another look.")
        if trials < 1:
            raise InvalidParameter(f"trials={trials} is refused: it must be 1 or more.",
                                   "Give more trials.")
        self._look, self._objective, self._trials = look, objective, trials
        self._seeds, self._journal, self._seed = list(seeds), journal, seed
        self._keep = dict(keep or {})

    def run(self) -> Generator[Trial, None, None]:
        """Try settings one by one; ends after `trials`, or earlier where nothing gains.

        A search that is over already tells how it ended, and tries nothing.
        """
        from optuna.trial import TrialState

        study = self._study()
        for before in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
            study.enqueue_trial(before.params)  # a search that was killed left it
            study.tell(before.number, state=TrialState.FAIL)
        if not study.get_trials(deepcopy=False):
            for values in ({}, *self._seeds):
                study.enqueue_trial(self._asked(values))
        done = _done(study)
        if len(done) >= self._trials or self._flat(study):
            ended = self._told(study, len(done), self._settings(done[-1].params), _worth(done[-1]))
            if ended is not None:
                yield ended
            return
        for number in range(len(done) + 1, self._trials + 1):
            trial = study.ask()
            values = self._settings({axis.key: _suggested(trial, axis)
                                     for axis in self.space.axes})
            worth = self._objective(values)
            if math.isfinite(worth):
                study.tell(trial, worth)
            else:
                trial.set_user_attr(_REFUSED, True)
                study.tell(trial, state=TrialState.FAIL)
            told = self._told(study, number, values, worth)
            if told is None:
                continue
            yield told
            if self._flat(study):
                return

    def _study(self) -> optuna.Study:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        storage = None
        if self._journal is not None:
            with durable.saving(self._journal):
                self._journal.parent.mkdir(parents=True, exist_ok=True)
            name = str(self._journal)
            storage = JournalStorage(JournalFileBackend(name, JournalFileOpenLock(name)))
        sampler = optuna.samplers.TPESampler(n_startup_trials=_STARTUP, seed=self._seed)
        return optuna.create_study(storage=storage, sampler=sampler, direction="maximize",
                                   study_name=self._look, load_if_exists=True)

    def _asked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Settings as the study names them."""
        known = self.space.declared.build({**self._keep, **values})
        return {axis.key: getattr(known, axis.name) if axis.item is None
                else getattr(known, axis.name)[axis.item] for axis in self.space.axes}

    def _settings(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = dict(self._keep)
        for axis in self.space.axes:
            if axis.item is None:
                values[axis.name] = asked[axis.key]
            else:
                values.setdefault(axis.name, []).append(asked[axis.key])
        return self.space.declared.build(values).model_dump()

    def _told(self, study: optuna.Study, number: int, values: Mapping[str, Any], worth: float
              ) -> Trial | None:
        done = _done(study)
        known = [t for t in done if t.value is not None]
        if not known:
            return None
        best = max(known, key=_worth)
        untouched = self._asked({})
        default = next((_worth(t) for t in known if t.params == untouched), 0.0)
        return Trial(number, self._trials, values, worth, self._settings(best.params),
                     _worth(best), default, tuple(_worth(t) for t in done))

    def _flat(self, study: optuna.Study) -> bool:
        worths = [_worth(trial) for trial in _done(study)]
        known = [worth for worth in worths if not math.isnan(worth)]
        return bool(known) and len(worths) - 1 - worths.index(max(known)) >= max(
            FLAT, _STARTUP + len(self._seeds))


def _done(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Trials that were judged, or refused; not those that were killed."""
    return [trial for trial in study.get_trials(deepcopy=False)
            if trial.value is not None or _REFUSED in trial.user_attrs]


def _worth(trial: optuna.trial.FrozenTrial) -> float:
    return math.nan if trial.value is None else trial.value


def _suggested(trial: optuna.Trial, axis: Axis) -> Any:
    if axis.kind == "choice":
        return trial.suggest_categorical(axis.key, list(axis.choices))
    if axis.kind == "int":
        return trial.suggest_int(axis.key, int(axis.low), int(axis.high))
    return trial.suggest_float(axis.key, axis.low, axis.high)
