"""Whether a look has become worse: its recent renders against those before, and version by version.

Clips differ far more than versions do, so a clip counts once, by the median of its renders, and
where enough clips were rendered both before and since, each is compared with itself. Medians and
median deviations (Rousseeuw and Croux 1993: 1.4826 MAD estimates sigma, and the median of n has a
standard error of 1.2533 sigma / sqrt(n)) let single clips go wild.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

import numpy as np

from core.metrics import METRICS
from feedback.quality import Measurement

FIGURES: Mapping[str, str] = {
    "edge_coherence": "keeps fewer of the source's edges",
    "warp_ratio": "moves less steadily",
    "flicker": "flickers more",
}
"""What is watched, and what to say where it has become worse: what no look means to give up."""
RECENT = 12
"""Renders of a look, the newest, that are compared with those before."""
BASELINE = 200
"""Renders before them that are the baseline, at most."""
SHARED, FRESH, EARLIER = 5, 5, 8
"""Clips needed: rendered both before and since; else recent ones, and earlier ones."""
BEYOND = 4.0
"""Standard errors that noise does not reach, with so few clips and so rough a measure of it."""
_SIGMA, _ERROR = 1.4826, 1.2533
_LEAST = 0.01
"""Share of a figure below which no difference is worth a word."""
_RATIOS = frozenset({"warp_ratio", "flicker"})
"""Figures that differ between clips by factors, so that their logarithms are compared."""
_TINY = 1e-3
"""What stands for nothing among them."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How one figure moved: medians over clips. `errors` is in standard errors, above 0 is worse.

    `clips` were compared with themselves (`paired`), or are the recent ones.
    """

    figure: str
    before: float
    now: float
    errors: float
    clips: int
    paired: bool

    @property
    def verdict(self) -> Literal["worse", "better", "same"]:
        """What can be said beyond noise."""
        if abs(self.errors) < BEYOND or \
                abs(self.now - self.before) < _LEAST * max(abs(self.before), 1e-9):
            return "same"
        return "worse" if self.errors > 0 else "better"


@dataclass(frozen=True, slots=True)
class Drift:
    """How a look stands. `warning` is a sentence where it fell, else empty; `sentence` is always
    there. `enough` tells whether there was enough to say anything at all.
    """

    look: str
    recent: int
    earlier: int
    enough: bool
    shifts: tuple[Shift, ...]
    sentence: str
    warning: str


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which one version drew a look: medians over clips, and what changed since the one
    before it, where enough clips tell."""

    look: str
    version: str
    since: datetime
    renders: int
    clips: int
    values: Mapping[str, float]
    changes: tuple[Shift, ...]


def watch(measured: Iterable[Measurement]) -> list[Drift]:
    """One for each look, the one rendered last first; `measured` is oldest first."""
    looks: defaultdict[str, list[Measurement]] = defaultdict(list)
    for one in measured:
        looks[one.look].append(one)
    newest = sorted(looks, key=lambda look: looks[look][-1].made, reverse=True)
    return [drift_of(look, looks[look]) for look in newest]


def drift_of(look: str, measured: Sequence[Measurement]) -> Drift:
    """Of the measurements of one look, oldest first."""
    now, before = measured[-RECENT:], measured[-RECENT - BASELINE:-RECENT]
    shifts = changes(before, now)
    clips, earlier = _clips(now), _clips(before)
    fell = sorted((each for each in shifts if each.verdict == "worse"),
                  key=lambda each: -each.errors)
    if not shifts:
        said = (f"Too little was measured of {look} to tell: {clips} recent and {earlier} earlier "
                f"clips, where {FRESH} and {EARLIER} are needed, or {SHARED} rendered again.")
        return Drift(look, clips, earlier, False, (), said, "")
    if not fell:
        said = f"{look} draws as well as before, on {clips} recent and {earlier} earlier clips."
        return Drift(look, clips, earlier, True, shifts, said, "")
    how = " and ".join(FIGURES[each.figure] for each in fell)
    figures = "; ".join(f"{METRICS[each.figure].title.lower()} {each.now:.3g}, before "
                        f"{each.before:.3g}" for each in fell)
    said = f"{look} {how} than it did: {figures} ({_basis(fell[0], earlier)})."
    return Drift(look, clips, earlier, True, shifts, said, said)


def periods(measured: Iterable[Measurement]) -> list[Period]:
    """Quality per look and version, in the order they came; `measured` is oldest first.

    Each is compared with the one before it, so after a promotion or a rollback it tells what that
    has changed.
    """
    found = []
    looks = sorted(measured, key=lambda one: one.look)  # stable: times stay in order
    for look, rows in groupby(looks, lambda one: one.look):
        before: list[Measurement] = []
        for version, run in groupby(rows, lambda one: one.version):
            now = list(run)
            found.append(Period(look, version, now[0].made, len(now), _clips(now),
                                _medians(now), changes(before, now)))
            before = now
    return sorted(found, key=lambda period: period.since)


def changes(before: Sequence[Measurement], now: Sequence[Measurement]) -> tuple[Shift, ...]:
    """How each figure moved; those of which too little is known are left out."""
    found = (_shift(figure, _by_clip(before, figure), _by_clip(now, figure)) for figure in FIGURES)
    return tuple(shift for shift in found if shift is not None)


def _shift(figure: str, before: Mapping[str, float], now: Mapping[str, float]) -> Shift | None:
    sign = -1 if METRICS[figure].better == "higher" else 1
    shared = sorted(before.keys() & now.keys())
    paired = len(shared) >= SHARED
    if not paired and (len(now) < FRESH or len(before) < EARLIER):
        return None
    old, new = (_scaled(figure, [row[clip] for clip in (shared if paired else row)])
                for row in (before, now))
    least = _LEAST / 2 * (1.0 if figure in _RATIOS else abs(float(np.median(old))))
    moved = float(np.median(new - old) if paired else np.median(new) - np.median(old))
    pieces = 1 / len(old) if paired else 1 / len(old) + 1 / len(new)
    noise = _noise(new - old if paired else old, least) * math.sqrt(pieces)
    level = float(np.median(old))
    return Shift(figure, _unscaled(figure, level), _unscaled(figure, level + moved),
                 sign * moved / noise, len(new), paired)


def _noise(spread: np.ndarray, least: float) -> float:
    """The standard error of the median of one, never nothing: a few clips may agree by chance."""
    deviation = float(np.median(np.abs(spread - np.median(spread))))
    return _ERROR * max(_SIGMA * deviation, least, 1e-9)


def _scaled(figure: str, values: Sequence[float]) -> np.ndarray:
    row = np.array(values)
    return np.log(np.maximum(row, _TINY)) if figure in _RATIOS else row


def _unscaled(figure: str, value: float) -> float:
    return math.exp(value) if figure in _RATIOS else value


def _by_clip(measured: Iterable[Measurement], figure: str) -> dict[str, float]:
    rows: defaultdict[str, list[float]] = defaultdict(list)
    for one in measured:
        if figure in one.values:
            rows[one.source].append(one.values[figure])
    return {clip: float(np.median(values)) for clip, values in rows.items()}


def _medians(measured: Sequence[Measurement]) -> dict[str, float]:
    names = dict.fromkeys(name for one in measured for name in one.values)
    return {name: float(np.median(list(_by_clip(measured, name).values()))) for name in names}


def _clips(measured: Iterable[Measurement]) -> int:
    return len({one.source for one in measured})


def _basis(shift: Shift, earlier: int) -> str:
    if shift.paired:
        return f"{shift.clips} clips rendered before and since"
    return f"{shift.clips} recent and {earlier} earlier clips"
