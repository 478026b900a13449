"""A worker that outlives whoever starts it: the application's server, a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.errors import JobError
from core.jobs.store import JobStore
from core.worker.apart import alone, silently
from core.worker.single import worker_is_there

ROOT = Path(__file__).resolve().parents[2]
WORK = (sys.executable, "-m", "scripts.cli", "work")
BACKGROUND = "--background"
LOG = "worker.log"

_START = 20.0
"""Seconds a worker may take to begin."""


def ensure_worker(store: JobStore) -> bool:
    """Start a worker in the background unless one is there; whether one had to be started.

    Raises JobError where it does not begin.
    """
    if worker_is_there(store):
        return False
    # By way of a process that ends at once, so that the worker is nobody's child.
    subprocess.run([*WORK, BACKGROUND, "--queue", str(store.path.absolute())], cwd=ROOT,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False, timeout=_START, **silently())
    until = time.monotonic() + _START
    while not worker_is_there(store):
        if time.monotonic() > until:
            raise JobError("The worker does not start.",
                           f"Read {store.path.with_name(LOG)}, or run the command work.")
        time.sleep(0.05)
    return True


def detach(command: Sequence[str], log: Path) -> None:
    """Start a process that stays when this one and its terminal are gone."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                         stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
                         **alone())

