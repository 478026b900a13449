"""What a kill leaves behind, at every step of a render that changes what is on the disk.

Run as a module it renders a film and kills itself: FOLDER TARGET FILM LOOK CODEC STEP WHEN.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import reels

LASTING = ("replace", "fsync", "unlink", "rmdir", "mkdir")
"""The functions of `os` that change, or bring to the disk, what is found there later."""

Observer = Callable[[str, str], None]
"""Is told the name of such a function and "before" or "after"."""


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Tell of every lasting step that this thread takes."""
    here, originals = threading.get_ident(), {name: getattr(os, name) for name in LASTING}

    def watched(name: str) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            if threading.get_ident() == here:
                observer(name, "before")
            try:
                return originals[name](*arguments, **options)
            finally:
                if threading.get_ident() == here:
                    observer(name, "after")

        return step

    for name in LASTING:
        setattr(os, name, watched(name))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(os, name, original)


class Remains:
    """Copies of a folder, one for each different state that a kill could leave it in."""

    def __init__(self, folder: Path, into: Path) -> None:
        self._folder, self._into = folder, into
        self._seen: set[tuple[tuple[str, bytes], ...]] = set()
        self._busy = False
        self.copies: list[Path] = []

    def keep(self, *_: str) -> None:
        """Copy the folder as it is, if it has not been so before."""
        if self._busy:
            return
        self._busy = True
        state = tuple((str(path.relative_to(self._folder)), path.read_bytes() if path.is_file()
                       else b"") for path in sorted(self._folder.rglob("*")))
        if state not in self._seen:
            self._seen.add(state)
            copy = self._into / f"{len(self.copies):03}"
            shutil.copytree(self._folder, copy)
            self.copies.append(copy)
        self._busy = False


def die() -> None:
    """As by `kill -9`; Windows has no signals, but an exit that runs nothing more."""
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(9)


class Killer:
    """Ends the process at a lasting step, counted from 0, just before or just after it."""

    def __init__(self, step: int, when: str) -> None:
        self._left, self._when = step, when

    def __call__(self, _: str, when: str) -> None:
        if when == self._when:
            if self._left == 0:
                die()
            self._left -= 1


def die_after(seconds: float) -> None:
    """Of the process's own work, however busy the machine is."""
    while time.process_time() < seconds:
        time.sleep(0.002)
    die()


def main(folder: str, target: str, film: str, look: str, codec: str, step: str, when: str) -> None:
    """STEP is a step's number, or with WHEN "time" milliseconds of its work."""
    path = reels.source(film, Path(folder))
    with reels.extra_looks():
        run = reels.pipeline(path, Path(target), look, codec=codec, overwrite=True).run()
        if when == "time":
            end = time.process_time() + int(step) / 1000
            threading.Thread(target=die_after, args=(end,), daemon=True).start()
            list(run)
        else:
            with observed(Killer(int(step), when)):
                list(run)


if __name__ == "__main__":
    main(*sys.argv[1:])
