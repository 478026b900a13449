"""One job's process, as the worker holds it: started, asked to stop, made to, frozen, thawed.

It is asked through a pipe to its standard input, on every system the same: the line "stop" means
what its name says, and the end of the pipe that the worker is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from core.jobs.claims import Claim
from core.worker.apart import apart, step_back

CLAIM = "BRUSHREEL_CLAIM"
"""The variable in which a child finds the token of its claim."""
LOG = "log.txt"
STOP = b"stop\n"

DUMP: signal.Signals | None = getattr(signal, "SIGUSR1", None)
"""Has a child write into its log what each of its threads is doing."""

_GRACE, _LEAVING, _LAST_WORDS = 4.0, 15.0, 0.3
"""Seconds that a child has to stop by itself, to leave when it is done, and to say what hangs."""


class Child:
    """A running process. `command` is completed by the job's number; output goes to its log.

    Unless it is `urgent`, it leaves the processor to the programs that somebody works with.
    """

    def __init__(self, claim: Claim, command: Sequence[str], root: Path, *, urgent: bool = False
                 ) -> None:
        self.claim, self.begun = claim, time.monotonic()
        self.asked = False
        self.frozen = False
        self._must_end: float | None = None
        self._why = ""
        folder = claim.store.folder(claim.number)
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / LOG
        environment = {**os.environ, CLAIM: claim.token, "PYTHONUNBUFFERED": "1",
                       "PYTHONFAULTHANDLER": "1"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(claim.number)], cwd=root, env=environment, stdin=subprocess.PIPE,
                stdout=log, stderr=subprocess.STDOUT, **apart())
        self.pid = self._process.pid
        if not urgent:
            step_back(self.pid)

    def running(self) -> bool:
        return self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Once; what has not ended soon after is ended by `insist`."""
        if self.asked:
            return
        self.asked, self._must_end = True, time.monotonic() + _GRACE
        self.thaw()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it may have ended just now
            self._process.stdin.write(STOP)
            self._process.stdin.flush()

    def expect_end(self) -> None:
        """It has put an end to its job, and has but to leave."""
        if self._must_end is None:
            self._must_end = time.monotonic() + _LEAVING

    def insist(self) -> None:
        """End what has been given time to end by itself, and has not."""
        if self._must_end is not None and time.monotonic() > self._must_end:
            self.kill()

    def kill(self, why: str = "") -> None:
        """End it and whatever it has started; finished chunks survive any end."""
        self._why = self._why or why
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def give_up(self, why: str) -> None:
        """End what hangs, after it has said in its log what each of its threads is doing."""
        if DUMP is not None:
            self._process.send_signal(DUMP)
            time.sleep(_LAST_WORDS)
        self.kill(why)

    def freeze(self) -> None:
        """Let it stand still, with all it has in memory, so that nothing is lost."""
        if not self.frozen:
            self.frozen = True
            for process in self._family():
                with contextlib.suppress(psutil.Error):
                    process.suspend()

    def thaw(self) -> None:
        if self.frozen:
            self.frozen = False
            for process in self._family():
                with contextlib.suppress(psutil.Error):
                    process.resume()

    def close(self) -> str:
        """Let go of a process that has ended; a sentence on how it ended, where it said nothing."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        code = self._process.wait()
        said = last_line(self.log) if code > 0 else ""
        word = f", saying: {said}" if said else " without a word."
        return self._why or f"Its process {ending(code)}{word}"

    def _family(self) -> list[psutil.Process]:
        """It and its children, the youngest first."""
        try:
            first = psutil.Process(self.pid)
            return [*reversed(first.children(recursive=True)), first]
        except psutil.Error:
            return []


def ending(code: int) -> str:
    """How a process ended that said nothing itself."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def last_line(log: Path) -> str:
    """What a process said last; of one that broke, what broke it."""
    with contextlib.suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[:300]
    return ""


def end_orphans(pids: Iterable[int], command: Sequence[str]) -> None:
    """End processes of a worker that died, if they are still what they were.

    They end by themselves as their pipe does; this is for those that hang.
    """
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.cmdline()[:len(command)] == list(command):
                for child in [*process.children(recursive=True), process]:
                    child.kill()

