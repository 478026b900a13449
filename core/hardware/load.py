"""How busy the computer is right now."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Load:
    """`processor` in percent of all cores since it was last asked; memory in bytes."""

    processor: float
    memory_used: int
    memory_total: int


def load_now() -> Load:
    memory = psutil.virtual_memory()
    return Load(psutil.cpu_percent(None), memory.total - memory.available, memory.total)
