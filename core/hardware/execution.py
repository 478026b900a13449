"""How work is divided over a machine: how many pictures at a time, and threads for each stage."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

from core.errors import OutOfMemory


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """The one place that says how many of what run at a time.

    `workers` pictures are drawn at a time, each on `picture_threads` threads, which holds for
    OpenCV's own threads and those of compiled loops. `decode_threads` and `encode_threads` are
    FFmpeg's, 0 for as many as it likes. `gpu_jobs` renders may use the GPU at the same time; any
    others run beside them on the processor.
    """

    workers: int
    gpu_jobs: int = 0
    decode_threads: int = 0
    encode_threads: int = 0
    picture_threads: int = 1


def usable_cores() -> int:
    """Processor cores this process may run on, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def execution_plan(width: int, height: int, bits: int, *, asked: int | None = None,
                   gpus: int = 0) -> ExecutionPlan:
    """The plan for pictures of this size, with `asked` workers, or None for one on every core.

    Pictures in flight are the source's, the drawn, the steady and the encoded, for each worker,
    and those looked ahead at; there are as many as memory has room for. Raises OutOfMemory where
    there is room for none.
    """
    picture = width * height * (3 if bits == 8 else 6) * 4
    available = psutil.virtual_memory().available
    fitting = (available // picture - 5) // 2
    if fitting < 1:
        raise OutOfMemory(
            f"Pictures of {width}x{height} need about {7 * picture / 2**30:.1f} GB of memory, and "
            f"{available / 2**30:.1f} GB are free.", "Close other programs and try again.")
    return ExecutionPlan(min(asked or usable_cores(), fitting), gpu_jobs=min(gpus, 1))
