"""Settings: kept, used, and refused where they cannot be."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import cache, serving
from app.draft import Draft
from core import settings

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "settings_page.py"


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not shown.exception
    return shown


@pytest.mark.usefixtures("data")
def test_what_is_set_is_kept_and_used(tmp_path: Path) -> None:
    shown = page()
    shown.number_input("set.ceiling").set_value(78).run()
    shown.text_input("set.outputs").input(str(tmp_path)).run()
    shown.text_input("set.scratch").input(str(tmp_path / "nowhere")).run()
    assert "nowhere is not a folder" in " ".join(text.value for text in shown.text)
    assert serving.jobs().rules().ceiling == 78
    assert settings.load() == settings.Settings(outputs=tmp_path)
    assert Draft().target_folder(Path("/films/a.mp4")) == tmp_path
    assert page().number_input("set.ceiling").value == 78
    shown.text_input("set.outputs").input("").run()
    assert settings.load().outputs is None


@pytest.mark.usefixtures("data")
def test_damaged_settings_are_the_usual_ones(data: Path) -> None:
    data.mkdir()
    for text in ("cache_gb = -1", "= =", "outputs = 7"):
        (data / "settings.toml").write_text(text)
        assert settings.load() == settings.Settings()


def test_the_cache_gives_up_the_oldest_first(data: Path) -> None:
    folder = data / "cache" / "proxies"
    folder.mkdir(parents=True)
    for age in range(4):
        (folder / f"{age}.mp4").write_bytes(bytes(100))


        os.utime(folder / f"{age}.mp4", (1000 + age, 1000 + age))
    assert cache.held() == 400
    assert cache.trim(250) == 200
    assert sorted(path.name for path in folder.iterdir()) == ["2.mp4", "3.mp4"]
