"""What looks may use of this machine, and what they give up where a GPU has too little memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import psutil

from core.errors import GpuOutOfMemory
from core.hardware.execution import ExecutionPlan, usable_cores
from core.hardware.vram import RESERVE, GpuStep, smaller
from core.io.probe import VideoMetadata
from core.render.stack import Stack
from stylizers.base import Means

FIRST = GpuStep(batch=4, may_halve=False)
"""What a look begins with, where nothing was given up yet."""

T = TypeVar("T")


def ready(stack: Stack, source: VideoMetadata, execution: ExecutionPlan, step: GpuStep,
          trial: Callable[[], T]) -> tuple[T, GpuStep, tuple[str, ...]]:
    """Get the looks ready and make a trial of them, with less of the GPU until it passes.

    Gives what the trial gave, the step it passed with, and what the looks have to say. Raises what
    keeps a look from being drawn.
    """
    while True:
        said = stack.prepare(source.width, source.height, source.sar, means(stack, execution, step))
        try:
            return trial(), step, said
        except GpuOutOfMemory:
            lower = smaller(step)
            if lower is None:
                raise
            step = lower


def means(stack: Stack, execution: ExecutionPlan, step: GpuStep) -> Means:
    """`step` in the terms of looks, with what is free just now."""
    if not stack.demanding:
        return Means(workers=execution.workers)
    return Means(
        workers=execution.workers, cores=usable_cores(),
        memory=int(psutil.virtual_memory().available), gpu_memory=_gpu_memory(),
        batch=step.batch, tile=step.tile, gpu=step.on_gpu)


def _gpu_memory() -> int | None:
    """Bytes that may be taken of the first GPU, which networks run on; None where nobody tells."""
    from core.hardware import HardwareManager

    with HardwareManager() as hardware:
        gpus = hardware.report().gpus
    free = gpus[0].memory_free if gpus else None
    return None if free is None else max(free - RESERVE, 0)
