"""Shows a file or a folder in the system's own file manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.errors import InputError


def reveal(path: Path) -> None:
    """Raises InputError where the folder is gone or this system has no file manager."""
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise InputError(f"{folder} is not there any more.", "It was moved or deleted.")
    command = opener(path)
    if command is None:
        raise InputError("No file manager was found on this machine.", f"The folder is {folder}.")
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL)


def opener(path: Path) -> list[str] | None:
    """The command that shows `path`, in a list, so that no name is taken for anything else."""
    folder = path if path.is_dir() else path.parent
    if sys.platform == "win32":
        return ["explorer", f"/select,{path}"] if path.is_file() else ["explorer", str(folder)]
    if sys.platform == "darwin":
        return ["open", "-R", str(path)] if path.is_file() else ["open", str(folder)]
    found = shutil.which("xdg-open")
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return [found, str(folder)] if found and desktop else None
