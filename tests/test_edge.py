"""The edge: only errors of our tree come out, and what nobody foresaw is on record."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import edge as edges
from core import error_log
from core.edge import edge, guarded
from core.errors import DiskFull, InputError, InternalError, OutOfMemory, UnreadableLut
from scripts.failures import FAILED, exit_code

UNFORESEEN = [IndexError("list index out of range"), AttributeError("no"), ValueError(),
              KeyError(1), StopIteration(), RuntimeError("generator raised"), RecursionError(),
              OverflowError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
              AssertionError(), EOFError()]


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """errors.log of a process that keeps one; nothing reaches the check of logged errors."""
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(edges.logger, "propagate", False)
    monkeypatch.setattr(edges.logger, "handlers", [])
    error_log.keep()
    yield tmp_path / "data" / "errors.log"


@pytest.mark.parametrize("raised", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_what_nobody_foresaw_names_the_file_and_is_logged(record: Path, raised: Exception) -> None:
    with (pytest.raises(InternalError) as caught, edge("an outer one"),
          edge(Path("films/a.mp4"))):
        raise raised
    assert caught.value.message.startswith("a.mp4 led to an unexpected error")
    assert "errors.log" in caught.value.hint
    assert caught.value.__cause__ is raised
    assert exit_code(caught.value) == FAILED
    text = record.read_text()
    assert text.count("Unexpected error with a.mp4") == text.count("Traceback") == 1


def test_what_was_translated_passes(record: Path) -> None:
    wanted = UnreadableLut("x.cube is no LUT.")
    with pytest.raises(UnreadableLut) as caught, edge("x.cube"):
        raise wanted
    assert caught.value is wanted
    assert not record.exists()


@pytest.mark.parametrize(("raised", "kind"), [
    (MemoryError(), OutOfMemory),
    (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
    (PermissionError(errno.EACCES, "Permission denied"), InputError),
    (NotADirectoryError(errno.ENOTDIR, "Not a directory"), InputError),
])
def test_what_the_system_says_is_no_fault_of_ours(record: Path, raised: Exception,
                                                  kind: type[Exception]) -> None:
    with pytest.raises(kind), edge("x.cube"):
        raise raised
    assert not record.exists()


@pytest.mark.parametrize("raised", [KeyboardInterrupt, GeneratorExit, SystemExit])
def test_an_end_is_no_error(record: Path, raised: type[BaseException]) -> None:
    with pytest.raises(raised), edge("a.mp4"):
        raise raised
    assert not record.exists()


@pytest.mark.usefixtures("record")
def test_items_are_guarded_while_they_are_made() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise IndexError("list index out of range")

    made = guarded("a.flv", items())
    assert next(made) == 1
    with pytest.raises(InternalError):
        next(made)


def test_closing_reaches_what_is_guarded(record: Path) -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            yield 1
        finally:
            closed.append(True)

    made = guarded("a.flv", items())
    next(made)
    made.close()
    assert closed and not record.exists()


def test_faults_of_whoever_takes_the_items_are_his_own(record: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        for item in guarded("a.flv", [0]):
            1 // item
    assert not record.exists()


@pytest.mark.usefixtures("record")
def test_messages_of_libraries_are_cut() -> None:
    with pytest.raises(InternalError) as caught, edge("x.json"):
        raise ValueError("many\nlines " * 1000)
    assert len(caught.value.message) < 300 and "\n" not in caught.value.message


def test_a_record_that_cannot_be_kept_hides_nothing(record: Path) -> None:
    record.parent.write_text("a file where the folder should be")
    with pytest.raises(InternalError), edge("a.mp4"):
        raise IndexError


def test_the_record_does_not_grow_for_ever(record: Path) -> None:
    record.parent.mkdir()
    record.write_bytes(b"x" * 1_000_001)
    with pytest.raises(InternalError), edge("a.mp4"):
        raise IndexError
    assert record.stat().st_size < 10_000


def test_a_process_keeps_one_record(record: Path) -> None:
    error_log.keep()
    with pytest.raises(InternalError), edge("a.mp4"):
        raise IndexError
    assert record.read_text().count("Traceback") == 1
