"""Whether disk and memory suffice, before and while a render runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil

from core.errors import DiskFull, OutOfMemory
from core.io.probe import VideoMetadata
from core.render.plan import RenderPlan

DISK_FLOOR = 256 * 2**20
"""Bytes that stay free on the disks written to; below it a render pauses."""

_BITS_PER_PIXEL = {"ffv1": 0.45, "prores": 3.5}
"""Of output per pixel: ffv1's as a share of the raw samples."""


def workers_that_fit(source: VideoMetadata, asked: int | None) -> int:
    """As many as asked for (None for every core), or as memory has room for.

    Pictures in flight are the source's, the drawn, the steady and the encoded, for each worker.
    Raises OutOfMemory where there is no room for one.
    """
    picture = source.width * source.height * (3 if source.bits == 8 else 6) * 4
    available = psutil.virtual_memory().available
    fitting = (available // picture - 4) // 2
    if fitting < 1:
        raise OutOfMemory(
            f"Pictures of {source.width}x{source.height} need about "
            f"{6 * picture / 2**30:.1f} GB of memory, and {available / 2**30:.1f} GB are free.",
            "Close other programs and try again.")
    return min(asked or os.cpu_count() or 1, fitting)


def check_disk(plan: RenderPlan, folder: Path) -> None:
    """Refuse a render whose chunks and output would not fit; what `folder` holds is paid for."""
    held = sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0
    needed = max(2 * estimated_size(plan) - held, 0) + DISK_FLOOR
    free = shutil.disk_usage(plan.target.parent).free
    if free < needed:
        raise DiskFull(
            f"{plan.target.parent} has {free / 2**20:.0f} MB free, and this render needs about "
            f"{needed / 2**20:.0f} MB.", "Free some space, or choose another folder.")


def check_floor(folder: Path, needed: int = 0) -> None:
    """Stop a render while there is still room to stop in order; `needed` is to be written next."""
    free = shutil.disk_usage(folder).free
    if free < DISK_FLOOR + needed:
        raise DiskFull(f"Only {free / 2**20:.0f} MB are free, so the render pauses.",
                       "Free some space and run the same command again; it resumes.")


def estimated_size(plan: RenderPlan) -> int:
    """Bytes the output will hold, cautiously low for lossy codecs."""
    spec, pixels = plan.spec, plan.spec.width * plan.spec.height * plan.frames
    if spec.codec == "ffv1":
        return int(pixels * plan.source.bits * 1.5 * _BITS_PER_PIXEL["ffv1"] / 8)
    return int(pixels * _BITS_PER_PIXEL.get(spec.codec, 0.03) / 8)
