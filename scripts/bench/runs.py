"""Single measurements: one render, one transcode, the peak memory of one process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from core.errors import RenderError

if TYPE_CHECKING:
    from core.io.encoders import VideoSpec
    from core.progress import StageCost
    from core.recipe import Recipe

IN_ORDER = ("decode", "cuts", "analyze", "temporal", "encode", "commit", "mux")
"""Stages that one frame passes after the other; the rest run for several frames at a time."""
POLL = 0.02


@dataclass(frozen=True, slots=True)
class Timed:
    """One render: seconds on the clock, seconds of all cores, and what each stage took."""

    frames: int
    wall: float
    core_seconds: float
    stages: Mapping[str, StageCost]

    @property
    def bound(self) -> float:
        """No render can be faster than its slowest stage in order, or than its cores."""
        in_order = max((cost.wall for stage, cost in self.stages.items() if stage in IN_ORDER),
                       default=0.0)
        return max(in_order, self.core_seconds / (os.cpu_count() or 1))

    @property
    def overhead(self) -> float:
        return self.wall / self.bound


def timed_render(source: Path, target: Path, recipe: Recipe, end: Fraction | None) -> Timed:
    """Render once from nothing; `target` is removed again."""
    from core.pipeline import Pipeline

    pipeline = Pipeline(source, target, recipe=recipe, end=end, resume=False, overwrite=True)
    wall, cores = time.perf_counter(), time.process_time()
    result = pipeline.process()
    wall, cores = time.perf_counter() - wall, time.process_time() - cores
    target.unlink()
    return Timed(result.frames, wall, cores, dict(pipeline.timings.stages))


def timed_transcode(source: Path, target: Path, spec: VideoSpec, frames: int) -> float:
    """Seconds FFmpeg takes for the same frames with the same encoder; `target` is removed."""
    from core.io.repair import transcode_reference

    options = {**dict(spec.options), "frames:v": str(frames)}
    begun = time.perf_counter()
    transcode_reference(source, target, spec.entry.encoder, options, spec.threads)
    seconds = time.perf_counter() - begun
    target.unlink()
    return seconds


def peak_memory(source: Path, target: Path, style: str, *options: str) -> int:
    """Bytes a render of the whole source holds at its peak, in a process of its own."""
    import psutil

    command = [sys.executable, "-m", "scripts.cli", "render", "--in", str(source), "--styles",
               style, "--out", str(target), "--no-resume", "--overwrite", *options]
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        process, peak = psutil.Process(child.pid), 0
        while child.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(POLL)
    if child.returncode:
        raise RenderError(f"The render of {source.name} to be measured failed.",
                          "Try it by itself with the command render.")
    target.unlink()
    return peak


def typical(runs: list[Timed]) -> Timed:
    """The run whose overhead is nearest the median."""
    middle = median(run.overhead for run in runs)
    return min(runs, key=lambda run: abs(run.overhead - middle))
