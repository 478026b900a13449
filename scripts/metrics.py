"""metrics: one video measured against another, as a table or as JSON with every picture."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.edge import edge
from core.errors import InvalidParameter
from scripts.arguments import time, whole_number
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import Step, duration, note, progress_shown, show

if TYPE_CHECKING:
    from core.metrics import ClipMetrics, FrameMetrics

HELP = "Measure a rendered video against its source."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="A", help="the source")
    parser.add_argument("output", type=Path, metavar="B", help="what was rendered from it")
    parser.add_argument("--styled", type=Path, metavar="VIDEO",
                        help="the same look rendered with --temporal off, for what stabilization "
                             "has cost: sharpness kept, ghosts, style retention")
    parser.add_argument("--start", type=time, metavar="T", help="B shows A from here on")
    parser.add_argument("--end", type=time, metavar="T", help="B shows A up to here")
    parser.add_argument("--every", type=whole_number(1), default=1, metavar="N",
                        help="measure three pictures of every N (default: all)")
    parser.add_argument("--no-lpips", action="store_true",
                        help="leave out LPIPS, which takes most of the time")
    parser.add_argument("--backbones", type=Path, metavar="DIR",
                        help="where SqueezeNet's weights lie that LPIPS needs")


def run(args: argparse.Namespace) -> int:
    for path in filter(None, [args.source, args.output, args.styled]):
        if not path.is_file():
            raise InvalidParameter(f"{path} is not a file.", "Check the path.")
    clip, frames = _measured(args)
    if args.json:
        print_json(as_document(clip, frames))
        return DONE
    show(_table(clip))
    for reason in dict.fromkeys(clip.unavailable.values()):
        names = [name for name, why in clip.unavailable.items() if why == reason]
        note(f"Unavailable: {', '.join(names)}. {reason}")
    return DONE


def _measured(args: argparse.Namespace) -> tuple[ClipMetrics, list[FrameMetrics]]:
    from core.io.span import Range
    from core.metrics.compare import compare
    from core.progress import Followed, Pace

    pace = Pace(0)
    frames: list[FrameMetrics] = []
    work = compare(args.source, args.output, args.styled, every=args.every,
                   span=Range(args.start, args.end), backbones=args.backbones,
                   with_lpips=not args.no_lpips)
    with (progress_shown(args.output.name) as advance, edge(args.output),
          Followed(work) as steps):
        for done in steps:
            pace.total = done.total
            pace.step()
            if done.metrics is not None and args.json:
                frames.append(done.metrics)
            advance(Step("measure", done.frames, done.total, pace.fps, pace.eta))
    return steps.result, frames


def as_document(clip: ClipMetrics, frames: list[FrameMetrics]) -> dict[str, Any]:
    """All of it; times are seconds, and what could not be measured is null."""
    from core.metrics import METRICS

    return {
        "code": DONE, "frames": clip.frames, "short_side": clip.short_side,
        "metrics": {name: {
            "value": clip.values.get(name), "unavailable": clip.unavailable.get(name),
            "worst": _worst(clip, name), **dataclasses.asdict(metric)}
            for name, metric in METRICS.items()},
        "pictures": [{"index": frame.index, "time": float(frame.time), "shot": frame.shot,
                      **frame.values} for frame in frames]}


def _worst(clip: ClipMetrics, name: str) -> Mapping[str, float] | None:
    worst = clip.worst.get(name)
    return None if worst is None else {"index": worst.index, "time": float(worst.time),
                                       "value": worst.value}


def _table(clip: ClipMetrics) -> Any:
    from rich.table import Table

    from core.metrics import METRICS

    table = Table("", "mean", "better", "worst", "at", "what it says", box=None, pad_edge=False,
                  padding=(0, 2, 0, 0))
    for name, value in clip.values.items():
        metric, worst = METRICS[name], clip.worst.get(name)
        unit = f" {metric.unit}" if metric.unit else ""
        at = ("", "") if worst is None else (f"{worst.value:.4g}",
                                             duration(float(worst.time), 2))
        better = "" if metric.better == "neither" else metric.better
        table.add_row(metric.title, f"{value:.4g}{unit}", better, *at, metric.about)
    return table
