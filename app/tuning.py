"""Searches for the settings of a look: asked for, watched, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.facts import counted
from core.jobs import Job, JobStore, State
from stylizers.refusal import validated

_SHOWN = 3
_SETTINGS = 4


@dataclass(frozen=True, slots=True)
class Search:
    """How a search stands, or how it ended; `preset` is what was kept, empty where nothing was.

    `worths` are those of all trials in order, None for what was refused; `best` are the settings
    that differ from the look as it is.
    """

    trials: int
    worths: tuple[float | None, ...]
    best_worth: float
    default_worth: float
    best: Mapping[str, Any]
    preset: str = ""
    done: bool = False

    @property
    def words(self) -> str:
        against = (f"{self.best_worth:.3f} against {self.default_worth:.3f} of the look as it is, "
                   f"after {counted(self.trials, 'trial')}")
        if not self.done:
            return (f"Best so far: {against}." if self.best else
                    f"Nothing is better yet than the look as it is ({self.default_worth:.3f}), "
                    f"after {counted(self.trials, 'trial')}.")
        if not self.preset:
            return (f"Nothing was better than the look as it is in {counted(self.trials, 'trial')}."
                    " No preset was made.")
        return f"{self.preset} is a preset now: {against}."

    @property
    def settings(self) -> str:
        """Of the best, the first few."""
        told = [f"{name.replace('_', ' ')} {value:.3g}" if isinstance(value, float) else
                f"{name.replace('_', ' ')} {value}" for name, value in self.best.items()]
        more = len(told) - _SETTINGS
        return ", ".join(told[:_SETTINGS]) + (f" and {more} more" if more > 0 else "")


def ordered(store: JobStore, source: Path, look: str, objective: str, trials: int, name: str
            ) -> Job:
    """Queue a search. Raises BrushreelError for what cannot be searched, or kept under that name.

    An empty name becomes one after the clip.
    """
    from feedback.tuning import Tuning

    asked = validated(Tuning, {"source": source, "look": look, "objective": objective,
                               "trials": trials, "name": name.strip()})
    return store.add(asked.order())


def tunings(store: JobStore) -> Sequence[Job]:
    """The newest few."""
    return [job for job in store.list(newest_first=True, limit=400) if job.kind == "tune"][:_SHOWN]


def search_of(job: Job) -> Search | None:
    """None before the first trial."""
    done = job.state in (State.DONE, State.DONE_WITH_WARNINGS)
    known = job.result if done else job.plan
    if all(worth is None for worth in known.get("worths", ())):
        return None
    return Search(int(known["trials"]), tuple(known["worths"]), float(known["best_worth"]),
                  float(known["default_worth"]), dict(known["best"]),
                  str(known.get("preset") or ""), done)
