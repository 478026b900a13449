"""Whether the disk suffices, before and while a render runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.durable import saving
from core.errors import DiskFull
from core.render.plan import RenderPlan

DISK_FLOOR = 256 * 2**20
"""Bytes that stay free on the disks written to; below it a render pauses."""

_BITS_PER_PIXEL = {"ffv1": 0.45, "prores": 3.5}
"""Of output per pixel: ffv1's as a share of the raw samples."""


def check_disk(plan: RenderPlan, folder: Path) -> None:
    """Refuse a render whose chunks and output would not fit; what `folder` holds is paid for."""
    output, work = plan.target.parent, folder.parent
    with saving(work):
        held = sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0
        one_disk = output.stat().st_dev == work.stat().st_dev
    size = estimated_size(plan)
    if one_disk:
        _check_free(output, max(2 * size - held, 0))
    else:
        _check_free(output, size)
        _check_free(work, max(size - held, 0))


def _check_free(folder: Path, needed: int) -> None:
    needed += DISK_FLOOR
    free = _free(folder)
    if free < needed:
        raise DiskFull(
            f"{folder} has {free / 2**20:.0f} MB free, and this render needs about "
            f"{needed / 2**20:.0f} MB.", "Free some space, or choose another folder.")


def check_floor(folder: Path, needed: int = 0) -> None:
    """Stop a render while there is still room to stop in order; `needed` is to be written next."""
    free = _free(folder)
    if free < DISK_FLOOR + needed:
        raise DiskFull(f"Only {free / 2**20:.0f} MB are free, so the render pauses.",
                       "Free some space and run the same command again; it resumes.")


def _free(folder: Path) -> int:
    with saving(folder):  # it may be gone, with the disk it was on
        return shutil.disk_usage(folder).free


def estimated_size(plan: RenderPlan) -> int:
    """Bytes the output will hold, cautiously low for lossy codecs."""
    spec, pixels = plan.spec, plan.spec.width * plan.spec.height * plan.frames
    if spec.codec == "ffv1":
        return int(pixels * plan.source.bits * 1.5 * _BITS_PER_PIXEL["ffv1"] / 8)
    return int(pixels * _BITS_PER_PIXEL.get(spec.codec, 0.03) / 8)
