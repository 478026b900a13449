"""From what was said to what is liked: comparisons out of records, per look and overall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from core.autotune.space import SearchSpace
from core.errors import BrushreelError
from core.metrics import METRICS
from feedback.preference import Comparison, PreferenceModel
from feedback.records import Rating, Record, Sample, Vote, samples
from stylizers import style
from stylizers.base import StyleParams

FIGURES = tuple(name for name, metric in METRICS.items() if not metric.styled)
"""The metrics that a preference may rest on: those every render has."""


def preference(look: str, records: Iterable[Record]) -> PreferenceModel:
    """What records tell of the settings of one look, where it stood alone.

    Raises UnknownStyle. Records of settings that the look no longer has are passed over.
    """
    space = SearchSpace(style(look).Params)
    known = [record for record in records
             if all(sample.look == look for sample in samples(record))]
    return PreferenceModel(space, _comparisons(known, space), len(FIGURES))


def overall(records: Iterable[Record]) -> PreferenceModel:
    """What records of any look tell of metrics alone."""
    space = SearchSpace(StyleParams)
    return PreferenceModel(space, _comparisons(list(records), space), len(FIGURES))


def liked(look: str, records: Iterable[Record], stars: int = 4) -> list[dict[str, object]]:
    """Settings of a look that were given so many stars, the newest first."""
    found = [dict(record.sample.recipe["layers"][0]["params"]) for record in records
             if isinstance(record, Rating) and record.sample.look == look
             and record.stars >= stars and _placed(record.sample, SearchSpace(style(look).Params))
             is not None]
    return found[::-1]


def _comparisons(records: Sequence[Record], space: SearchSpace) -> list[Comparison]:
    """Votes as they are, in order; then ratings of one source, each pair with other stars.

    A pair of ratings counts in either order by turns, since nobody saw them side by side.
    """
    scale = _Scale(records)
    found = []
    for record in records:
        if isinstance(record, Vote) and record.preferred != "neither":
            first = record.preferred == "first"
            pair = (record.first, record.second) if first else (record.second, record.first)
            found.append(_compared(*pair, first, space, scale))
    by_source: defaultdict[str, list[Rating]] = defaultdict(list)
    for record in records:
        if isinstance(record, Rating):
            by_source[record.sample.fingerprint or record.sample.source].append(record)
    for ratings in by_source.values():
        for number, (one, other) in enumerate(combinations(ratings[-_MOST:], 2)):
            if one.stars != other.stars:
                better, worse = (one, other) if one.stars > other.stars else (other, one)
                found.append(_compared(better.sample, worse.sample, number % 2 == 0, space, scale))
    return [one for one in found if one is not None]


_MOST = 20
"""Ratings of one source that are compared with each other: the newest."""


class _Scale:
    """Metrics as deviations from their means over all that was seen."""

    def __init__(self, records: Iterable[Record]) -> None:
        rows = [self._row(sample) for record in records for sample in samples(record)]
        table = np.array(rows).reshape(len(rows), len(FIGURES))
        known = ~np.isnan(table)
        count = np.maximum(known.sum(0), 1)
        self._mean = np.where(known, table, 0).sum(0) / count
        spread = np.sqrt((np.where(known, table - self._mean, 0)**2).sum(0) / count)
        self._spread = np.where(spread > 0, spread, 1)

    def of(self, sample: Sample) -> np.ndarray:
        return np.nan_to_num((self._row(sample) - self._mean) / self._spread)

    def _row(self, sample: Sample) -> np.ndarray:
        return np.array([sample.metrics.get(name, np.nan) for name in FIGURES])


def _compared(better: Sample, worse: Sample, first: bool, space: SearchSpace, scale: _Scale
              ) -> Comparison | None:
    points = [_placed(sample, space) for sample in (better, worse)]
    if points[0] is None or points[1] is None:
        return None
    return Comparison(points[0], points[1], first, scale.of(better), scale.of(worse))


def _placed(sample: Sample, space: SearchSpace) -> np.ndarray | None:
    """Where its settings lie; None for those that the look no longer allows."""
    names = {axis.name for axis in space.axes}
    params = sample.recipe["layers"][0].get("params", {})
    try:
        return space.encode({name: value for name, value in params.items() if name in names})
    except (BrushreelError, ValueError):
        return None
