"""What tests of interrupted renders share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import reels


@pytest.fixture(autouse=True)
def _looks() -> Iterator[None]:
    with reels.extra_looks():
        yield


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for sources that no test changes."""
    return tmp_path_factory.mktemp("films")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A source that a test may do anything to."""
    (tmp_path / "in").mkdir()
    return reels.source("b-frames", tmp_path / "in")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An output in a folder of its own."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "out.mkv"
