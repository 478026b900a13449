"""The sample clip, made by the command line in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.errors import InputError
from core.paths import data_folder


def clip() -> Path:
    """Where it is; made first, which takes some seconds, where it is not there yet.

    Raises InputError where it cannot be made.
    """
    folder = data_folder() / "sample"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.cli", "demo", "--clip", str(folder), "--json"],
        cwd=Path(__file__).resolve().parent.parent, capture_output=True, text=True, check=False)
    try:
        return Path(json.loads(done.stdout)["path"])
    except (ValueError, KeyError) as error:
        raise InputError("The sample clip could not be made.",
                         done.stderr.strip()[-300:] or "Choose a video of your own.") from error
