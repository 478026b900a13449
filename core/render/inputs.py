"""The files a render reads: they must stay what they were when it was planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import FrameMismatch, InputError

Stamp = tuple[int, int]


def stamp_of(path: Path) -> Stamp:
    """What changes whenever the file does: its size and time of change."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


class Inputs:
    """A source and the files that its looks need, each with the stamp it had before it was read."""

    def __init__(self, files: Iterable[tuple[Path, Stamp]]) -> None:
        self._files = tuple(files)

    def check(self) -> None:
        """Raises InputError where one is gone, or is not any more what it was."""
        for path, stamp in self._files:
            try:
                now = stamp_of(path)
            except OSError as error:
                raise InputError(
                    f"{path} cannot be found any more ({error.strerror}).",
                    "Put it back, and run the same command again; it resumes.") from error
            if now != stamp:
                raise InputError(
                    f"{path.name} has changed since the render began.",
                    "Leave it be while it is rendered, and run the same command again.")

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """A file that changes while it is read only seems to be damaged: says that it changed."""
        try:
            yield
        except (InputError, FrameMismatch):
            self.check()
            raise
