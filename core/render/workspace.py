"""Where a render keeps unfinished work: `NAME.render/` beside the output, or on another disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import filelock

from core import durable
from core.durable import WORK, beside
from core.errors import CheckpointError, InputError


class Workspace:
    """The work folder of one output; one process at a time.

    It holds a folder for each way the output was asked for, as long as that is unfinished. With
    `scratch` it lies in that folder, and beside the output there is but the lock.
    """

    def __init__(self, target: Path, scratch: Path | None = None) -> None:
        self._beside = beside(target, WORK)
        self.folder = self._beside if scratch is None else _within(scratch, target)
        self._lock_path = self._beside / "lock"
        self._lock = filelock.FileLock(self._lock_path)

    def __enter__(self) -> Workspace:
        try:
            self._acquire()
            self.folder.mkdir(exist_ok=True)
        except filelock.Timeout as error:
            raise CheckpointError(
                f"Another process is rendering into {self._beside}.",
                "Wait for it, or choose another output name.") from error
        except OSError as error:
            self._leave()
            if error.errno in durable.DISK_FULL:
                raise durable.no_room(self.folder.parent) from error
            raise CheckpointError(
                f"{self.folder} cannot be used as a work folder ({error.strerror}).",
                "Choose another output name or folder.") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind that holds nothing."""
        with contextlib.suppress(OSError):  # the folder, or its disk, may be gone
            for job in self.folder.iterdir():
                _remove_empty(job)
            if self.folder != self._beside:
                _remove_empty(self.folder)
        self._leave()

    def _acquire(self, tries: int = 10) -> None:
        try:
            self._beside.mkdir(exist_ok=True)
            self._lock.acquire(timeout=0)
        except (FileNotFoundError, FileExistsError):
            # Whoever had it may take the folder away just now, on leaving.
            if not tries:
                raise
            self._acquire(tries - 1)

    def _leave(self) -> None:
        with contextlib.suppress(OSError):
            if self._lock.is_locked and list(self._beside.iterdir()) == [self._lock_path]:
                # While it is locked: whoever waits for a lock file without a name starts over.
                self._lock_path.unlink()
        self._lock.release()
        _remove_empty(self._beside)

    @property
    def empty(self) -> bool:
        return all(path == self._lock_path for path in self.folder.iterdir())

    def others(self, key: str) -> list[Path]:
        """Unfinished work for this output that was asked for in another way."""
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and path.name != key)


def _within(scratch: Path, target: Path) -> Path:
    """A name of its own for each output, wherever outputs of one name may lie."""
    if not scratch.is_dir():
        raise InputError(f"The scratch folder {scratch} is not there.",
                         "Make it, or choose another.")
    place = os.path.normcase(target.absolute()).encode(errors="surrogateescape")
    return beside(scratch / f"{target.name}-{hashlib.blake2b(place, digest_size=4).hexdigest()}",
                  WORK)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
