"""Pages without a browser: each test gets a data folder of its own, and shared things anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import serving
from core import paths
from tests.app.browser import Server, chromium, served, worker_ended
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app for a browser, with a data folder of its own, which is that of the test as well."""
    if chromium() is None:
        pytest.skip("there is no Chromium; on Debian: apt install chromium")
    folder = tmp_path_factory.mktemp("app")
    data = folder / "data"
    with pytest.MonkeyPatch.context() as patch, worker_ended(data), \
            served(data, folder / "server.log") as running:
        patch.setenv(paths.DATA_VARIABLE, str(data))
        yield running
