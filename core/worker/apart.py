"""How processes are started so that they neither disturb their starters nor are disturbed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import Any

import psutil

_BACK = 5
"""Steps of niceness, of which each is about a fifth less of a busy processor."""


def apart() -> dict[str, Any]:
    """A group of its own, so that Ctrl-C in the starter's terminal is for the starter alone."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def alone() -> dict[str, Any]:
    """It stays when the starter and its terminal are gone."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def silently() -> dict[str, Any]:
    """Without a console that flashes up on Windows."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {}


def step_back(pid: int) -> None:
    """Let other programs go first: what runs for hours must not make a desktop stutter."""
    with suppress(psutil.Error):  # it has ended, or is not ours to slow down
        process = psutil.Process(pid)
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            process.nice(min(process.nice() + _BACK, 19))
