"""Whether what training needs is installed: heavy parts come with the first training alone."""

from __future__ import annotations

import importlib.util

from core.errors import TrainingError
from scripts.arguments import PROGRAM


def check_parts() -> None:
    """Raises TrainingError where what training needs is not installed."""
    if importlib.util.find_spec("torch") is None:
        raise TrainingError("Training needs torch, which is not installed.",
                            f"Start it as {PROGRAM} train, which installs it, or install "
                            "requirements.txt.")
