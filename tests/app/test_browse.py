"""Folders as they are listed to pick videos from."""

from pathlib import Path

import pytest

from app.browse import listing, located, places, typed, videos_in
from core.errors import InputError


def test_folders_come_first_then_videos_and_nothing_hidden(tmp_path: Path) -> None:
    for name in ("b.MP4", "a.mov", "notes.txt", ".secret.mp4"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "zoo").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    shown = listing(tmp_path)
    assert [(entry.name, entry.folder, entry.size) for entry in shown.entries] == [
        ("zoo", True, 0), ("a.mov", False, 5), ("b.MP4", False, 5)]
    assert videos_in(tmp_path) == (tmp_path / "a.mov", tmp_path / "b.MP4")


def test_what_cannot_be_listed_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", Path(__file__)):
        with pytest.raises(InputError) as refused:
            listing(path)
        assert refused.value.hint
    with pytest.raises(InputError):
        videos_in(tmp_path)


def test_paths_come_as_people_paste_them(tmp_path: Path) -> None:
    for text in (f'"{tmp_path}"', f"  {tmp_path} ", f"'{tmp_path}'", f"file://{tmp_path}"):
        assert typed(text) == tmp_path


def test_there_is_a_place_to_begin() -> None:
    assert places()
    assert all(path.is_dir() for path in places().values())


def test_a_relative_path_is_never_of_the_folder_the_program_runs_in(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "clip.mp4").write_bytes(b"x")
    assert typed("clip.mp4") == tmp_path / "clip.mp4"
    with pytest.raises(InputError, match="nothing at"):
        typed(Path(__file__).name)
    assert located("luts/a.cube", tmp_path / "films") == tmp_path / "films" / "luts" / "a.cube"
    assert located(str(tmp_path / "x"), tmp_path / "films") == tmp_path / "x"
    assert located("  ", tmp_path) is None
