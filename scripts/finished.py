"""Which renders of an interrupted batch are done, so that the same command goes on after them.

One small file for each in the data folder, until the whole batch is through.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.paths import data_folder

if TYPE_CHECKING:
    from core.recipe import Recipe


class Finished:
    """The memory of batches that render the same range into the same folder."""

    def __init__(self, out: Path, start: Fraction | None, end: Fraction | None) -> None:
        self._folder = data_folder() / "batches"
        self._common = [str(out.resolve()), str(start), str(end)]

    def result(self, source: Path, recipe: Recipe) -> Path | None:
        """What an earlier run made of it, if neither source nor result changed since."""
        try:
            target, seen = json.loads(self._note(source, recipe).read_text(encoding="utf-8"))
            path = Path(target)
            return path if _looks(path) == seen else None
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def add(self, source: Path, recipe: Recipe, target: Path) -> None:
        """Without this note the same command would render it again, which loses nothing."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            content = json.dumps([str(target.resolve()), _looks(target)])
            self._note(source, recipe).write_text(content, encoding="utf-8")

    def forget(self, jobs: Iterable[tuple[Path, Recipe]]) -> None:
        for source, recipe in jobs:
            with contextlib.suppress(OSError):
                self._note(source, recipe).unlink(missing_ok=True)

    def _note(self, source: Path, recipe: Recipe) -> Path:
        what = [*self._common, str(source.resolve()), _looks(source), recipe.portable()]
        return self._folder / f"{hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]}.json"


def _looks(path: Path) -> list[Any]:
    """Enough to notice that a file was changed or replaced."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
