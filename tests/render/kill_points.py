"""A render that is killed at a point chosen among all calls that a stage of it makes."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from core.pipeline import Pipeline
from tests import reels
from tests.clips import Film, Sound
from tests.render.mortal import die

STAGES = {
    ("preflight.py", "survey"): "survey", ("preflight.py", "plan_render"): "plan",
    ("run.py", "_write"): "chunk", ("checkpoint.py", "commit"): "commit", ("mux.py", "mux"): "mux",
    ("repair.py", "restore_sar"): "repair", ("check.py", "check_output"): "check",
    ("delivery.py", "deliver"): "naming", ("checkpoint.py", "clear"): "cleanup",
    ("workspace.py", "__exit__"): "leaving"}
"""By file and name: the functions that are, or resume, a stage of a render."""


@dataclass(frozen=True)
class Case:
    """A source, how it is drawn, and into what."""

    look: str
    codec: str
    name: str

    def source(self, folder: Path) -> Path:
        if self.name.endswith(".mp4"):
            return reels.source("b-frames", folder)
        path = folder / "stretched.mp4"
        if not path.is_file():
            Film(frames=reels.RATE * reels.SECONDS, time_base=Fraction(1, reels.RATE),
                 codec="libx264", sar=Fraction(4, 3), paint=reels.shots(*reels.CUTS),
                 options={"qp": "4", "preset": "ultrafast"},
                 sounds=(Sound(seconds=reels.SECONDS),)).write(path)
        return path

    def pipeline(self, folder: Path, target: Path) -> Pipeline:
        return reels.pipeline(self.source(folder), target, self.look, codec=self.codec,
                              overwrite=True)


CASES = {"lossless, with a step for the pixel shape": Case("afterglow, steady", "ffv1", "out.mkv"),
         "B-frames, with sound": Case("numbers", "h264", "out.mp4")}


class Watcher:
    """Counts the calls that this thread makes in each stage; dies at one of them, or soon after."""

    def __init__(self, stage: str = "", call: int = -1, delay: float = 0.0) -> None:
        self._stage, self._call, self._delay = stage, call, delay
        self._inside: list[str] = []
        self.calls: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        stage = STAGES.get((Path(code.co_filename).name, code.co_name))
        if stage is not None:
            if event == "return" and self._inside:
                self._inside.pop()
            elif event == "call":
                self._inside.append(stage)
        if self._inside:
            now = self._inside[-1]
            self.calls[now] += 1
            if now == self._stage and self.calls[now] == self._call + 1:
                self._die()

    def _die(self) -> None:
        """A delay lets it happen inside of a library."""
        if not self._delay:
            die()
        threading.Thread(target=lambda: (time.sleep(self._delay), die()), daemon=True).start()


def render(told: Connection, folder: Path, target: Path, case: str, watcher: Watcher) -> None:
    """Render a case, to its end or to the watcher's; tells how many calls each stage made."""
    with reels.extra_looks():
        run = CASES[case].pipeline(folder, target).run()
        sys.setprofile(watcher)
        for _ in run:
            pass
        sys.setprofile(None)
    told.send(dict(watcher.calls))
