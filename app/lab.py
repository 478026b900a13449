"""Lab: finished renders, compared with each other and with their source, and judged."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from app.facts import distinct_labels
from app.previewing import folder
from core.errors import BrushreelError
from core.jobs import Job, JobStore, State
from core.recipe import Recipe
from feedback.records import Approval, Rating, Record, Sample, Vote, sample_of
from feedback.store import FeedbackStore

Preferred = Literal["first", "second", "neither"]
Measured = Callable[["Result"], Mapping[str, float]]
_DONE = frozenset({State.DONE, State.DONE_WITH_WARNINGS})
_MOST = 200


@dataclass(frozen=True, slots=True)
class Result:
    """A render that is done, whose file and source are still there.

    It shows its source from `start` to `end`, in seconds, None for its ends.
    """

    id: int
    name: str
    style: str
    path: Path
    source: Path
    recipe: Recipe
    start: Fraction | None = None
    end: Fraction | None = None

    def beside(self, other: Result) -> bool:
        """Whether both show the same part of one source."""
        return (self.source, self.start, self.end) == (other.source, other.start, other.end)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two results of one source, in the order they are shown."""

    first: Result
    second: Result

    @property
    def key(self) -> frozenset[str]:
        return frozenset({_key(self.first.recipe), _key(self.second.recipe)})


def results(store: JobStore) -> list[Result]:
    """Newest first, whether they are still in the list of jobs or not.

    What was moved away or cannot be read any more is left out.
    """
    found = (result_of(job) for job in store.list(_DONE, newest_first=True, limit=_MOST,
                                                  cleared=True))
    return [result for result in found if result is not None]


def labels(found: Sequence[Result]) -> dict[int, str]:
    """What to call each by its id; results of the same name are distinguished by their folders."""
    names = Counter(result.name for result in found)
    said = [result.name if names[result.name] == 1 else f"{result.name} in {result.path.parent}"
            for result in found]
    return dict(zip((result.id for result in found), distinct_labels(said), strict=True))


def result_of(job: Job) -> Result | None:
    """None where it is none to look at."""
    if job.kind != "render" or job.source is None or job.target.is_relative_to(folder()):
        return None  # a preview is no result
    if not (job.target.is_file() and job.source.is_file()):
        return None
    try:
        options = job.order.render_options
        return Result(job.id, job.title, job.style, job.target, job.source, job.order.recipe,
                      options.start, options.end)
    except BrushreelError:
        return None


def proposed(shown: Sequence[Result], votes: Sequence[Vote], seed: int) -> Pair | None:
    """The pair of one source that was voted on least, in an order nobody can guess.

    `seed` makes the same choice again, so that a page that runs anew shows the same pair.
    """
    counted: Counter[frozenset[str]] = Counter(
        frozenset({_digest(vote.first), _digest(vote.second)}) for vote in votes)
    chance = random.Random(seed)
    pairs = [Pair(*chance.sample([one, other], 2))
             for one, other in itertools.combinations(shown, 2)
             if one.beside(other) and _key(one.recipe) != _key(other.recipe)]
    if not pairs:
        return None
    fewest = min(counted[pair.key] for pair in pairs)
    return chance.choice([pair for pair in pairs if counted[pair.key] == fewest])


class Judge:
    """Says what was thought of results, with what `measured` tells of each; `problem` is why that
    could not be kept.
    """

    def __init__(self, store: FeedbackStore, measured: Measured = lambda _: {}) -> None:
        self._store, self._measured = store, measured
        self.problem: BrushreelError | None = None

    def rate(self, result: Result, stars: int, note: str) -> bool:
        return self._keep(lambda: Rating(sample=self._sample(result), stars=stars, note=note))

    def approve(self, result: Result, approved: bool) -> bool:
        return self._keep(lambda: Approval(sample=self._sample(result), approved=approved))

    def vote(self, pair: Pair, preferred: Preferred) -> bool:
        return self._keep(lambda: Vote(
            first=self._sample(pair.first), second=self._sample(pair.second), preferred=preferred))

    def rating(self, result: Result) -> Rating | None:
        """The last one of this very recipe on this source."""
        key = _key(result.recipe)
        said = [rating for rating in self._ratings() if _digest(rating.sample) == key
                and rating.sample.source == result.source.name]
        return said[-1] if said else None

    def votes(self) -> list[Vote]:
        try:
            return self._store.votes()
        except BrushreelError as error:
            self.problem = error
            return []

    def _ratings(self) -> list[Rating]:
        try:
            return self._store.ratings()
        except BrushreelError as error:
            self.problem = error
            return []

    def _sample(self, result: Result) -> Sample:
        return sample_of(result.recipe, result.source, start=result.start, end=result.end,
                         metrics=self._measured(result))

    def _keep(self, made: Callable[[], Record]) -> bool:
        self.problem = None
        try:
            self._store.add_all([made()])
        except BrushreelError as error:
            self.problem = error
            return False
        return True


def _key(recipe: Recipe) -> str:
    """The same for the same drawing, wherever its files lie."""
    return _canonical(json.loads(recipe.portable()))


def _digest(sample: Sample) -> str:
    return _canonical(dict(sample.recipe))


def _canonical(recipe: dict[str, object]) -> str:
    return json.dumps(recipe, sort_keys=True)
