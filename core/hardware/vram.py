"""What to give up, in which order, when a GPU has too little memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

TILES = (1024, 768, 512, 256)
"""Sides of the square tiles a picture may be cut into, in pixels, the largest first."""

RESERVE = 256 * 2**20
"""Bytes that stay free for the driver and the desktop."""


@dataclass(frozen=True, slots=True)
class GpuStep:
    """How a model is run: pictures at a time, in tiles or whole, at which precision, and where.

    `tile` is a side in pixels, None for whole pictures. `may_tile` and `may_halve` tell what the
    model allows: a network with instance norm sees the whole picture and cannot be tiled.
    """

    batch: int = 1
    tile: int | None = None
    half: bool = False
    on_gpu: bool = True
    may_tile: bool = True
    may_halve: bool = True


def smaller(step: GpuStep) -> GpuStep | None:
    """The next rung down: batch, then tile, then precision, then CPU; None at the bottom."""
    if not step.on_gpu:
        return None
    if step.batch > 1:
        return replace(step, batch=step.batch // 2)
    lower = [side for side in TILES if step.tile is None or side < step.tile]
    if step.may_tile and lower:
        return replace(step, tile=lower[0])
    if step.may_halve and not step.half:
        return replace(step, half=True)
    # The processor has memory enough for whole pictures, and is no faster at half precision.
    return replace(step, on_gpu=False, tile=None, half=False)


def fitting(step: GpuStep, free: int | None, need: Callable[[GpuStep], int]) -> GpuStep:
    """The first rung from `step` down whose `need`, in bytes, fits into `free` bytes.

    The processor's rung always fits. An unknown `free` changes nothing: the failed allocation
    will tell, and `smaller` is what to try after it.
    """
    while step.on_gpu and free is not None and need(step) + RESERVE > free:
        lower = smaller(step)
        assert lower is not None  # only the processor has nothing below it
        step = lower
    return step
