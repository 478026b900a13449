"""What was measured of results, picture by picture; in the background where nobody has yet."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cache import METRICS as FOLDER
from app.lab import Result
from core import durable
from core.errors import BrushreelError, InputError
from core.io import VideoProbe
from core.paths import cache_folder
from core.render.plan import stamp_of

_ROOT = Path(__file__).resolve().parent.parent
_BURSTS = 40
"""Places of a video that are measured, at most about so many."""
_DONE = re.compile(r"(\d+)/(\d+) frames")
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
        self._folder = folder or cache_folder() / FOLDER
        self._known: dict[Path, Timeline] = {}
        self._works: dict[Path, Future[None]] = {}
        self._shares: dict[Path, float] = {}
        self._running: list[subprocess.Popen[str]] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, "measurements")

    def of(self, result: Result) -> Timeline | None:
        """What is known of it; None before it was measured."""
        place = self._place(result)
        with self._lock:
            if place in self._known:
                return self._known[place]
        found = _beside(result) or _read(place)
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
        for process in self._running:
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _place(self, result: Result) -> Path:
        text = "|".join(f"{path}|{_stamp(path)}" for path in (result.source, result.path))
        text = f"{text}|{result.start}|{result.end}"
        name = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
        return self._folder / f"{name}.json"

    def _measure(self, result: Result, place: Path) -> None:
        """In a process of its own, so that pages stay alive. Raises BrushreelError."""
        said: list[str] = []
        with subprocess.Popen(_command(result), cwd=_ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
            self._running = [process]
            teller = threading.Thread(target=self._listen, args=(process, place, said),
                                      daemon=True)
            teller.start()
            assert process.stdout is not None
            content = process.stdout.read()
            teller.join()
        if process.returncode:
            raise InputError("This render could not be measured.",
                             said[-1] if said else "Try again.")
        self._folder.mkdir(parents=True, exist_ok=True)
        durable.write(place, content.encode())

    def _listen(self, process: subprocess.Popen[str], place: Path, said: list[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if counted := _DONE.search(line):
                self._shares[place] = int(counted[1]) / max(int(counted[2]), 1)
            elif line.strip():
                said.append(line.strip())


def _beside(result: Result) -> Timeline | None:
    """What was measured when it was rendered, if it is still that file."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        from core.metrics.quality import BESIDE

        path = result.path.with_name(result.path.name + BESIDE)
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("size") == result.path.stat().st_size:
            return _timeline(document["values"], document["pictures"])
    return None


def _read(place: Path) -> Timeline | None:
    """What the command metrics said."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        document = json.loads(place.read_text(encoding="utf-8"))
        values = {name: each["value"] for name, each in document["metrics"].items()}
        return _timeline(values, document["pictures"])
    return None


def _timeline(values: Mapping[str, Any], pictures: list[dict[str, Any]]) -> Timeline:
    known = {name: float(value) for name, value in values.items() if value is not None}
    return Timeline(known, tuple({name: float(value) for name, value in picture.items()
                                  if value is not None} for picture in pictures))


def _stamp(path: Path) -> tuple[int, int]:
    """Nothing where the file is gone, which whoever reads it will say."""
    try:
        return stamp_of(path)
    except OSError:
        return 0, 0


def _command(result: Result) -> list[str]:
    frames = VideoProbe.probe(result.path).frames or 0
    given = [sys.executable, "-m", "scripts.cli", "metrics", str(result.source), str(result.path),
             "--json", "--no-lpips", "--every", str(max(frames // _BURSTS, 1))]
    for name, time in (("--start", result.start), ("--end", result.end)):
        given += [name, f"{float(time):.9f}"] if time is not None else []
    return given
