"""What the app keeps that can be made again: how much it is, and throwing the oldest away."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from core import measured
from core.paths import cache_folder

PROXIES, PREVIEWS = "proxies", "previews"


def folders() -> tuple[Path, ...]:
    return tuple(cache_folder() / name for name in (PROXIES, PREVIEWS, measured.FOLDER))


def held() -> int:
    """Bytes."""
    return sum(size for _, size, _ in _files())


def trim(room: float) -> int:
    """Delete the oldest until no more than `room` bytes are held; gives what was freed."""
    files = sorted(_files())
    total, freed = sum(size for _, size, _ in files), 0
    for _, size, path in files:
        if total - freed <= room:
            break
        with suppress(OSError):  # somebody watches it right now
            path.unlink()
            freed += size
    return freed


def _files() -> list[tuple[float, int, Path]]:
    found = []
    for folder in folders():
        with suppress(OSError):
            for path in folder.iterdir():
                with suppress(OSError):
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
    return found
