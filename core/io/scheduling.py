"""Encoders share the machine: none may put this process before everything else on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def usual_scheduling() -> Iterator[None]:
    """Take back what opening SVT-AV1 as root does on Linux.

    It gives its own threads and the calling one, and so all that is started later, real-time
    priority (SCHED_FIFO, 99): they run before the system's own work, and wait for each other in
    vain where one spins.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            for thread in Path("/proc/self/task").iterdir():
                with suppress(ProcessLookupError):
                    os.sched_setscheduler(int(thread.name), policy, priority)
