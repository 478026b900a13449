"""Where a render keeps its unfinished work: `NAME.render/` beside the output."""

from __future__ import annotations

import contextlib
from pathlib import Path

import filelock

from core.errors import CheckpointError


class Workspace:
    """The work folder of one output; one process at a time.

    It holds a folder for each way the output was asked for, as long as that is unfinished.
    """

    def __init__(self, target: Path) -> None:
        self.folder = target.with_name(target.name + ".render")
        self._lock_path = self.folder / "lock"
        self._lock = filelock.FileLock(self._lock_path)

    def __enter__(self) -> Workspace:
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise CheckpointError(
                f"Another process is rendering into {self.folder}.",
                "Wait for it, or choose another output name.") from error
        except OSError as error:
            raise CheckpointError(
                f"{self.folder} cannot be used as a work folder ({error.strerror}).",
                "Choose another output name or folder.") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind that holds nothing."""
        for job in self.folder.iterdir():
            _remove_empty(job)
        if self.empty:
            # While it is locked: whoever waits for a lock file without a name starts over.
            with contextlib.suppress(OSError):
                self._lock_path.unlink()
        self._lock.release()
        _remove_empty(self.folder)

    @property
    def empty(self) -> bool:
        return all(path == self._lock_path for path in self.folder.iterdir())

    def others(self, key: str) -> list[Path]:
        """Unfinished work for this output that was asked for in another way."""
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and path.name != key)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
