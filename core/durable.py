"""Files that are there in full or not at all, whatever becomes of the machine."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import CheckpointError, DiskFull, InputError

PARTIAL = ".partial"
"""Ends the name of every file that is not finished yet."""

WORK = ".render"
"""Ends the name of every folder in which an output is made."""

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between tries to rename a file that another program on Windows holds open."""

DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

LOST = {errno.ENOENT, errno.ENOTDIR, errno.EROFS, getattr(errno, "ESTALE", errno.ENOENT)}
"""What a folder answers that is gone, or may not be written to any more."""


def no_room(folder: Path) -> DiskFull:
    return DiskFull(f"There is no room left in {folder}.",
                    "Free some space and run the same command again; it resumes.")


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turns what the disk refuses into DiskFull or CheckpointError."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise no_room(path.parent) from error
        raise CheckpointError(f"{path.name} cannot be written ({error.strerror or error}).",
                              "Check the folder and run the same command again.") from error


def partial(path: Path) -> Path:
    """Where a file is written before it gets its name."""
    return beside(path, PARTIAL)


LONGEST_NAME = 255
"""Bytes that file systems have room for in a name."""


def beside(path: Path, ending: str) -> Path:
    """A file of that name and an ending; a name that leaves no room for it is cut and numbered."""
    if len(os.fsencode(path.name + ending)) <= LONGEST_NAME:
        return path.with_name(path.name + ending)
    suffix = f"~{hashlib.blake2b(os.fsencode(path.name), digest_size=4).hexdigest()}{ending}"
    return path.with_name(cut(path.name, LONGEST_NAME - len(suffix)) + suffix)


def check_name(path: Path) -> None:
    """Raises InputError where the system can have no file of this name, as it is too long."""
    try:
        path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"'{cut(path.name, 60)}…' cannot be the name of a file ({reason}).",
                         "Choose a shorter name.") from error


def cut(name: str, room: int) -> str:
    """As many characters of a name as there are bytes for."""
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name


def write(path: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there in full or not at all.

    Raises DiskFull or CheckpointError, and leaves nothing half-written then.
    """
    with saving(path):
        try:
            partial(path).write_bytes(content)
            sync(partial(path))
            rename(partial(path), path)
        except OSError:
            discard(partial(path))
            raise


def discard(path: Path) -> None:
    """Remove what is of no use, as far as that can be; for the end of something that failed."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def write_values(path: Path, values: Mapping[str, Any]) -> None:
    """`write` values as JSON, with a hash by which `read_values` tells damage."""
    write(path, json.dumps({**values, "hash": _hash(values)}).encode())


def read_values(path: Path) -> dict[str, Any]:
    """What `write_values` wrote; raises OSError, or ValueError for anything else.

    Files of earlier versions have no hash.
    """
    try:
        values = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(values, dict) or values.pop("hash", None) not in (
            None, _hash(values)):
        raise ValueError("damaged")
    return values


def _hash(values: Mapping[str, Any]) -> str:
    """A digit that flipped on the disk would else be another value."""
    content = json.dumps(values, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def sync(path: Path) -> None:
    """Have the file's content reach the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def rename(old: Path, new: Path) -> None:
    """Give a file that is on the disk its name, for good; replaces what had that name."""
    _replace(old, new)
    if sys.platform != "win32":  # there the file system's journal sees to it
        folder = os.open(new.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _replace(old: Path, new: Path) -> None:
    """`os.replace`, with patience where a virus scanner or an indexer may hold a file open."""
    pauses = _PAUSES if sys.platform == "win32" else ()
    for pause in pauses:
        try:
            os.replace(old, new)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(old, new)


def digest(path: Path) -> str:
    """BLAKE2b of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
