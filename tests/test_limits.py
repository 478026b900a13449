"""Whatever hangs is ended, what is left behind by a failure too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT = """
import time
import pytest

@pytest.fixture
def stuck():
    yield
    time.sleep(100)

def test_that_fails(stuck):
    assert False, "as it should"

def test_after_it():
    pass
"""


@pytest.mark.long
def test_what_a_failure_leaves_behind_cannot_hang(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_left.py").write_text(LEFT)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--timeout", "5", str(tmp_path)],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False, timeout=90)
    assert "as it should" in done.stdout
    assert "Timeout" in done.stdout
    assert os.name == "nt" or "1 failed, 1 passed, 1 error" in done.stdout
