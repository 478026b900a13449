"""What looks may use of this machine, and what they give up where a GPU has too little memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Budget:
    """Bytes that looks count on for as long as a render is unfinished; None where nobody knows.

    How they divide pictures goes by these, and must not change from one chunk to the next.
    """

    memory: int | None = None
    gpu_memory: int | None = None

    @classmethod
    def of_now(cls, stack: Stack) -> Budget:
        """What is free just now, where some look wants to know."""
        if not stack.demanding:
            return cls()
        return cls(int(psutil.virtual_memory().available), _gpu_memory())


def ready(stack: Stack, source: VideoMetadata, execution: ExecutionPlan, step: GpuStep,
          budget: Budget, trial: Callable[[], T]) -> tuple[T, GpuStep, tuple[str, ...]]:
    """Get the looks ready and make a trial of them, with less of the GPU until it passes.

    Gives what the trial gave, the step it passed with, and what the looks have to say. Raises what
    keeps a look from being drawn.
    """
    while True:
        said = stack.prepare(source.width, source.height, source.sar,
                             _means(stack, execution, step, budget))
        try:
            return trial(), step, said
        except GpuOutOfMemory:
            lower = smaller(step)
            if lower is None:
                raise
            step = lower


def _means(stack: Stack, execution: ExecutionPlan, step: GpuStep, budget: Budget) -> Means:
    """`step` and `budget` in the terms of looks."""
    if not stack.demanding:
        return Means(workers=execution.workers)
    return Means(
        workers=execution.workers, cores=usable_cores(),
        memory=budget.memory, gpu_memory=budget.gpu_memory,
        batch=step.batch, tile=step.tile, gpu=step.on_gpu)


def _gpu_memory() -> int | None:
    """Bytes that may be taken of the first GPU, which networks run on; None where nobody tells."""
    from core.hardware import HardwareManager

    with HardwareManager() as hardware:
        gpus = hardware.report().gpus
    free = gpus[0].memory_free if gpus else None
    return None if free is None else max(free - RESERVE, 0)
