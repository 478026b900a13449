"""File systems of their own for tests: small ones that fill up, and some that refuse writing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOMY = "size=1g,nr_inodes=10000"
"""Of memory no more is taken than is written."""


class Disk:
    """A file system in memory at `folder`, with just as much room as a test gives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def empty(self, room: str) -> None:
        """Begin anew with this much room, as mount says it: size=64k or nr_inodes=9."""
        _run("umount", "--lazy", str(self.folder))
        _run("mount", "-t", "tmpfs", "-o", room, "tmpfs", str(self.folder))

    def make_room(self) -> None:
        _run("mount", "-o", f"remount,{ROOMY}", str(self.folder))

    def refuse(self) -> None:
        """From now on nothing may be opened there to be written to, not even by root."""
        _run("mount", "--bind", str(self.folder), str(self.folder))
        _run("mount", "-o", "remount,bind,ro", str(self.folder))

    def allow(self) -> None:
        _run("umount", "--lazy", str(self.folder))


@contextmanager
def mounted(folder: Path, room: str = ROOMY) -> Iterator[Disk]:
    """Skips the test where no file system can be mounted."""
    if sys.platform != "linux":
        pytest.skip("only Linux can mount a file system in memory")
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", room, "tmpfs", str(folder)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here ({done.stderr.strip()})")
    try:
        yield Disk(folder)
    finally:
        while subprocess.run(["umount", "--lazy", str(folder)], capture_output=True,
                             check=False).returncode == 0:
            pass


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
