"""The parent of the process that tries cases: sets its time, and sees how it ends."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
LIMIT, STARTING = 60.0, 120.0
"""Seconds that a case may take, and the first one after a start, which imports and compiles."""


class CaseRunner:
    """Tries cases in a process of its own; a new one follows where that has ended or hangs."""

    def __init__(self, seeds: Path, folder: Path) -> None:
        self._seeds, self._folder = seeds, folder
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._log = folder / "stderr.txt"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def try_case(self, number: int) -> Mapping[str, Any]:
        """What the process found, or that it crashed or hung."""
        limit = LIMIT if self._process is not None else STARTING
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=limit)
        except (queue.Empty, OSError):
            answer = ""
        if answer:
            return json.loads(answer)
        hung = not self._over(process)
        self._end()
        what = f"hung for {limit:.0f} s" if hung else f"crashed: {process.returncode}"
        return {"number": number, "subject": "", "mutant": "", "codes": [], "whole": False,
                "seconds": limit, "wrong": [f"{what}\n{self._stack()}"]}

    def _start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SVT_LOG": "1",
                       "OPENCV_LOG_LEVEL": "SILENT"}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.child", str(self._seeds), str(self._folder)],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log, text=True, encoding="utf-8")
        self._answers = queue.Queue()
        threading.Thread(target=_hand_over, args=(self._process, self._answers),
                         daemon=True).start()
        return self._process

    @staticmethod
    def _over(process: subprocess.Popen[str]) -> bool:
        """Whether it ended by itself; its pipe closes a moment before."""
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _stack(self) -> str:
        return self._log.read_text("utf-8", "replace")[-3000:]


def _hand_over(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """The lines of a process, and an empty one for its end."""
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")
