"""Where Brushreel keeps its own files on each system."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

DATA_VARIABLE = "BRUSHREEL_DATA"
"""Names one folder for everything, instead of the system's own places."""


def data_folder() -> Path:
    """Jobs, models, settings and feedback; not made here."""
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if os.name == "nt":
        return _windows()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Brushreel"
    return _xdg("XDG_DATA_HOME", ".local/share")


def cache_folder() -> Path:
    """What can be made again at any time; not made here."""
    if os.environ.get(DATA_VARIABLE):
        return data_folder() / "cache"
    if os.name == "nt":
        return _windows() / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Brushreel"
    return _xdg("XDG_CACHE_HOME", ".cache")


def prepare_caches() -> Path:
    """Choose where compiled loops are kept, and return that folder.

    Must run before numba is imported. Numba refuses to compile into a folder it cannot write to,
    so where the cache folder is read-only a temporary one serves.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if not chosen:
        chosen = str(_writable(cache_folder() / "numba"))
        os.environ["NUMBA_CACHE_DIR"] = chosen
    return Path(chosen)


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        temporary = tempfile.mkdtemp(prefix="brushreel-")
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        return Path(temporary)


def _windows() -> Path:
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / "AppData" / "Local") / "Brushreel"


def _xdg(variable: str, default: str) -> Path:
    """The XDG specification has relative values ignored."""
    chosen = os.environ.get(variable, "")
    base = Path(chosen) if Path(chosen).is_absolute() else Path.home() / default
    return base / "brushreel"
