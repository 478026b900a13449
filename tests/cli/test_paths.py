import os
import sys
from pathlib import Path

import pytest

from core import paths

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the places of Linux")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BRUSHREEL_DATA", "NUMBA_CACHE_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path))
    assert paths.data_folder() == tmp_path
    assert paths.cache_folder() == tmp_path / "cache"
    assert paths.prepare_caches() == tmp_path / "cache" / "numba"
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "cache" / "numba")


@LINUX
def test_the_xdg_folders_are_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert paths.data_folder() == tmp_path / "data" / "brushreel"
    assert paths.cache_folder() == Path.home() / ".cache" / "brushreel"


@LINUX
@pytest.mark.parametrize(("system", "data", "cache"), [
    ("darwin", "Library/Application Support/Brushreel", "Library/Caches/Brushreel"),
    ("linux", ".local/share/brushreel", ".cache/brushreel")])
def test_each_system_has_its_places(monkeypatch: pytest.MonkeyPatch, system: str, data: str,
                                    cache: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert paths.data_folder() == Path.home() / data
    assert paths.cache_folder() == Path.home() / cache


def test_a_chosen_numba_cache_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert paths.prepare_caches() == tmp_path


def test_a_cache_that_cannot_be_written_is_replaced(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "file"))
    folder = paths.prepare_caches()
    assert folder.is_dir()
    assert tmp_path not in folder.parents
    folder.rmdir()
