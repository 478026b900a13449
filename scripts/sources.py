"""From what is typed after --in to the videos meant: files, folders and globs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import InputError
from core.saved import embedded


def expand(typed: Sequence[str], out: Path | None = None
           ) -> tuple[list[Path], list[tuple[str, InputError]]]:
    """The files meant, each once, and what was typed but means none.

    `out` is the folder results go to: of a folder that is also that one, rendered files are left
    out, so that the same command given twice does not draw its own results.
    """
    found: dict[Path, Path] = {}
    missing = []
    for text in typed:
        try:
            for path in _meant(text):
                for file in _videos(path, out) if path.is_dir() else [path]:
                    found.setdefault(file.resolve(), file)
        except InputError as error:
            missing.append((text, error))
    return list(found.values()), missing


def _meant(text: str) -> list[Path]:
    """A name that exists is meant as it is, brackets and all; else it may be a pattern."""
    try:
        path = Path(text).expanduser()
        if text and path.exists():
            return [path]
        matches = sorted(_matches(path)) if any(sign in text for sign in "*?[") else None
    except (ValueError, OSError, RuntimeError) as error:
        raise InputError(f"'{text}' cannot be looked up ({error}).", "Check the path.") from error
    if matches is None:
        raise InputError(f"{text or 'An empty name'} is not a file.", "Check the path.")
    if not matches:
        raise InputError(f"Nothing matches {text}.", "Check the folder and the pattern.")
    return matches


def _matches(pattern: Path) -> Iterator[Path]:
    below = pattern.relative_to(pattern.anchor) if pattern.anchor else pattern
    for match in Path(pattern.anchor).glob(str(below)):
        if not match.name.startswith("."):
            yield match


def _videos(folder: Path, out: Path | None) -> Iterator[Path]:
    try:
        files = sorted(path for path in folder.iterdir()
                       if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"{folder} cannot be listed ({error.strerror}).",
                         "Check its permissions.") from error
    shared = out is not None and out.resolve() == folder.resolve()
    videos = [file for file in files if _is_video(file, allow_rendered=not shared)]
    if not videos:
        raise InputError(f"There is no video in the folder {folder}.",
                         "Choose a folder that holds videos, or name the files.")
    yield from videos


def _is_video(path: Path, *, allow_rendered: bool) -> bool:
    from core.io import VideoProbe

    try:
        found = VideoProbe.probe(path)
    except InputError:
        return False
    return allow_rendered or embedded(found.tags_text) is None
