"""A worker in a process of its own, for tests: QUEUE [once], which children are ours."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil

from core.errors import JobError
from core.jobs import JobStore
from core.worker import Duties, Patience, Worker, idle
from scripts import terminal
from scripts.interrupts import interruptible
from tests.jobs.test_idle import WAITS


def say(text: str) -> None:
    terminal.say(f"{time.monotonic():.2f} {text}")


def main(queue: str, *words: str) -> int:
    heat = Path(queue).with_name("heat")
    told = Path(queue).with_name("announced")

    def announce(title: str, text: str) -> None:
        with told.open("a") as lines:
            lines.write(f"{title}: {text}\n")

    duties = Duties(
        command=(sys.executable, "-m", "tests.jobs.child", "run-job", "--queue", queue),
        gpus=int("gpu" in words),
        patience=Patience(preparing=30, rendering=3, joining=30, times=3),
        hot=lambda _: "It is hot." if heat.exists() else "",
        tell=say,
        announce=announce, staying="once" not in words, quiet=0.5,
        idle=lambda: (sys.executable, "-c", WAITS, str(told.with_name("idle")))
        if "idle" in words else ())
    if "idle" in words:
        psutil.cpu_percent = lambda: 0.0  # whatever else this machine does
        idle._GRACE = 30.0
    try:
        with interruptible(), JobStore(Path(queue)) as store:
            Worker(store, duties).run()
    except JobError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
