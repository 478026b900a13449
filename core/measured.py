"""Where it is kept what was measured of a render without being asked for beside it."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

from core.paths import cache_folder

FOLDER = "metrics"
"""Of the cache: it can be measured again at any time."""


def place_of(source: Path, output: Path, start: Fraction | None, end: Fraction | None,
             folder: Path | None = None) -> Path:
    """The JSON file for what `output` shows of `source`; another once either file has changed."""
    text = "|".join(f"{path}|{_stamp(path)}" for path in (source, output))
    text = f"{text}|{start}|{end}"
    name = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return (folder or cache_folder() / FOLDER) / f"{name}.json"


def _stamp(path: Path) -> tuple[int, int]:
    """Zeros where it is gone."""
    try:
        known = path.stat()
    except OSError:
        return 0, 0
    return known.st_size, known.st_mtime_ns
