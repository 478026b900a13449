"""Where the output goes, and in which container."""

from __future__ import annotations

import tempfile
from pathlib import Path

from core.durable import DISK_FULL, check_name, no_room
from core.errors import InputError, InvalidParameter
from core.io.codecs import CODECS, MUXERS
from core.io.probe import VideoMetadata
from core.recipe import Output
from core.render.plan import Request


def container_of(target: Path, source: VideoMetadata, output: Output) -> str:
    """The container asked for, by name or by the target's suffix, or the one that loses least."""
    suffix = target.suffix.lstrip(".").lower()
    if output.container is not None:
        if suffix in MUXERS and suffix != output.container:
            raise InvalidParameter(f"{target.name} is not a .{output.container} file.",
                                   "Let the suffix and the container agree.")
        return output.container
    if suffix in MUXERS:
        return suffix
    return natural_container(source, output.codec)


def natural_container(source: VideoMetadata, codec: str) -> str:
    """The source's own container where the codec goes into it, else the codec's first."""
    suffix = source.path.suffix.lower()
    family = ("mov" if suffix in (".mov", ".qt") or codec == "prores"  # what editors open
              else "webm" if suffix == ".webm" and codec in ("vp9", "av1", "av1_nvenc")
              else "mkv" if "matroska" in source.container else "mp4")
    fitting = CODECS["hevc" if codec == "auto" else codec].containers if (
        codec == "auto" or codec in CODECS) else ()
    return family if family in fitting or not fitting else fitting[0]


def check_target(request: Request) -> None:
    """Refuse, with InputError, an output that cannot be written at all."""
    target = request.target
    check_name(target)
    if target.exists() and request.source.exists() and target.samefile(request.source):
        raise InputError(f"{target.name} is the source itself.", "Choose another output.")
    if target.is_dir():
        raise InputError(f"{target} is a folder.", "Give a file name.")
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Make it first.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in DISK_FULL:
            raise no_room(folder) from error
        raise InputError(f"{folder} cannot be written to ({error.strerror}).",
                         "Choose another folder.") from error


def check_free(request: Request) -> None:
    """Refuse, with InputError, to replace a file that nobody said may be replaced."""
    if request.target.exists() and not request.overwrite:
        raise InputError(f"{request.target} exists already.",
                         "Choose another name, or ask for it to be overwritten.")
