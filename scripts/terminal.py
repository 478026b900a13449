"""What long work looks like on stderr: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

    from core.progress import Progress

LINE_EVERY = 5.0
"""Seconds between lines where there is no terminal."""

WIDE, NARROW_TITLE = 110, 24
"""Columns from which a long title fits beside the bar, and what it is cut to where it does not."""

PIPED_WIDTH = 120
"""Columns of a table that goes into a file or another program."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far work is that has no chunks; a Progress will do as well."""

    stage: str
    frames: int
    total: int
    fps: float = 0.0
    eta_seconds: float | None = None
    chunk: int = 0
    chunks: int = 1
    unit: str = "frames"


Show = Callable[["Progress | Step"], None]


def progress_shown(title: str) -> AbstractContextManager[Show]:
    """A function to be called with every progress value of one piece of work."""
    return _bar(title) if sys.stderr.isatty() else _lines(title)


def say(text: str) -> None:
    """Lines on stdout. Work goes on though nobody may be reading, as `note` does."""
    _write(text, sys.stdout)


def note(text: str) -> None:
    """Lines on stderr, broken between words on a terminal."""
    _write(fitted(text, sys.stderr), sys.stderr)


def log(text: str) -> None:
    """Lines on stderr with the time, for what is read later."""
    note(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}")


def fitted(text: str, stream: TextIO) -> str:
    """The same lines, broken between words where `stream` is a terminal; indents are kept."""
    if not stream.isatty():
        return text
    columns = shutil.get_terminal_size().columns
    return "\n".join(
        textwrap.fill(line, columns, break_long_words=False, break_on_hyphens=False,
                      subsequent_indent=" " * (len(line) - len(line.lstrip())))
        for line in text.splitlines())


def _write(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except OSError:
        silence(stream)


def silence(stream: TextIO) -> None:
    """Send what is still to come nowhere, what waits to be flushed at the end included."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def details(progress: Progress | Step) -> str:
    """Frames, speed, time left and chunk, in words."""
    if progress.stage == "mux":
        return f"{progress.total} frames, joining"
    if progress.stage == "measure":
        left = "" if progress.eta_seconds is None else f", {duration(progress.eta_seconds)} left"
        return f"{progress.frames}/{progress.total} frames, measuring{left}"
    unit = progress.unit if isinstance(progress, Step) else "frames"
    parts = [f"{progress.frames}/{progress.total} {unit}"]
    if progress.fps:
        parts.append(f"{progress.fps:.1f} fps")
    if progress.eta_seconds is not None:
        parts.append(f"{duration(progress.eta_seconds)} left")
    if progress.chunks > 1:
        parts.append(f"chunk {progress.chunk + 1}/{progress.chunks}")
    return ", ".join(parts)


def duration(seconds: float, decimals: int = 0) -> str:
    """5 s, 2:05 or 1:02:05; decimals are for less than a minute."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.{decimals}f} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def show(*renderables: RenderableType) -> None:
    """Tables and colored text on stdout, plain where that is no terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    out = Console(file=sys.stdout, highlight=False, width=width)
    with out.capture() as captured:
        out.print(*renderables, sep="\n")
    say("\n".join(line.rstrip() for line in captured.get().rstrip().splitlines()))


@contextmanager
def _bar(title: str) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    out = Console(stderr=True)
    wide = out.width >= WIDE
    name = Column(no_wrap=True, max_width=None if wide else NARROW_TITLE, overflow="ellipsis")
    columns = (TextColumn("{task.description}", markup=False, table_column=name),
               BarColumn(24 if wide else 8),
               TextColumn("{task.fields[details]}", markup=False,
                          table_column=Column(no_wrap=True)))
    with Bars(*columns, console=out, transient=True) as bar:
        task = bar.add_task(title, total=None, details="preparing")

        def advance(progress: Progress | Step) -> None:
            bar.update(task, total=progress.total, completed=progress.frames,
                       details=details(progress))

        yield advance


@contextmanager
def _lines(title: str) -> Iterator[Show]:
    last = -LINE_EVERY

    def advance(progress: Progress | Step) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            note(f"{title}: {details(progress)}")

    yield advance
