"""bench looks: every look against its plain recipe, FFmpeg and OpenCV, and how fast it is."""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from core.recipe import QUALITIES
from scripts.bench.drawing import (
    CORES,
    WALL,
    Artist,
    frames_of,
    interleaved,
    single_threaded,
)
from scripts.bench.laws import LAWS, Measured, document_of, rules_of
from scripts.bench.rivals import rivals
from scripts.bench.rules import say_rules
from scripts.failures import DONE, FAILED
from scripts.report import print_json
from scripts.stills import stills
from scripts.terminal import Step, progress_shown, say, show
from stylizers import STYLES, Frame, style

HD, UHD = (1920, 1080), (3840, 2160)
PRESETS = ("speed", "balanced")
"""The quality presets measured: the fast one, and the one where none is asked for."""
LONG_ENOUGH = 0.5
"""Seconds of drawing after which a moment's work of others no longer counts for much."""
BUSY = 25
"""Percent of the processor in other hands from which clocks tell little."""
LEFT_OUT = ("identity", "neural", "paint")
"""Looks measured only when named: one does nothing, the others have their networks to thank."""


def bench_looks(args: argparse.Namespace) -> int:
    named = [style(name).name for name in args.style.split(",")] if args.style else [
        name for name in STYLES if name not in LEFT_OUT]
    busy = _busy()
    pictures = [_hd(still) for still in stills(args.input, args.frames or 3)]
    measured = []
    with tempfile.TemporaryDirectory() as folder, single_threaded():
        for name in named:
            with progress_shown(f"Measuring {name}") as advance:
                measured.append(_measure(name, pictures, args.repeat, Path(folder), advance))
    rules = [rule for each in measured for rule in rules_of(each)]
    if args.json:
        print_json({"frames": len(pictures), "repeat": args.repeat, "busy_percent": busy,
                    "looks": [document_of(each) for each in measured],
                    "rules": [rule.document() for rule in rules]})
    else:
        _show(measured, len(pictures), args.repeat)
        say_rules(rules)
        if busy > BUSY:
            say(f"\nOther programs kept {busy:.0f} % of the processor busy as this began, so the "
                "figures for two cores say little.")
    return DONE if all(rule.holds for rule in rules) else FAILED


def _busy() -> float:
    """Percent of the processor that other programs use at this moment."""
    import psutil

    return float(psutil.cpu_percent(interval=0.5))


def _hd(image: np.ndarray) -> np.ndarray:
    """Any picture as 1080p, 8 bits, its middle filling the frame."""
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    factor = max(HD[0] / image.shape[1], HD[1] / image.shape[0])
    width, height = (max(HD[axis], round(image.shape[1 - axis] * factor)) for axis in (0, 1))
    large = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    left, top = (width - HD[0]) // 2, (height - HD[1]) // 2
    return np.ascontiguousarray(large[top:top + HD[1], left:left + HD[0]])


def _measure(name: str, pictures: Sequence[np.ndarray], repeat: int, folder: Path,
             advance: Callable[[Step], None]) -> Measured:
    hd = frames_of(pictures)
    uhd = frames_of([cv2.resize(pictures[0], UHD, interpolation=cv2.INTER_CUBIC)])
    others = list(rivals(name, HD, folder))
    works: dict[str, Callable[[], object]] = {}
    for preset in PRESETS:
        works[f"hd {preset}"] = partial(_artist(name, preset).one_by_one, hd)
        works[f"uhd {preset}"] = partial(_artist(name, preset).one_by_one, uhd)
    for rival in others:
        works[rival.kind] = partial(_all, rival.draw, hd)
    steps = _Steps((len(works) + 2) * (repeat + 1), advance)
    cores = interleaved(works, repeat, CORES, steps.done)
    each = {key: median(taken) / (1 if key.startswith("uhd") else len(hd))
            for key, taken in cores.items()}
    longer = hd * max(1, math.ceil(LONG_ENOUGH / each["hd balanced"] / len(hd)))
    artist = _artist(name, "balanced")
    with ThreadPoolExecutor(2) as pool:
        walls = interleaved({"one": partial(artist.one_by_one, longer),
                             "two": partial(artist.two_at_a_time, pool, longer)},
                            repeat, WALL, steps.done)
    return Measured(
        name, {preset: each[f"hd {preset}"] for preset in PRESETS},
        {preset: each[f"uhd {preset}"] for preset in PRESETS},
        {rival.kind: each[rival.kind] for rival in others},
        {rival.kind: rival.name for rival in others},
        median(one / two for one, two in zip(walls["one"], walls["two"], strict=True)))


def _artist(name: str, preset: str) -> Artist:
    """A new one for each size of picture, as in a render: what a look keeps fits one size."""
    return Artist(style(name)(), QUALITIES[preset].detail)


def _all(draw: Callable[[np.ndarray], np.ndarray], frames: Sequence[Frame]) -> None:
    for frame in frames:
        draw(frame.image)


@dataclass(slots=True)
class _Steps:
    total: int
    advance: Callable[[Step], None]
    count: int = 0

    def done(self) -> None:
        self.count += 1
        self.advance(Step("measure", self.count, self.total, unit="measurements"))


def _show(measured: Sequence[Measured], frames: int, repeat: int) -> None:
    from rich.table import Table

    say(f"Looks alone, RGB to RGB, one thread; {frames} frames, median of {repeat}.\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Look", "fps 1080p", "(goal)", "fps 4K", "(goal)", "x plain", "x FFmpeg",
                    "x OpenCV", "two cores"):
        table.add_column(heading, justify="left" if heading == "Look" else "right")
    for each in measured:
        for preset in PRESETS:
            table.add_row(*_row(each, preset))
    show(table)
    for each in measured:
        said = [f"{kind}: {name}" for kind, name in each.names.items() if kind != "plain"]
        if said:
            say(f"{each.look} beside {'; '.join(said)}")
    say("")


def _row(measured: Measured, preset: str) -> Iterator[str]:
    law = LAWS.get(measured.look)
    yield f"{measured.look}, {preset}"
    for taken, place in ((measured.hd, 0), (measured.uhd, 1)):
        yield f"{1 / taken[preset]:.1f}"
        yield f"({law.fps[place]})" if law else ""
    for kind in ("plain", "FFmpeg", "OpenCV"):
        yield f"{measured.times(kind, preset):.1f}" if kind in measured.rivals else "-"
    yield f"{measured.two_cores:.2f}" if preset == "balanced" else ""
