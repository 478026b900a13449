"""bench pipeline: what the stages cost, and three rules about time and memory."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from scripts.bench.rules import Rule, say_rules
from scripts.bench.runs import Timed, peak_memory, timed_render, timed_transcode, typical
from scripts.demo import make_clip, sample_clip
from scripts.failures import DONE, FAILED
from scripts.report import print_json
from scripts.targets import OUTPUTS, made
from scripts.terminal import Step, progress_shown, say, show

if TYPE_CHECKING:
    from core.recipe import Recipe

SHORT, LONG = 300, 3000


def bench_pipeline(args: argparse.Namespace) -> int:
    with made(OUTPUTS):
        source = args.input or sample_clip(OUTPUTS)
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=OUTPUTS) as folder:
            runs = _measured(args, source, Path(folder))
            rules = [_pace_rule(runs), _identity_rule(args, source, Path(folder))]
            if args.memory:
                rules.append(_memory_rule(args, Path(folder)))
    document = _document(source, runs, rules)
    if args.json:
        print_json(document)
    else:
        _show(document, rules)
    return DONE if all(rule.holds for rule in rules) else FAILED


def _recipe(style: str) -> Recipe:
    from core.recipe import Recipe

    return Recipe.build({"layers": [{"style": name} for name in style.split("+")],
                         "output": {"codec": "h264", "container": "mp4", "audio": "none"}})


def _end(args: argparse.Namespace, source: Path) -> Fraction | None:
    from core.io import VideoProbe

    return None if args.frames is None else args.frames / VideoProbe.probe(source).rate


def _measured(args: argparse.Namespace, source: Path, folder: Path) -> list[Timed]:
    """Repeated renders, after one that compiles and fills the caches."""
    recipe, end = _recipe(args.style), _end(args, source)
    runs = []
    with progress_shown(f"Rendering {source.name} in {args.style}") as advance:
        for number in range(args.repeat + 1):
            runs.append(timed_render(source, folder / "render.mp4", recipe, end))
            advance(Step("render", number + 1, args.repeat + 1, unit="runs"))
    return runs[1:]


def _pace_rule(runs: list[Timed]) -> Rule:
    return Rule("Wall time / max(slowest in-order stage, core-seconds / cores)",
                median(run.overhead for run in runs), 1.25)


def _identity_rule(args: argparse.Namespace, source: Path, folder: Path) -> Rule:
    from core.pipeline import Pipeline

    recipe, end, target = _recipe("identity"), _end(args, source), folder / "identity.mp4"
    spec = Pipeline(source, target, recipe=recipe, end=end).plan().spec
    ours, theirs = [], []
    with progress_shown("Identity against FFmpeg's own transcode") as advance:
        for number in range(args.repeat):
            run = timed_render(source, target, recipe, end)
            ours.append(run.frames / run.wall)
            theirs.append(run.frames / timed_transcode(source, target, spec, run.frames))
            advance(Step("transcode", number + 1, args.repeat, unit="runs"))
    return Rule("Identity speed / FFmpeg transcode speed", median(ours) / median(theirs), 0.9,
                at_most=False)


def _memory_rule(args: argparse.Namespace, folder: Path) -> Rule:
    peaks = []
    for frames in (SHORT, LONG):
        clip = folder / f"clip-{frames}.mp4"
        with progress_shown(f"Making {frames} frames") as advance:
            for step in make_clip(clip, repeats=frames // SHORT):
                advance(step)
        with progress_shown(f"Memory of {frames} frames") as advance:
            peaks.append(peak_memory(clip, folder / "memory.mp4", args.style))
    return Rule(f"Peak memory of {LONG} frames / {SHORT} frames", peaks[1] / peaks[0], 1.1)


def _document(source: Path, runs: list[Timed], rules: list[Rule]) -> dict[str, Any]:
    run = typical(runs)
    return {
        "source": source.name, "frames": run.frames, "cores": os.cpu_count(),
        "runs": [{"wall": each.wall, "core_seconds": each.core_seconds, "bound": each.bound}
                 for each in runs],
        "fps": run.frames / median(each.wall for each in runs),
        "stages": {name: asdict(cost) for name, cost in run.stages.items()},
        "rules": [rule.document() for rule in rules],
    }


def _show(document: dict[str, Any], rules: list[Rule]) -> None:
    from rich.table import Table

    say(f"{document['source']}: {document['frames']} frames, {document['fps']:.1f} fps on "
        f"{document['cores']} cores, median of {len(document['runs'])}")
    table = Table(box=None, pad_edge=False)
    for heading in ("Stage", "ms per frame", "of it CPU"):
        table.add_column(heading, justify="left" if heading == "Stage" else "right")
    for row in _stage_rows(document["stages"], document["frames"]):
        table.add_row(*row)
    show(table)
    say_rules(rules)


def _stage_rows(stages: dict[str, dict[str, float]], frames: int) -> Iterator[tuple[str, ...]]:
    for name, cost in stages.items():
        yield (name, f"{1000 * cost['wall'] / frames:.2f}", f"{1000 * cost['cpu'] / frames:.2f}")
