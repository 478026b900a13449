from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DRAW = """
import numpy as np
from core.compiling import on_compiling
from stylizers import PencilStylizer
with on_compiling(lambda: print("waiting")):
    PencilStylizer().process(np.zeros((8, 8, 3), np.uint8))
    PencilStylizer().process(np.zeros((8, 8, 3), np.uint16))
"""


@pytest.mark.long
def test_the_first_run_tells_of_the_wait_once_and_later_runs_have_none(tmp_path: Path) -> None:
    places = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def said() -> list[str]:
        done = subprocess.run([sys.executable, "-c", DRAW], cwd=ROOT, capture_output=True,
                              text=True, check=True,
                              timeout=300, env=os.environ | places)
        return done.stdout.split()

    assert said() == ["waiting"]
    assert said() == []
