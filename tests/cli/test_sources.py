import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.sources import expand
from tests.cli.conftest import write_clip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two videos among files that FFmpeg opens too: text, a picture, subtitles."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "clips"
    write_clip(folder / "b.mp4")
    write_clip(folder / "a.mkv", codec="ffv1")
    write_clip(folder / ".hidden.mp4")
    write_clip(folder / "inner" / "c.mp4")
    (folder / "notes.txt").write_text("nothing to see\n" * 40)
    (folder / "words.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    (folder / "broken.mp4").write_text("not a video")
    (folder / "empty.mp4").touch()
    cv2.imwrite(str(folder / "still.png"), np.zeros((8, 8, 3), np.uint8))
    return folder


def names(typed: list[str], out: Path | None = None) -> list[str]:
    found, missing = expand(typed, out)
    assert not missing
    return [path.as_posix() for path in found]


def test_a_folder_means_its_videos_in_order(folder: Path) -> None:
    assert names(["clips"]) == ["clips/a.mkv", "clips/b.mp4"]
    assert names([str(folder)]) == [(folder / name).as_posix() for name in ("a.mkv", "b.mp4")]


def test_globs_are_expanded_sorted_and_without_hidden_files(folder: Path) -> None:
    assert names(["clips/*.m*"]) == ["clips/a.mkv", "clips/b.mp4", "clips/broken.mp4",
                                     "clips/empty.mp4"]
    assert names([str(folder / "?.mp4")]) == [(folder / "b.mp4").as_posix()]
    assert names(["**/c.mp4"]) == ["clips/inner/c.mp4"]
    assert names(["cli[a-p]s"]) == ["clips/a.mkv", "clips/b.mp4"]


def test_a_name_with_brackets_that_exists_is_meant_as_it_is(folder: Path) -> None:
    write_clip(folder / "take[1].mp4")
    write_clip(folder / "take1.mp4")
    assert names(["clips/take[1].mp4"]) == ["clips/take[1].mp4"]


def test_each_file_comes_once(folder: Path) -> None:
    assert names(["clips/b.mp4", "clips", str(folder / "b.mp4")]) == ["clips/b.mp4", "clips/a.mkv"]


@pytest.mark.parametrize(("typed", "words"), [
    ("clips/nowhere.mp4", "is not a file"),
    ("clips/*.webm", "Nothing matches"),
    ("clips/inner/none", "no video in the folder"),
    ("clips/x**y", "cannot be looked up|Nothing matches"),
    ("", "An empty name"),
    ("~nobody-of-that-name/x.mp4", "cannot be looked up|is not a file"),
    ("x" * 5000, "cannot be looked up|is not a file"),
])
def test_what_means_no_video_is_said(folder: Path, typed: str, words: str) -> None:
    (folder / "inner" / "none").mkdir()
    found, missing = expand([typed, "clips/b.mp4"])
    assert [path.name for path in found] == ["b.mp4"]
    [(text, error)] = missing
    assert text == typed
    assert any(word in error.message for word in words.split("|"))
    assert error.hint


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_no_text_is_found(tmp_path: Path) -> None:
    write_clip(tmp_path / "in" / "a.mp4").rename(os.fsdecode(os.fsencode(tmp_path / "in") +
                                                             b"/\xff.mp4"))
    found, missing = expand([str(tmp_path / "in")])
    assert (len(found), missing) == (1, [])
