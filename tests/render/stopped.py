"""Renders stopped on the way, and what becomes of them when they go on."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import reels

FRAMES = reels.RATE * reels.SECONDS


def stop(path: Path, target: Path, look: str, steps: int = 45, **options: Any) -> None:
    """Render until that many progress values have been seen."""
    with closing(reels.pipeline(path, target, look, **options).run()) as run:
        for _ in zip(range(steps), run, strict=False):
            pass


def finishes(path: Path, target: Path, look: str, resumed: int) -> None:
    """The same command again gives the whole, and leaves nothing but it."""
    result = reels.render(path, target, look)
    assert result.resumed_frames == resumed
    assert result.frames == FRAMES
    assert reels.shown(target) == whole(look)
    assert [left.name for left in target.parent.iterdir()] == [target.name]


@lru_cache
def whole(look: str) -> list[tuple[str, Any]]:
    """The pictures of a render of the film with B-frames that nothing disturbed."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "whole.mkv"
        reels.render(reels.source("b-frames", Path(folder)), target, look)
        return reels.shown(target)


def frames_in(target: Path, numbers: Iterable[int]) -> int:
    """Pictures in these chunks, as far as they are finished."""
    entries = reels.entries(target)
    return sum(len(entries[number]["pts"]) for number in numbers if number in entries)
