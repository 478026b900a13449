"""A file of weights that is published elsewhere: known by its content, and how it comes here."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core import durable
from core.errors import ModelCorrupt, ModelMissing

if TYPE_CHECKING:
    from http.client import HTTPResponse

_PATIENCE = 30
"""Seconds without an answer after which an address counts as unreachable."""
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights: its SHA-256, or how that begins, and its address, where it has one."""

    name: str
    sha256: str
    url: str = ""

    def matches(self, path: Path) -> bool:
        """Whether the file is this one; raises OSError."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(self.sha256)


def download(weights: Weights, folder: Path) -> Path:
    """Fetch the file into `folder`, or go on where an earlier try was cut off.

    Raises ModelMissing where the address does not answer, and ModelCorrupt where it has another
    file.
    """
    path = folder / weights.name
    begun = durable.partial(path)
    resumed = _receive(weights, begun)
    if not weights.matches(begun):
        with contextlib.suppress(OSError):
            begun.unlink()
            folder.rmdir()  # unless others are in it
        if resumed:  # the first half was of something else
            return download(weights, folder)
        raise ModelCorrupt(f"What was fetched as {weights.name} is another file.",
                           f"Get it yourself and put it into {folder}.")
    with durable.saving(path):
        durable.sync(begun)
        durable.rename(begun, path)
    return path


def _receive(weights: Weights, begun: Path) -> bool:
    """Write what comes; whether that was the rest of what was there already."""
    import http.client
    import urllib.error
    import urllib.request

    there = begun.stat().st_size if begun.is_file() else 0
    request = urllib.request.Request(weights.url)
    if there:
        request.add_header("Range", f"bytes={there}-")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return _write(answer, begun)
    except urllib.error.HTTPError as error:
        if error.code == 416 and there:  # nothing is left to send
            return True
        raise _unreachable(weights, begun.parent) from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(weights, begun.parent) from error


def _write(answer: HTTPResponse, begun: Path) -> bool:
    rest = answer.status == 206
    with durable.saving(begun):
        begun.parent.mkdir(parents=True, exist_ok=True)
        file = begun.open("ab" if rest else "wb")
    with file:
        while block := answer.read(_BLOCK):
            with durable.saving(begun):
                file.write(block)
    if getattr(answer, "length", None):
        raise ConnectionError("The connection ended early.")
    return rest


def _unreachable(weights: Weights, folder: Path) -> ModelMissing:
    return ModelMissing(f"The weights {weights.name} are not here and cannot be fetched.",
                        f"Connect to the internet once, or put {weights.name} into {folder}.")
