"""The machine does not go to sleep while a job runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
from types import TracebackType
from typing import Self

import psutil

_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
"""SetThreadExecutionState of the Windows API; it holds as long as the calling thread lives."""


class Awake:
    """Holds sleep off between `hold` and `release`; the screen may still go dark.

    Where the system offers no way, nothing happens. From one thread alone.
    """

    def __init__(self) -> None:
        self._holding = False
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.release()

    def hold(self) -> None:
        if self._holding:
            return
        self._holding = True
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetThreadExecutionState(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
        elif command := guard_command(os.getpid()):
            with contextlib.suppress(OSError):
                self._guard = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True)

    def release(self) -> None:
        if not self._holding:
            return
        self._holding = False
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetThreadExecutionState(_ES_CONTINUOUS)
        elif self._guard is not None:
            self._guard.terminate()
            self._guard.wait()
            self._guard = None


def guard_command(pid: int) -> list[str]:
    """A program that holds sleep off until process `pid` ends; empty where there is none."""
    if caffeinate := shutil.which("caffeinate"):
        return [caffeinate, "-i", "-w", str(pid)]
    inhibit, tail = shutil.which("systemd-inhibit"), shutil.which("tail")
    if inhibit and tail:
        return [inhibit, "--what=sleep:idle", "--who=Brushreel", "--why=Rendering video",
                tail, f"--pid={pid}", "-f", os.devnull]
    return []


def battery_note() -> str:
    """A sentence where the machine runs on its battery, else nothing."""
    ask = getattr(psutil, "sensors_battery", None)
    battery = ask() if ask is not None else None
    if battery is None or battery.power_plugged is not False:
        return ""
    return (f"This machine runs on its battery ({battery.percent:.0f} %); plug it in, or it may "
            "not last for what is queued.")
