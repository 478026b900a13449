"""Everything decided and checked before the first picture is drawn."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from core.chunks import Chunk, plan_chunks
from core.errors import DiskFull, InputError, InvalidParameter, OutOfMemory
from core.io.codecs import CODECS, MUXERS
from core.io.encoders import VideoSpec, Wish, choose_encoder
from core.io.index import PacketIndex, index_packets
from core.io.probe import VideoMetadata, VideoProbe
from core.io.tracks import Range
from core.recipe import Output, Recipe, asset_digest
from core.stack import CallableStylizer, Stack

ENGINE_REVISION = 1
"""Raised whenever the same plan would give other pictures, whatever the look."""

DISK_FLOOR = 256 * 2**20
"""Bytes that stay free on the disks written to; below it a render pauses."""


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """What a render will do, resolved; nothing in it changes once it runs.

    `identities` are hashes, one per chunk, of all that determines its pictures.
    """

    source: VideoMetadata
    target: Path
    container: str
    spec: VideoSpec
    chunks: tuple[Chunk, ...]
    identities: tuple[str, ...]
    key: str
    keys: np.ndarray
    span: Range
    offset: Fraction
    audio: str
    workers: int
    resumable: bool
    warnings: tuple[str, ...]

    @property
    def frames(self) -> int:
        return sum(chunk.frames for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asks for. `start` and `end` are seconds since the source begins."""

    source: Path
    target: Path
    output: Output
    recipe: Recipe | None = None
    chunk_duration: float | None = None
    start: Fraction | None = None
    end: Fraction | None = None
    workers: int | None = None
    overwrite: bool = False
    effort: str = "balanced"


def plan_render(request: Request, stack: Stack, settings: dict[str, Any]) -> RenderPlan:
    """Check everything that can be checked and decide everything that is left open.

    `settings` are the recipe's pixel-determining values as JSON can hold them. Raises InputError
    or InvalidParameter for what cannot work, DiskFull and OutOfMemory for what would not fit.
    """
    source = VideoProbe.probe(request.source)
    container = container_of(request.target, source, request.output)
    _check_target(request)
    spec, remarks = choose_encoder(_wish(request, source))
    if container not in CODECS[spec.codec].containers:
        raise InvalidParameter(
            f"{spec.codec} does not go into {container}.",
            f"Use {' or '.join(CODECS[spec.codec].containers)}.")
    index = index_packets(request.source)
    first, last = _range(request, source, index)
    length = _chunk_length(request.chunk_duration)
    chunks = plan_chunks(index, length, source.time_base, first, last)
    if not chunks:
        raise InputError(f"{request.source.name} shows nothing between these times.",
                         "Choose a start and an end within its length.")
    workers = request.workers or os.cpu_count() or 1
    _check_memory(source, workers)
    common = _common_identity(source, spec, settings, stack)
    plan = RenderPlan(
        source=source, target=request.target, container=container, spec=spec, chunks=chunks,
        identities=tuple(_identities(common, chunks, index, stack, settings)),
        key=_hash(common, index.digest(), str(request.chunk_duration), str(first), str(last)),
        keys=index.keys(), span=_span(source, first, last),
        offset=_offset(source, index, first), audio=request.output.audio, workers=workers,
        resumable=_resumable(stack),
        warnings=tuple([*remarks, *_source_warnings(source, stack)]))
    _check_disk(plan)
    return plan


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
    family = ("mkv" if "matroska" in source.container
              else "mov" if source.path.suffix.lower() in (".mov", ".qt") else "mp4")
    fitting = CODECS["hevc" if codec == "auto" else codec].containers if (
        codec == "auto" or codec in CODECS) else ()
    return family if family in fitting or not fitting else fitting[0]


def _check_target(request: Request) -> None:
    target = request.target
    if target.exists() and target.resolve() == request.source.resolve():
        raise InputError(f"{target.name} is the source itself.", "Choose another output.")
    if target.is_dir():
        raise InputError(f"{target} is a folder.", "Give a file name.")
    if target.exists() and not request.overwrite:
        raise InputError(f"{target} exists already.",
                         "Choose another name, or ask for it to be overwritten.")
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Make it first.")
    probe = folder / f".{target.name}.{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"{folder} cannot be written to ({error.strerror}).",
                         "Choose another folder.") from error


def _wish(request: Request, source: VideoMetadata) -> Wish:
    output = request.output
    return Wish(
        pixel_format=source.pixel_format, width=source.width, height=source.height,
        rate=_tame(source.rate), codec=output.codec, effort=request.effort, crf=output.crf,
        tags=source.tags, sar=source.sar, hdr=source.hdr, display_matrix=_turn(source))


def _tame(rate: Fraction) -> Fraction:
    """A rate every encoder takes; it only spaces their own clocks."""
    if not 1 <= rate <= 240:
        return Fraction(25)
    return rate.limit_denominator(1001)


def _turn(source: VideoMetadata) -> tuple[int, ...] | None:
    if source.display_matrix is not None:
        return source.display_matrix
    if not source.rotation:
        return None
    cos, sin = (round(f(math.radians(source.rotation)) * 65536) for f in (math.cos, math.sin))
    return cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30  # AVDisplayMatrix, 16.16 fixed point


def _range(request: Request, source: VideoMetadata,
           index: PacketIndex) -> tuple[int | None, int | None]:
    """The range in ticks on the source's own clock."""
    def ticks(time: Fraction | None) -> int | None:
        if time is None:
            return None
        return math.ceil((time + source.container_start) / source.time_base)

    if request.start is not None and request.end is not None and request.end <= request.start:
        raise InvalidParameter("The end is not after the start.", "Swap them.")
    first, last = ticks(request.start), ticks(request.end)
    if first is not None and len(index.pts) and first > index.pts.max():
        length = float((int(index.pts.max()) + 1) * source.time_base - source.container_start)
        raise InvalidParameter(
            f"The start lies after the end of {request.source.name}, which is "
            f"{length:.2f} s long.", "Choose an earlier start.")
    return first, last


def _span(source: VideoMetadata, first: int | None, last: int | None) -> Range:
    base = source.time_base
    return Range(None if first is None else first * base, None if last is None else last * base)


def _offset(source: VideoMetadata, index: PacketIndex, first: int | None) -> Fraction:
    """Seconds added to every timestamp, the same for all streams.

    A trimmed range starts at zero, and so does a stream whose clock starts anywhere; every other
    file keeps its times.
    """
    base = source.time_base
    if first is not None:
        shown = index.pts[index.shown & (index.pts >= first)]
        return -int(shown.min()) * base
    if source.floating_origin:
        return -math.floor(source.container_start / base) * base
    return Fraction(0)


def _chunk_length(asked: float | None) -> Fraction:
    if asked is None:
        return Fraction(30)
    if not asked >= 1:
        raise InvalidParameter(f"A chunk of {asked:g} s is too short.", "Give 1 s or more.")
    return Fraction(asked)


def _resumable(stack: Stack) -> bool:
    return all(look.stylizer.version is not None for look in stack.looks
               if isinstance(look.stylizer, CallableStylizer))


def _source_warnings(source: VideoMetadata, stack: Stack) -> list[str]:
    said = []
    if source.is_hdr:
        said += [f"{look.stylizer.name} is made for standard dynamic range; on this HDR source "
                 "its whites are as bright as the signal allows."
                 for look in stack.looks if look.stylizer.sdr_only and not look.inert]
    if source.interlaced:
        said.append("The source is interlaced and stays so." if stack.inert else
                    "The source is interlaced; it is drawn deinterlaced.")
    dropped = {"DOVI_METADATA": "Dolby Vision metadata", "DYNAMIC_HDR_PLUS": "HDR10+ metadata",
               "DYNAMIC_HDR_VIVID": "HDR Vivid metadata", "ICC_PROFILE": "The ICC profile",
               "AMBIENT_VIEWING_ENVIRONMENT": "The ambient viewing environment",
               "SPHERICAL": "The spherical projection", "STEREO3D": "The 3D arrangement"}
    said += [f"{words} of the source is not carried over."
             for kind, words in dropped.items() if kind in source.extras]
    if not _resumable(stack):
        said.append("A function without a version attribute cannot be recognized again, so this "
                    "render cannot be resumed.")
    return said


def _common_identity(source: VideoMetadata, spec: VideoSpec, settings: dict[str, Any],
                     stack: Stack) -> str:
    looks = [[look.stylizer.name, getattr(look.stylizer, "revision", 0),
              getattr(look.stylizer, "version", None)] for look in stack.looks]
    color = dataclasses.astuple(source.tags)
    return _hash(ENGINE_REVISION, settings, looks, _plain(dataclasses.asdict(spec)), color,
                 source.pixel_format, str(source.sar))


def _identities(common: str, chunks: Sequence[Chunk], index: PacketIndex, stack: Stack,
                settings: dict[str, Any]) -> list[str]:
    """Chunks that carry state over depend on all before them; others on themselves alone."""
    chained = stack.stateful or settings["temporal"]["mode"] != "off" or stack.serial
    found: list[str] = []
    keys = index.keys()
    for chunk in chunks:
        # What is decoded from, where a chunk does not start at a key frame.
        since = keys[keys <= chunk.start]
        content = index.between(int(since[-1]) if len(since) else None, chunk.end).digest()
        before = found[-1] if chained and found else ""
        found.append(_hash(common, content, str(chunk.start), str(chunk.end), before))
    return found


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """What of a recipe determines pixels, assets by content."""
    layers = []
    for layer in recipe.layers:
        values = json.loads(layer.model_dump_json())
        for name, path in layer.assets().items():
            place = values if name == "mask" else values["params"]
            place[name] = asset_digest(path)
        layers.append(values)
    return {"layers": layers, "temporal": recipe.steadiness.model_dump(),
            "detail": recipe.quality.detail}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _hash(*parts: Any) -> str:
    return hashlib.blake2b(json.dumps(parts, sort_keys=True, default=str).encode(),
                           digest_size=12).hexdigest()


def _check_memory(source: VideoMetadata, workers: int) -> None:
    """Room for the pictures in flight: source, drawn, steady and encoded, for each worker."""
    pixels = source.width * source.height
    needed = pixels * (3 if source.bits == 8 else 6) * 4 * (2 * workers + 4)
    available = psutil.virtual_memory().available
    if needed > available:
        raise OutOfMemory(
            f"Pictures of {source.width}x{source.height} with {workers} workers need about "
            f"{needed / 2**30:.1f} GB of memory, and {available / 2**30:.1f} GB are free.",
            "Use fewer --workers, or close other programs.")


def _check_disk(plan: RenderPlan) -> None:
    needed = 2 * estimated_size(plan) + DISK_FLOOR
    free = shutil.disk_usage(plan.target.parent).free
    if free < needed:
        raise DiskFull(
            f"{plan.target.parent} has {free / 2**20:.0f} MB free, and this render needs about "
            f"{needed / 2**20:.0f} MB.", "Free some space, or choose another folder.")


_BITS_PER_PIXEL = {"ffv1": 0.45, "prores": 3.5}
"""Of output per pixel: ffv1's as a share of the raw samples."""


def estimated_size(plan: RenderPlan) -> int:
    """Bytes the output will hold, cautiously low for lossy codecs."""
    spec, pixels = plan.spec, plan.spec.width * plan.spec.height * plan.frames
    if spec.codec == "ffv1":
        return int(pixels * plan.source.bits * 1.5 * _BITS_PER_PIXEL["ffv1"] / 8)
    return int(pixels * _BITS_PER_PIXEL.get(spec.codec, 0.03) / 8)
