import io

import pytest

from core.progress import Progress
from scripts import terminal
from scripts.terminal import Step, details, fitted, progress_shown

HALF = Progress("render", 50, 200, 24.96, 6.0, 0, 3, 0)


class Screen(io.StringIO):
    """What is written to it, as a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("progress", "words"), [
    (HALF, "50/200 frames, 25.0 fps, 6 s left, chunk 1/3"),
    (Progress("render", 1, 200, 0.0, None, 0, 1, 0), "1/200 frames"),
    (Progress("mux", 200, 200, 0.0, None, 2, 3, 0), "200 frames, joining"),
    (Step("transcode", 1, 5, unit="runs"), "1/5 runs")])
def test_progress_in_words(progress: Progress | Step, words: str) -> None:
    assert details(progress) == words


def test_without_a_terminal_lines_come_at_intervals(monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([100.0, 100.0, 103.0, 104.9, 105.0, 105.0, 109.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with progress_shown("a.mp4") as show:
        for _ in range(5):
            show(HALF)
    assert capsys.readouterr().err == "a.mp4: 50/200 frames, 25.0 fps, 6 s left, chunk 1/3\n" * 2


@pytest.mark.parametrize("columns", [80, 120])
def test_the_bar_shows_all_that_matters(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    with progress_shown("[1/20] a-rather-long-name-of-a-clip_pencil.mp4") as show:
        show(HALF)
    assert details(HALF) in screen.getvalue()
    assert ("clip_pencil.mp4" in screen.getvalue()) == (columns == 120)


def test_words_are_not_torn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = "a.mp4\n  Note: nothing was lost here."
    assert fitted(text, Screen()) == "a.mp4\n  Note: nothing was\n  lost here."
    assert fitted(text, io.StringIO()) == text
