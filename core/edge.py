"""The edge around everything that reads a file made elsewhere.

Errors a library is known to raise are translated beside the call, into the error that fits. What
nobody foresaw becomes an InternalError here and is logged with its traceback, so that no user meets
a traceback and no test overlooks one. This module alone may catch every exception.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from core.durable import DISK_FULL
from core.errors import (
    BrushreelError,
    DiskFull,
    InputError,
    InternalError,
    OutOfMemory,
    RenderError,
)

T = TypeVar("T")

logger = logging.getLogger("brushreel.edge")


@contextmanager
def edge(subject: Path | str) -> Iterator[None]:
    """Let only errors of our tree out; `subject` is the file being read, or what is being done.

    Stands inside functions and generators, around code that reads. Not around the `yield` of a
    context manager: whatever its user gets wrong would be blamed on the file.
    """
    name = subject.name if isinstance(subject, Path) else subject
    try:
        yield
    except BrushreelError:
        raise
    except MemoryError as error:
        raise OutOfMemory(f"There is not enough memory for {name}.",
                          "Close other programs, or use --preset speed.") from error
    except OSError as error:
        if error.errno in DISK_FULL:
            raise DiskFull(f"There is no room left on the disk for {name}.",
                           "Free some space and try again.") from error
        place = error.filename if isinstance(error.filename, str) else name
        if error.errno == errno.EIO:  # a disk that fails is no bad input
            raise RenderError(f"{place} cannot be read or written ({error.strerror or error}).",
                              "Check the disk, and run the same command again.") from error
        raise InputError(f"{place} cannot be read or written ({error.strerror or error}).",
                         "Check that place and its permissions.") from error
    except Exception as error:
        logger.error("Unexpected error with %s", name, exc_info=error)
        raise InternalError(f"{name} led to an unexpected error ({_sentence(error)}).",
                            "Please report it, with errors.log from the data folder."
                            ) from error


def guarded(subject: Path | str, items: Iterable[T]) -> Generator[T, None, None]:
    """The same items; what is raised while they are made leaves through the edge."""
    with edge(subject):
        yield from items


def _sentence(error: Exception) -> str:
    """On one line and of a bearable length: libraries put whole files into their messages."""
    text = " ".join(str(error).split())
    kind = type(error).__name__
    return f"{kind}: {text[:200]}" if text else kind
