"""Small videos dropped onto a page: kept in a folder of the workstation, to be rendered there."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from app.draft import Draft
from core import durable
from core.jobs import JobStore, State
from core.naming import free_name
from core.paths import data_folder

_LONGEST = 120
_DAY = 24 * 3600.0
_KEPT = 30 * _DAY
"""Seconds after which a copy that nothing needs goes; within the first day none does."""
_ROOM = 10e9
"""Bytes beyond which the oldest of those go sooner."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names that Windows has for devices, with any suffix."""


def folder() -> Path:
    return data_folder() / "dropped"


def kept(name: str, content: bytes) -> Path:
    """Where a file now lies that somebody dropped; the same one again where it is known already.

    Raises DiskFull or CheckpointError where it cannot be kept.
    """
    path = folder() / safe(name)
    if _holds(path, content):
        with suppress(OSError):
            os.utime(path)  # it is used again
        return path
    path = free_name(path.parent, path.stem, path.suffix.lstrip(".") or "video")
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, content)
    return path


def trim(store: JobStore, drafts: Iterable[Draft]) -> None:
    """Remove copies that are old, or too much together, and that no job and no draft needs.

    A job that is done has no more need of its source than the Style Lab, for which it is kept as
    long as any.
    """
    done = {State.DONE, State.DONE_WITH_WARNINGS}
    needed = {job.source for job in store.list(frozenset(State) - done)}
    needed |= {source for draft in drafts for source in draft.sources}
    now, total = time.time(), 0.0
    for changed, size, path in sorted(_copies(), reverse=True):
        total += size
        age = now - changed
        if path not in needed and age > _DAY and (age > _KEPT or total > _ROOM):
            with suppress(OSError):  # somebody watches it right now
                path.unlink()
                total -= size


def _copies() -> list[tuple[float, int, Path]]:
    found = []
    with suppress(OSError):
        for path in folder().iterdir():
            with suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
    return found


def safe(name: str) -> str:
    """A file name of every system, without a folder, that still looks like `name`."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = re.sub(r'[<>:"|?*\x00-\x1f]', "_", last).rpartition(".")
    stem, suffix = (stem, suffix) if dot else (suffix, "")
    stem = stem.strip(" .")[:_LONGEST] or "video"
    if _DEVICES.fullmatch(stem.split(".")[0]):
        stem = f"_{stem}"
    suffix = re.sub(r"[^0-9a-z]", "", suffix.lower())[:8]
    return f"{stem}.{suffix}" if suffix else stem


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
