"""What was measured of results, picture by picture; in the background where nobody has yet."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.lab import Result
from core import durable
from core.errors import BrushreelError
from core.measured import place_of
from core.progress import Followed

_MOMENTS = 40
"""Places of a video that are measured, at most."""
_APART = 0.5
"""Seconds between moments that are called two."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`time` is in seconds of the source."""

    time: float
    value: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was measured of a result: means by the names in METRICS, and of single pictures."""

    values: Mapping[str, float]
    pictures: tuple[Mapping[str, float], ...]

    @property
    def names(self) -> list[str]:
        """What there is a line of, in the order of METRICS."""
        from core.metrics import METRICS

        known = {name for picture in self.pictures for name in picture}
        return [name for name in METRICS if name in known and name != "warp_error_source"]

    def line(self, name: str) -> list[Moment]:
        return [Moment(float(picture["time"]), float(picture[name]))
                for picture in self.pictures if name in picture]

    def worst(self, name: str, most: int = 4) -> list[Moment]:
        """The worst moments that lie apart, in time; none where neither way is better."""
        from core.metrics import METRICS

        sign = {"higher": 1, "lower": -1, "neither": 0}[METRICS[name].better]
        found: list[Moment] = []
        for moment in sorted(self.line(name), key=lambda one: sign * one.value):
            if sign and len(found) < most and all(
                    abs(moment.time - other.time) >= _APART for other in found):
                found.append(moment)
        return sorted(found, key=lambda one: one.time)


@dataclass(frozen=True, slots=True)
class Work:
    """How far measuring is, 0..1; `error` says why it ended without a timeline."""

    share: float = 0.0
    busy: bool = True
    error: BrushreelError | None = None


class Measurements:
    """Timelines of results: those kept with them, and those made here, which are kept too."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[Path, Timeline] = {}
        self._works: dict[Path, Future[None]] = {}
        self._shares: dict[Path, float] = {}
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, "measurements")

    def of(self, result: Result) -> Timeline | None:
        """What is known of it; None before it was measured."""
        place = self._place(result)
        with self._lock:
            if place in self._known:
                return self._known[place]
        found = _beside(result) or _read(place, result.path)
        if found is not None:
            with self._lock:
                self._known[place] = found
        return found

    def values(self, result: Result) -> Mapping[str, float]:
        """The means, to be kept with what is said of it; empty before it was measured."""
        known = self.of(result)
        return known.values if known is not None else {}

    def begin(self, result: Result) -> None:
        """Measure it, unless that is done or on its way."""
        place = self._place(result)
        with self._lock:
            work = self._works.get(place)
            if work is None or work.done():
                self._shares[place] = 0.0
                self._works[place] = self._pool.submit(self._measure, result, place)

    def work(self, result: Result) -> Work | None:
        """None where nobody measures it."""
        place = self._place(result)
        with self._lock:
            work, share = self._works.get(place), self._shares.get(place, 0.0)
        if work is None:
            return None
        if not work.done():
            return Work(share)
        error = work.exception()
        return Work(share, False, error if isinstance(error, BrushreelError) else None)

    def close(self) -> None:
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _place(self, result: Result) -> Path:
        return place_of(result.source, result.path, result.start, result.end, self._folder)

    def _measure(self, result: Result, place: Path) -> None:
        """Raises BrushreelError. Pages stay alive: nearly all of it is done without the GIL."""
        from core.io.span import Range
        from core.metrics.moments import measure

        with Followed(measure(result.source, result.path, moments=_MOMENTS, with_lpips=False,
                              span=Range(result.start, result.end))) as steps:
            for done in steps:
                if self._closed.is_set():
                    return
                self._shares[place] = done.frames / done.total
        place.parent.mkdir(parents=True, exist_ok=True)
        durable.write(place, json.dumps(steps.result.document()).encode())


def _beside(result: Result) -> Timeline | None:
    """What was measured when it was rendered, if it is still that file."""
    from core.metrics.quality import BESIDE

    return _read(result.path.with_name(result.path.name + BESIDE), result.path)


def _read(place: Path, of: Path) -> Timeline | None:
    """None where nothing is kept there, or it is of another file than `of`, where it says which."""
    from core.metrics import Quality

    with suppress(OSError, ValueError, AttributeError, BrushreelError):
        document = json.loads(place.read_text(encoding="utf-8"))
        size = of.stat().st_size
        if document.get("size", size) == size:
            found = Quality.of(document)
            return Timeline(found.clip.values, tuple(
                {"time": float(picture.time), **picture.values} for picture in found.pictures))
    return None
