"""Small videos dropped onto a page: kept in a folder of the workstation, to be rendered there."""

from __future__ import annotations

import re
from pathlib import Path

from core import durable
from core.naming import free_name
from core.paths import data_folder

_LONGEST = 120
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
        return path
    path = free_name(path.parent, path.stem, path.suffix.lstrip(".") or "video")
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, content)
    return path


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
