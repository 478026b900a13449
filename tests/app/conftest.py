"""Pages without a browser: each test gets a data folder of its own, and shared things anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import serving
from core import paths
from tests.clips import Film


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(paths.DATA_VARIABLE, str(tmp_path / "data"))
    serving.forget()
    yield tmp_path / "data"
    serving.forget()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds that every browser plays."""
    folder = tmp_path_factory.mktemp("films")
    return Film(size=(320, 180), frames=50, codec="libx264", options={"g": "10", "crf": "20"}
                ).write(folder / "walk.mp4")
