"""What became of all renders: how many, how fast, how good, and with which version of a model."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from app.previewing import folder
from core.jobs import ENDED, Job, JobStore, State
from core.models import Lineage, ModelRegistry
from feedback.records import Rating, Record, Sample

_OUTCOMES = {State.DONE: "done", State.DONE_WITH_WARNINGS: "done", State.FAILED: "failed",
             State.CANCELLED: "cancelled", State.INTERRUPTED: "interrupted"}
OUTCOMES = ("done", "failed", "interrupted", "cancelled")
DAY = 86400.0
Versions = Mapping[str, tuple[str, int]]
"""Name and number of each version of each model, by its SHA-256."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A render that has ended, at `when` in seconds since 1970.

    `look` names styles, and of neural ones the network with its version, as in `ink+cinematic`
    or `neural:udnie v2`. `fps` is 0 where nothing was measured; `why` is what it failed of.
    """

    id: int
    when: float
    look: str
    outcome: str
    fps: float = 0.0
    frames: int = 0
    why: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rated:
    """Stars given at `when`, in seconds since 1970; `look` as that of Rendered."""

    when: float
    look: str
    stars: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of one look: stars as given, and means of what was measured."""

    look: str
    renders: int
    stars: tuple[int, ...]
    metrics: Mapping[str, float]

    @property
    def mean_stars(self) -> float | None:
        return statistics.fmean(self.stars) if self.stars else None


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


def versions_of(registry: ModelRegistry) -> dict[str, tuple[str, int]]:
    """Shipped ones count as version 0."""
    return {model.card.sha256: (name, 0 if model.shipped else model.card.version)
            for name in registry.models() for model in registry.versions(name)}


def rendered(store: JobStore, versions: Versions) -> list[Rendered]:
    """Oldest first; previews are no renders."""
    found = [_rendered(job, versions) for job in store.list(ENDED)
             if job.kind == "render" and job.target.parent != folder()]
    return sorted(found, key=lambda one: one.when)


def _rendered(job: Job, versions: Versions) -> Rendered:
    result = job.result
    layers = json.loads(job.order.recipe_json)["layers"] if job.order.recipe_json else []
    networks = {Path(path).stem: digest for path, digest in job.order.assets.items()
                if path.endswith(".onnx")}
    return Rendered(
        job.id, job.ended or job.updated, _look(layers, networks, versions) or job.style,
        _OUTCOMES.get(job.state, "interrupted"), float(result.get("fps") or 0),
        int(result.get("frames") or 0), job.message, measured(result))


def measured(result: Mapping[str, object]) -> dict[str, float]:
    """What was measured of a finished render, by the names in METRICS; empty where nothing was."""
    found = result.get("metrics")
    values = found.get("values") if isinstance(found, Mapping) else None
    return {name: float(value) for name, value in values.items()
            if isinstance(value, int | float)} if isinstance(values, Mapping) else {}


def _look(layers: Sequence[Mapping[str, object]], networks: Mapping[str, str], versions: Versions
          ) -> str:
    names = []
    for layer in layers:
        style, preset = str(layer.get("style")), str(layer.get("preset") or "")
        if style != "neural":
            names.append(style)
            continue
        known = [versions[digest] for stem, digest in networks.items()
                 if digest in versions and (len(networks) == 1 or stem == preset)]
        names.append(_network(*known[0]) if known else f"neural:{preset}" if preset else "neural")
    return "+".join(names)


def _network(name: str, version: int) -> str:
    return f"neural:{name} {f'v{version}' if version else 'shipped'}"


def rated(records: Iterable[Record], versions: Versions) -> list[Rated]:
    """Every rating, oldest first."""
    return [Rated(record.made.timestamp(), look_of(record.sample, versions), record.stars)
            for record in records if isinstance(record, Rating)]


def look_of(sample: Sample, versions: Versions) -> str:
    networks = {name: said.rsplit(" ", 1)[-1] for name, said in sample.models.items()}
    return _look(sample.recipe["layers"], networks, versions)


def qualities(renders: Iterable[Rendered], ratings: Iterable[Rated]) -> list[Quality]:
    """Of every look that was rendered or rated, those with most stars first."""
    done: defaultdict[str, list[Rendered]] = defaultdict(list)
    for one in renders:
        if one.outcome == "done":
            done[one.look].append(one)
    stars: defaultdict[str, list[int]] = defaultdict(list)
    for each in ratings:
        stars[each.look].append(each.stars)
    found = [Quality(look, len(done[look]), tuple(stars[look]),
                     _means([one.metrics for one in done[look]]))
             for look in sorted({*done, *stars})]
    return sorted(found, key=lambda one: -(one.mean_stars or 0))


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: statistics.fmean(row[name] for row in rows if name in row) for name in names}


def promotions(registry: ModelRegistry) -> list[Promotion]:
    """The newest version of each model first."""
    found, known = [], versions_of(registry)
    for name, current in registry.models().items():
        for version in reversed(registry.versions(name)):
            if version.card.lineage is not None and not version.shipped:
                lineage = version.card.lineage
                found.append(Promotion(
                    _network(name, version.card.version),
                    _network(*known[lineage.parent]) if lineage.parent in known else "",
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
