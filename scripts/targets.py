"""Where results go: what --out means, and folders made only for results that come."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.durable import check_name
from core.errors import InputError, InvalidParameter

OUTPUTS = Path("outputs")
"""Where results go unless told otherwise."""


def is_file_target(out: Path) -> bool:
    """Whether `out` names a video file to be written; everything else is a folder.

    Raises InvalidParameter for the name of a file that we cannot write, InputError for one that
    there cannot be.
    """
    from core.io.codecs import MUXERS

    check_name(out)
    if out.is_dir():
        return False
    if out.suffix.lstrip(".").lower() in MUXERS:
        return True
    kind = mimetypes.guess_type(out.name)[0] or ""
    if kind.startswith(("video/", "image/", "audio/")):
        raise InvalidParameter(f"{out.name} is no kind of video that can be written.",
                               f"Name it .{', .'.join(MUXERS)}, or give a folder.")
    return False


def refuse_existing(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise InputError(f"{target} is a folder.", "Give the name of a file.")
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists already.",
                         "Choose another name, or add --overwrite to replace it.")


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """The folder is there inside; where nothing came into it, it is not left behind."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be made ({_reason(error)}).",
                         "Choose another place for the results.") from error
    try:
        yield
    finally:
        with suppress(OSError):  # they, or their disk, may be gone
            for place in missing:
                if not any(place.iterdir()):
                    place.rmdir()


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
