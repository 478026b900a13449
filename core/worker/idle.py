"""Something to do while the queue has nothing: one process, ended as soon as there is a job."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from core.worker.apart import apart, step_back

_BUSY = 50.0
"""Percent of the processor that other programs may take on an idle machine."""
_GRACE = 2.0
"""Seconds that the process has to end by itself."""


class IdleWork:
    """Starts what `command` gives after `quiet` seconds without work on a machine that is idle.

    Where `command` gives nothing there is nothing to do. A process that came to its end is started
    again only once the queue has changed. It learns from the end of its standard input that it is
    to end.
    """

    def __init__(self, command: Callable[[], Sequence[str]], root: Path, quiet: float) -> None:
        self._command, self._root, self._quiet = command, root, quiet
        self._process: subprocess.Popen[bytes] | None = None
        self._since: float | None = None
        self._begun_at = self._done_at = -1.0

    def consider(self, now: float, changed: Callable[[], float]) -> None:
        """For whenever there is no job: start it if it is time, or see that it has ended.

        `changed` tells when the queue last changed.
        """
        if self._process is not None:
            if self._process.poll() is not None:
                self._done_at = self._begun_at
                self._let_go()
        elif self._since is None:
            self._since = now
            psutil.cpu_percent()  # begins to count
        elif now - self._since >= self._quiet:
            self._since = None
            if psutil.cpu_percent() < _BUSY and (mark := changed()) != self._done_at:
                self._start(mark)

    def yield_to_work(self) -> None:
        """End it, so that all of the machine is there for a job."""
        self._since = None
        if self._process is None:
            return
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        until = time.monotonic() + _GRACE
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        self._process.kill()
        self._let_go()

    def _start(self, mark: float) -> None:
        command = self._command()
        if not command:
            return
        with contextlib.suppress(OSError):  # nobody waits for it
            self._process = subprocess.Popen(
                command, cwd=self._root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, **apart())
            step_back(self._process.pid)
            self._begun_at = mark

    def _let_go(self) -> None:
        assert self._process is not None and self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process = None
