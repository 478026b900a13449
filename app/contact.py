"""The contact sheet: looks at every quality, each measured on this machine with some frames."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from core.recipe import QUALITIES, Recipe

FRAMES = 24
"""Rendered of each, from the playhead on."""
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cell:
    """One look at one quality. `fps`, `size` in bytes and `seconds` are for the whole video.

    None while they are not measured; `error` says why they cannot be.
    """

    take: int
    recipe: Recipe
    fps: float | None = None
    size: float | None = None
    seconds: float | None = None
    error: str = ""

    @property
    def measured(self) -> bool:
        return self.fps is not None or bool(self.error)


class ContactSheet:
    """Measures cell after cell in a thread of its own; `close` ends it."""

    def __init__(self, source: Path, recipes: list[Recipe], start: Fraction, length: Fraction,
                 rate: Fraction, measure: Callable[..., dict[str, float]] | None = None) -> None:
        self._source, self._start, self._measure = source, start, measure or measured
        self._frames, self._rate = length * rate, rate
        self._of = source, recipes, start
        self._closed = False
        self._process: list[subprocess.Popen[str]] = []
        self.cells = [Cell(take, recipe.model_copy(update={"preset": quality}))
                      for take, recipe in enumerate(recipes) for quality in QUALITIES]
        self._thread = threading.Thread(target=self._run, name="contact-sheet", daemon=True)
        self._thread.start()

    def serves(self, source: Path, recipes: list[Recipe], start: Fraction) -> bool:
        """Whether this is the sheet of these looks there, measured or being measured."""
        return (self._of == (source, recipes, start)
                and (self.done or not self._closed))

    @property
    def done(self) -> bool:
        return all(cell.measured for cell in self.cells)

    def close(self) -> None:
        self._closed = True
        for process in self._process:
            process.terminate()

    def _run(self) -> None:
        for place, cell in enumerate(self.cells):
            if self._closed:
                return
            end = self._start + FRAMES / self._rate
            try:
                found = self._measure(self._source, cell.recipe, self._start, end, self._process)
            except (OSError, ValueError, KeyError, IndexError) as error:
                self.cells[place] = replace(cell, error=str(error) or "It cannot be measured.")
                continue
            frames = float(self._frames)
            self.cells[place] = replace(
                cell, fps=found["fps"], seconds=frames / found["fps"],
                size=found["size"] / found["frames"] * frames)


def measured(source: Path, recipe: Recipe, start: Fraction, end: Fraction,
             running: list[subprocess.Popen[str]]) -> dict[str, float]:
    """Render from `start` to `end` in a process of its own: fps, bytes, frames.

    Raises ValueError with what was said where that fails.
    """
    with tempfile.TemporaryDirectory(prefix="brushreel-") as folder:
        (Path(folder) / "recipe.json").write_text(recipe.to_json(), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.cli", "render", "--in", str(source), "--recipe",
             str(Path(folder) / "recipe.json"), "--out", folder, "--json",
             "--start", f"{float(start):.6f}", "--end", f"{float(end):.6f}"],
            cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running[:] = [process]
        said, complaints = process.communicate()
        if process.returncode:
            raise ValueError(complaints.strip().splitlines()[-1] if complaints.strip()
                             else "It was ended.")
        result = json.loads(said)["results"][0]
        return {"fps": max(float(result["fps"]), 1e-3), "frames": max(int(result["frames"]), 1),
                "size": Path(result["path"]).stat().st_size}
