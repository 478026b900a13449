"""What a training run leaves to look at: losses step by step, and a sheet of samples per epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from core import durable

LOSSES = "losses.csv"


def sheet_file(folder: Path, epoch: int) -> Path:
    return folder / f"sheet-{epoch:03}.jpg"


class Curves:
    """In `folder`: losses.csv with a line a step, and sheet-EPOCH.jpg."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[dict[str, str]] = []
        path = folder / LOSSES
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                self._rows = list(csv.DictReader(lines))

    def add(self, step: int, terms: Mapping[str, float], validation: float | None) -> None:
        """Written with the next `keep`, or at once where it has a validation."""
        row = {"step": str(step), **{name: f"{value:.6g}" for name, value in terms.items()}}
        self._rows.append({**row, "validation": "" if validation is None else f"{validation:.6g}"})
        if validation is not None:
            self._write()

    def keep(self, step: int) -> None:
        """Forget what came after `step`: a run that was interrupted learns it again."""
        self._rows = [row for row in self._rows if (row.get("step") or "").isdecimal()
                      and int(row["step"]) <= step]

    def show(self, epoch: int, sheet: np.ndarray) -> None:
        """Keep a sheet, RGB uint8 (H, W, 3)."""
        _, content = cv2.imencode(".jpg", sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        with durable.saving(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        durable.write(sheet_file(self._folder, epoch), content.tobytes())

    def _write(self) -> None:
        text = io.StringIO(newline="")
        names = dict.fromkeys(name for row in self._rows for name in row)
        writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        durable.write(self._folder / LOSSES, text.getvalue().encode())
