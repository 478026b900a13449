"""Changes to what is installed: one at a time, and whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from core import durable

REMOVED = ".removed-"
"""Begins the name of what is on its way out."""
_STAGING = ".import-"


@contextmanager
def changing(models: Path) -> Iterator[Path]:
    """One change at a time, with an empty folder for what is not installed yet.

    What an interrupted change has left goes first.
    """
    with durable.saving(models):
        models.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(models / ".lock"):
        for left in models.glob(".*-*"):
            if left.name.startswith((_STAGING, REMOVED)):
                shutil.rmtree(left, ignore_errors=True)
        staging = models / f"{_STAGING}now"
        try:
            with durable.saving(staging):
                staging.mkdir()
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def numbered(model: Path) -> list[int]:
    """The versions that lie in the folder of a model, oldest first."""
    found = model.iterdir() if model.is_dir() else ()
    return sorted(int(path.name) for path in found if path.name.isdecimal())
