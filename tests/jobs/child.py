"""The child of a worker in tests: run-job, with kinds of job that do and suffer what real ones may.

`count` works through `units` of one file each, `chunk` of them at a time being kept, and takes note
of all it does in a journal beside its target.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import DiskFull, RenderError
from core.io.reader import TimedPicture, VideoReader
from core.jobs import PREVIEW, JobProgress
from core.progress import Followed
from scripts import kinds, rendering
from scripts.desk import Desk, Ending, Steps


@contextmanager
def journal(desk: Desk) -> Iterator[Path]:
    """Notes who works on the job, and whether another does so at the same time."""
    target = desk.job.target
    path, busy = target.with_suffix(".journal"), target.with_suffix(f".busy-{os.getpid()}")
    others = [int(other.suffix.partition("-")[2]) for other in
              target.parent.glob(f"{target.stem}.busy-*")]
    busy.touch()
    with path.open("a") as lines:
        twice = [pid for pid in others if Path(f"/proc/{pid}").exists()]
        lines.write(f"TWICE {twice}\n" if twice else "start\n")
    yield path
    busy.unlink()


def count(desk: Desk) -> Steps:
    options = desk.job.order.options
    units, chunk, pause = options["units"], options.get("chunk", 5), options.get("pause", 0.02)
    ledger = desk.job.target.with_suffix(".ledger")
    kept = int(ledger.read_text()) if ledger.is_file() else 0
    desk.plan({"units": units, "folder": str(desk.folder)})
    with journal(desk) as path:
        for unit in range(kept, units):
            time.sleep(pause)
            with path.open("a") as lines:
                lines.write(f"unit {unit}\n")
            if (unit + 1) % chunk == 0:
                kept = unit + 1
                fresh = ledger.with_suffix(".fresh")
                fresh.write_text(str(kept))
                os.replace(fresh, ledger)
            yield JobProgress("render", unit + 1, units, 1 / pause, (units - unit) * pause,
                              unit // chunk, units // chunk, kept)
    desk.job.target.write_text("done")
    return Ending({"frames": units}, tuple(options.get("warnings", ())))


def crash(desk: Desk) -> Steps:
    with journal(desk):
        yield JobProgress("render", 1, 10)
        os.kill(os.getpid(), signal.SIGSEGV)


def hang(desk: Desk) -> Steps:
    with journal(desk):
        yield JobProgress("render", 1, 10)
        time.sleep(1000)


def deaf(desk: Desk) -> Steps:
    """Does not stop when asked to."""
    with journal(desk):
        while True:
            try:
                yield JobProgress("render", 1, 10)
                time.sleep(1000)
            except KeyboardInterrupt:
                continue


def fail(desk: Desk) -> Steps:
    with journal(desk):
        yield JobProgress("render", 1, 10)
        raise RenderError("The colors ran out.", "Buy some.")


def broken(desk: Desk) -> Steps:
    with journal(desk):
        yield JobProgress("render", 1 // desk.job.order.options["nothing"], 10)
    return Ending({})


def full(desk: Desk) -> Steps:
    """Needs room on the disk, which is there once somebody has made some."""
    with journal(desk):
        yield JobProgress("render", 1, 10)
        if not desk.job.target.with_suffix(".room").exists():
            raise DiskFull("Only 3 MB are free, so the render pauses.", "Free some space.")
    return Ending({})


def stuck(desk: Desk) -> Steps:
    """A render whose decoder does not come back, the first time."""
    decode = VideoReader.pictures

    def decoder_that_hangs(self: VideoReader, *arguments: Any) -> Iterator[TimedPicture]:
        for number, picture in enumerate(decode(self, *arguments)):
            if number == 25:
                threading.Event().wait()
            yield picture

    if desk.job.attempts == 1:
        VideoReader.pictures = decoder_that_hangs
    return (yield from rendering.steps(desk))


def slow(desk: Desk) -> Steps:
    """A render that gives others time to kill it."""
    with Followed(rendering.steps(desk)) as steps:
        for progress in steps:
            time.sleep(0.01)
            yield progress
    return steps.result


TROUBLES = {"count": count, PREVIEW: count, "crash": crash, "hang": hang, "deaf": deaf,
            "fail": fail, "broken": broken, "full": full, "stuck": stuck, "render": slow}

if __name__ == "__main__":
    kinds.KINDS = MappingProxyType({**kinds.KINDS, **TROUBLES})
    from scripts.cli import main

    sys.exit(main())
