"""Local folders, as one picks files from them by path."""

from __future__ import annotations

import os
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.io.codecs import MUXERS

VIDEOS = frozenset({*(f".{name}" for name in MUXERS), ".avi", ".m4v", ".mts", ".m2ts", ".ts",
                    ".mpg", ".mpeg", ".wmv", ".flv", ".3gp", ".ogv", ".mxf", ".y4m", ".nut",
                    ".gif"})
"""Suffixes of what is probably a video; a path typed in full is tried whatever its name."""
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder, or a file with its size in bytes."""

    name: str
    path: Path
    folder: bool
    size: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder: its folders first, then files. `left_out` did not fit."""

    folder: Path
    entries: tuple[Entry, ...]
    left_out: int = 0


def listing(folder: Path, suffixes: frozenset[str] = VIDEOS) -> Listing:
    """Visible folders, and files of these suffixes. Raises InputError where it cannot be read."""
    try:
        found = sorted(_entries(folder, suffixes),
                       key=lambda entry: (not entry.folder, entry.name.casefold()))
    except OSError as error:
        raise InputError(f"{folder} cannot be opened ({error.strerror or error}).",
                         "Choose another folder.") from error
    return Listing(folder, tuple(found[:_MOST]), max(len(found) - _MOST, 0))


def located(text: str, beside: Path) -> Path | None:
    """A path as somebody typed or pasted it, quotes and all; None for nothing.

    A relative one is taken from `beside`, never from the folder this program runs in, which nobody
    chose. Raises InputError for a home folder that is not known.
    """
    cleaned = text.strip().strip('"').strip("'").removeprefix("file://").replace("\0", "")
    if not cleaned:
        return None
    try:
        return (beside / Path(cleaned).expanduser()).absolute()
    except RuntimeError as error:
        raise InputError(f"'{cleaned}' names a home folder that is not known.",
                         "Write the path in full.") from error


def typed(text: str) -> Path:
    """Something that exists, a relative path taken from the home folder. Raises InputError."""
    path = located(text, Path.home())
    if path is None:
        raise InputError("No path is given.", "Paste the path of a video or of a folder.")
    try:
        there = path.exists()
    except OSError:  # for instance a name that is too long
        there = False
    if not there:
        raise InputError(f"There is nothing at {path}.", "Check the path for a slip.")
    return path


def videos_in(folder: Path) -> tuple[Path, ...]:
    """The videos that lie in a folder itself; InputError where there are none."""
    found = tuple(entry.path for entry in listing(folder).entries if not entry.folder)
    if not found:
        raise InputError(f"There is no video in {folder}.", "Choose a folder that holds some.")
    return found


def places() -> dict[str, Path]:
    """Where to begin: the home folder and what is usual in it, and the drives."""
    home = Path.home()
    usual = {name: home / name for name in ("Videos", "Movies", "Desktop", "Downloads")}
    drives = ({f"{letter}:": Path(f"{letter}:\\") for letter in string.ascii_uppercase}
              if os.name == "nt" else {"Computer": Path("/")})
    return {name: path for name, path in {"Home": home, **usual, **drives}.items()
            if path.is_dir()}


def _entries(folder: Path, suffixes: frozenset[str]) -> Iterator[Entry]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "$")):
                continue
            try:
                if entry.is_dir():
                    yield Entry(entry.name, Path(entry.path), True)
                elif Path(entry.name).suffix.lower() in suffixes and entry.is_file():
                    yield Entry(entry.name, Path(entry.path), False, entry.stat().st_size)
            except OSError:
                continue  # what cannot be looked at cannot be picked
