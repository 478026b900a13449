"""The state of the machine, as short words for the strip above every page."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from app.facts import size
from core.hardware import Gpu, HardwareManager, Observation, disk_of, load_now

_FRESH = 1.0
"""Seconds that an answer of the driver holds for all pages."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One number: `share` 0..1 fills its bar, None has none; `warn` colors it."""

    label: str
    value: str
    share: float | None = None
    warn: bool = False


class Watch:
    """Asks the machine at most once a second, whoever wants to know. Safe for several threads."""

    def __init__(self) -> None:
        self._hardware = HardwareManager()
        self._lock = threading.Lock()
        self._known: tuple[float, Observation] | None = None

    def observation(self) -> Observation:
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > _FRESH:
                self._known = time.monotonic(), self._hardware.observe()
            return self._known[1]

    def vitals(self, folder: Path) -> list[Vital]:
        """GPUs where there are any, then processor, memory, and the disk of `folder`."""
        seen = self.observation()
        hot = bool(seen.hot)
        found = [vital for gpu in seen.report.gpus for vital in gpu_vitals(gpu, hot=hot)]
        return found + _machine(folder)


def gpu_vitals(gpu: Gpu, *, hot: bool) -> list[Vital]:
    """What the driver tells; what it does not tell is left out."""
    found = [Vital("GPU", gpu.name.removeprefix("NVIDIA ").removeprefix("GeForce "))]
    if gpu.utilization is not None:
        found.append(Vital("Load", f"{gpu.utilization} %", gpu.utilization / 100))
    if gpu.memory_used is not None and gpu.memory_total:
        share = gpu.memory_used / gpu.memory_total
        found.append(Vital("VRAM", f"{gpu.memory_used / 2**30:.1f} of "
                           f"{gpu.memory_total / 2**30:.0f} GB", share, share > 0.95))
    if gpu.temperature is not None:
        found.append(Vital("Temp", f"{gpu.temperature} °C", gpu.temperature / 100, hot))
    return found


def _machine(folder: Path) -> list[Vital]:
    load, disk = load_now(), disk_of(folder)
    memory = load.memory_used / load.memory_total
    full = disk.total and disk.free < 2 * 2**30
    return [
        Vital("CPU", f"{load.processor:.0f} %", load.processor / 100),
        Vital("Memory", f"{load.memory_used / 2**30:.1f} of {load.memory_total / 2**30:.0f} GB",
              memory, memory > 0.95),
        Vital("Disk", f"{size(disk.free)} free" if disk.total else "not there",
              1 - disk.free / disk.total if disk.total else None, bool(full))]
