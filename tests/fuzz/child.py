"""A process that tries cases, under a limit of memory: reads their numbers, writes what came.

`python -m tests.fuzz.child SEEDS FOLDER`. What is raised in one case leaves the next one alone;
what ends the process, its parent sees.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import logging
import os
import shutil
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import edge, error_log, paths
from core.errors import BrushreelError
from scripts.cli import main as brushreel
from scripts.failures import exit_code
from tests.fuzz import oracle
from tests.fuzz.subjects import Command, trial

MEMORY = 6 << 30
"""Bytes of address space, of which threads and libraries take a third."""
REFUSED = 2
VIDEOS = (".mp4", ".mkv", ".mov", ".webm")


def serve(seeds: Path, folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not be taken for an answer
    faulthandler.enable()
    _limit_memory()
    for line in sys.stdin:
        found = tried(int(line), seeds, folder)
        answers.write(json.dumps(found) + "\n")
        answers.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def tried(number: int, seeds: Path, folder: Path) -> dict[str, Any]:
    """What became of a case: its subject, exit codes, seconds, and whatever is wrong with that."""
    home = folder / str(number)
    shutil.rmtree(home, ignore_errors=True)
    (home / "out").mkdir(parents=True)
    os.environ[paths.DATA_VARIABLE] = str(home / "data")
    begun = time.monotonic()
    subject, case = trial(number, seeds, home)
    before = _files(home)
    codes, wrong = [], []
    must_work = case.mended or (case.source is not None and oracle.whole(case.source))
    for command in case.commands:
        code, said, complaints = _run(command)
        codes.append(code)
        wrong += complaints
        wrong += _left_behind(home, before, code, said)
        if must_work and code != 0:
            wrong.append(f"exit code {code} though the source is whole: {said[-400:]}")
        if code == 0:
            wrong += _results(home)
    if not wrong:
        shutil.rmtree(home, ignore_errors=True)
    return {"number": number, "subject": subject, "mutant": case.mutant.name, "codes": codes,
            "whole": must_work, "seconds": round(time.monotonic() - begun, 3), "wrong": wrong,
            "commands": [_shown(command) for command in case.commands]}


def _run(command: Command) -> tuple[int, str, list[str]]:
    """Exit code, what was said, and whatever of that a user must not see."""
    said, log = io.StringIO(), _Log()
    error_log.keep()
    edge.logger.addHandler(log)
    work: Callable[[], object] = command if callable(command) else (
        lambda: brushreel([*map(str, command)]))
    try:
        with (contextlib.redirect_stdout(said), contextlib.redirect_stderr(said),
              warnings.catch_warnings(record=True) as warned, edge.edge("what none met")):
            warnings.simplefilter("always")
            code = work()
    except BrushreelError as error:
        code = exit_code(error)
        said.write(str(error))
    finally:
        edge.logger.removeHandler(log)
    text = said.getvalue()
    wrong = log.tracebacks + [f"warning: {each.message} ({each.filename}:{each.lineno})"
                               for each in warned]
    for sign in ("Traceback", "The system refused", "Exception in thread"):
        if sign in text:
            wrong.append(text[-2000:])
    code = code if isinstance(code, int) else 0
    if code not in (0, 1, REFUSED):
        wrong.append(f"exit code {code}: {text[-500:]}")
    return code, text, wrong


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.tracebacks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.tracebacks.append(self.format(record))


def _files(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if "data" not in path.relative_to(home).parts}


def _left_behind(home: Path, before: set[Path], code: int, said: str) -> list[str]:
    """Work folders stay after what a render may be resumed from, results after success."""
    new = [path.relative_to(home) for path in sorted(_files(home) - before)]
    stray = [path for path in new if path.name.endswith(".partial") and code != 1]
    if code == REFUSED:
        stray = [path for path in new if path.suffix not in (*VIDEOS, ".png", ".csv")
                 or ".render" in str(path)]
    return [f"left behind after exit code {code}: {path} ({said[-300:]})" for path in stray]


def _results(home: Path) -> list[str]:
    wrong = []
    for path in sorted((home / "out").glob("*.*")):
        if path.suffix not in VIDEOS:
            continue
        try:
            with edge.edge(path):
                if not oracle.frames_of(path, sound=False):  # which may be a damaged copy
                    wrong.append(f"{path.name} shows nothing")
        except BrushreelError as error:
            wrong.append(f"{path.name} does not decode: {error}")
    return wrong


def _shown(command: Command) -> str:
    return "a call" if callable(command) else " ".join(map(str, command))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
