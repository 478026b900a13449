"""What became of all renders: how many, how fast, how liked, and what training has changed."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.previewing import folder
from core.jobs import ENDED, Job, JobStore, State
from core.models import Lineage, ModelRegistry
from core.models.registry import LOOK
from feedback.quality import look_of, named
from feedback.records import Rating, Record, Sample, Versions, versions_of

_OUTCOMES = {State.DONE: "done", State.DONE_WITH_WARNINGS: "done", State.FAILED: "failed",
             State.CANCELLED: "cancelled", State.INTERRUPTED: "interrupted"}
OUTCOMES = ("done", "failed", "interrupted", "cancelled")
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A render that has ended, at `when` in seconds since 1970.

    `look` is as feedback.quality names it, such as `ink+cinematic` or `neural:udnie v2`. `fps` is
    0 where nothing was measured; `why` is what it failed of.
    """

    id: int
    when: float
    look: str
    outcome: str
    fps: float = 0.0
    frames: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """Stars given at `when`, in seconds since 1970; `look` as that of Rendered."""

    when: float
    look: str
    stars: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """A version of a model that was trained here. `current` tells whether it is in use now.

    `look` and `before` name it and what it was trained from, as Rendered.look does; `changes` are
    shares by which measures grew from then to now, of which lower is better for all.
    """

    look: str
    before: str
    model: str
    version: int
    added: str
    current: bool
    verdict: str
    changes: Mapping[str, float]


def rendered(store: JobStore, versions: Versions) -> list[Rendered]:
    """Oldest first, those that were cleared from the list too; previews are no renders."""
    found = [_rendered(job, versions) for job in store.list(ENDED, cleared=True)
             if job.kind == "render" and job.target.parent != folder()]
    return sorted(found, key=lambda one: one.when)


def _rendered(job: Job, versions: Versions) -> Rendered:
    result = job.result
    layers = json.loads(job.order.recipe_json)["layers"] if job.order.recipe_json else []
    look = named(*look_of(layers, versions, job.order.assets)) or job.style
    return Rendered(
        job.id, job.ended or job.updated, look, _OUTCOMES.get(job.state, "interrupted"),
        float(result.get("fps") or 0), int(result.get("frames") or 0), job.message)


def rated(records: Iterable[Record], versions: Versions) -> list[Rated]:
    """Every rating, oldest first."""
    return [Rated(record.made.timestamp(), _look(record.sample, versions), record.stars)
            for record in records if isinstance(record, Rating)]


def _look(sample: Sample, versions: Versions) -> str:
    return named(*look_of(sample.recipe["layers"], {**versions, **sample.versions}))


def stars_of(ratings: Iterable[Rated]) -> dict[str, list[int]]:
    """Those given to each look, what is liked most first."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    for one in ratings:
        given[one.look].append(one.stars)
    return dict(sorted(given.items(), key=lambda each: -statistics.fmean(each[1])))


def promotions(registry: ModelRegistry) -> list[Promotion]:
    """The newest version of each model first."""
    found, known = [], {digest: named(f"{LOOK}:{name}", number)
                        for digest, (name, number) in versions_of(registry).items()}
    for name, current in registry.models().items():
        for version in reversed(registry.versions(name)):
            if version.card.lineage is not None and not version.shipped:
                lineage = version.card.lineage
                found.append(Promotion(
                    known[version.card.sha256], known.get(lineage.parent, ""),
                    name, version.card.version, version.card.added,
                    version.path == current.path, lineage.verdict, _changes(lineage)))
    return found


def _changes(lineage: Lineage) -> dict[str, float]:
    return {name: lineage.after[name] / value - 1 for name, value in lineage.before.items()
            if value and name in lineage.after}


def by_day(renders: Iterable[Rendered]) -> dict[str, dict[date, int]]:
    """How many ended on each day, here and now's time zone, by outcome."""
    counts: dict[str, Counter[date]] = {outcome: Counter() for outcome in OUTCOMES}
    for one in renders:
        counts[one.outcome][datetime.fromtimestamp(one.when).astimezone().date()] += 1
    return {outcome: dict(days) for outcome, days in counts.items() if days}


def reasons(renders: Iterable[Rendered], most: int = 5) -> list[tuple[str, int]]:
    """What renders failed of, the commonest first."""
    return Counter(one.why for one in renders if one.outcome == "failed" and one.why
                   ).most_common(most)
