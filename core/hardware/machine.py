"""The computer itself: system, processor, memory, and the disks of our folders."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.hardware.execution import usable_cores


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes. `usable` cores are those this process may run on."""

    system: str
    python: str
    processor: str
    cores: int
    usable: int
    memory: int
    available: int
    laptop: bool


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that holds, or would hold, a folder; sizes in bytes."""

    folder: Path
    free: int
    total: int
    writable: bool


def this_machine() -> Machine:
    memory = psutil.virtual_memory()
    return Machine(
        system=f"{platform.system()} {platform.release()} ({platform.machine()})",
        python=platform.python_version(), processor=_processor(), cores=os.cpu_count() or 1,
        usable=usable_cores(), memory=memory.total, available=memory.available,
        laptop=has_battery())


def has_battery() -> bool:
    """Whether a battery is built in; some systems do not tell, and count as desktops."""
    ask = getattr(psutil, "sensors_battery", None)
    return ask is not None and ask() is not None


def disk_of(folder: Path) -> Disk:
    """The disk of a folder that need not be there yet; all zero where its drive is not there."""
    folder = folder.absolute()
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    if there is None:
        return Disk(folder, 0, 0, writable=False)
    usage = shutil.disk_usage(there)
    return Disk(folder, usage.free, usage.total, os.access(there, os.W_OK))


def _processor() -> str:
    """The processor as it is sold; the architecture where the system does not say."""
    if platform.system() == "Linux":
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(named, platform.machine())
    if platform.system() == "Darwin":
        done = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True,
                              text=True, check=False)
        return done.stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()
