"""What votes and stars tell of the settings of a look, and the pair that would tell most."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import previewing
from app.facts import counted
from app.lab import Pair, Result
from app.previewing import Preview
from core.errors import JobError
from core.io import VideoProbe
from core.jobs import ENDED, JobStore
from core.recipe import Recipe
from feedback.store import FeedbackStore
from stylizers import STYLES, style

if TYPE_CHECKING:
    from feedback.preference import Evidence, Proposal

SECONDS = 3
"""Of the clip that each of a pair shows."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Taste:
    """The settings liked best so far, what that rests on, and what to ask next."""

    proposal: Proposal
    pair: tuple[Mapping[str, Any], Mapping[str, Any]]

    @property
    def evidence(self) -> Evidence:
        return self.proposal.evidence

    @property
    def words(self) -> str:
        """What is known, plainly."""
        if self.evidence.lacking:
            return f"Not enough evidence yet: {self.evidence.lacking}."
        return (f"After {counted(self.evidence.comparisons, 'comparison')}: you prefer what is "
                f"proposed to the look as it is, with {self.evidence.probability:.0%}.")


class Tastes:
    """Learned in the background, anew whenever something was said."""

    def __init__(self, store: FeedbackStore) -> None:
        self._store = store
        self._learned: dict[tuple[str, int], Future[Taste]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, "tastes")

    def of(self, look: str) -> Taste | None:
        """None while it is being learned. Raises BrushreelError where nothing can be."""
        key = look, self._stamp()
        with self._lock:
            work = self._learned.get(key)
            if work is None:
                work = self._learned[key] = self._pool.submit(self._learn, look)
        return work.result() if work.done() else None

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _learn(self, look: str) -> Taste:
        import numpy as np

        from feedback.learning import preference

        model = preference(look, self._store.records(look))
        pair = model.next_pair(np.random.default_rng(len(model.comparisons)))
        return Taste(model.proposal(), pair)

    def _stamp(self) -> int:
        try:
            return self._store.path.stat().st_mtime_ns
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class Question:
    """Two settings of a look, each drawn for some seconds of a clip, to be voted on."""

    look: str
    previews: tuple[Preview, Preview]
    recipes: tuple[Recipe, Recipe]
    start: Fraction
    end: Fraction

    @property
    def ready(self) -> bool:
        return all(preview.ready for preview in self.previews)

    @property
    def pair(self) -> Pair:
        first, second = (
            Result(0, name, self.look, preview.path, preview.source, recipe, self.start, self.end)
            for name, preview, recipe in zip("AB", self.previews, self.recipes, strict=True))
        return Pair(first, second)


def tunable() -> list[str]:
    """The looks that have settings to be compared without a file."""
    from core.autotune import SearchSpace

    return [look for look in STYLES if look not in ("identity", "neural")
            and SearchSpace(style(look).Params).axes]


def recipe_of(look: str, values: Mapping[str, Any]) -> Recipe:
    """Raises InvalidParameter for a value that the look refuses."""
    return Recipe.build({"layers": [{"style": look, "params": dict(values)}]})


def question(look: str, pair: tuple[Mapping[str, Any], Mapping[str, Any]], source: Path,
             store: JobStore, chance: random.Random) -> Question:
    """Have both drawn, before everything else in the queue. Raises BrushreelError."""
    found = VideoProbe.probe(source)
    length = Fraction(found.duration or SECONDS)
    room = max(length - SECONDS, Fraction(0))
    start = Fraction(int(room * chance.randint(0, 100)), 100)
    end = min(start + SECONDS, length)
    recipes = [recipe_of(look, values) for values in pair]
    first, second = (previewing.asked(source, recipe, start, end, store) for recipe in recipes)
    return Question(look, (first, second), (recipes[0], recipes[1]), start, end)


def progress(asked: Question, store: JobStore) -> tuple[float, str]:
    """0..1 of both, in words too. Raises JobError where one will never be drawn."""
    shares = []
    for preview in asked.previews:
        job = None if preview.ready else previewing.job_of(preview, store)
        if job is None and not preview.ready:
            raise JobError("A preview was taken out of the queue.", "Ask for another pair.")
        if job is not None and job.state in ENDED and not preview.ready:
            raise JobError(job.message or f"A preview was {job.state}.",
                           job.hint or "Ask for another pair.")
        shares.append(1.0 if job is None else job.progress.share)
    waits = not store.worker().alive
    return sum(shares) / 2, ("No worker is running; the Batch Queue starts one" if waits else
                             "Drawing both, before everything else in the queue")


def let_go(asked: Question, store: JobStore) -> None:
    """Forget the jobs of a question that was answered or is not wanted any more."""
    for preview in asked.previews:
        if preview.ready:
            previewing.tidied(preview, store)
        else:
            previewing.given_up(preview, store)


def told(asked: Question) -> str:
    """What A and B were, by where they differ most from the look as it is."""
    return " ".join(f"{name} was {_difference(asked.look, recipe)}."
                    for name, recipe in zip("AB", asked.recipes, strict=True))


def _difference(look: str, recipe: Recipe) -> str:
    default = style(look).Params().model_dump()
    changed = [(name, value) for name, value in recipe.layers[0].params.items()
               if value != default.get(name)]
    if not changed:
        return "the look as it is"
    words = [f"{name.replace('_', ' ')} {value:.3g}" if isinstance(value, float) else
             f"{name.replace('_', ' ')} {value}" for name, value in changed[:_SHOWN]]
    more = len(changed) - _SHOWN
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")


