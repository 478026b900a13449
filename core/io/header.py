"""What an output tells before its first packet; tried before anything is drawn."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error

from core.errors import InvalidParameter
from core.io.codecs import MUXERS
from core.io.containers import open_fully, open_output
from core.io.kept import Kept
from core.io.sound import is_known
from core.io.tracks import add_tracks

if TYPE_CHECKING:
    from av.container.core import Chapter

    from core.io.mux import MuxJob


def rehearse(job: MuxJob) -> Kept:
    """What would become of everything beside the picture; writes nothing of the user's.

    Raises InvalidParameter where a header with all these streams is refused, or where sound has no
    room in the codec that was asked for.
    """
    report = Kept()
    with tempfile.TemporaryDirectory() as folder, open_fully(job.source) as source:
        target = open_output(Path(folder) / "header", MUXERS[job.container],
                             options=muxer_options(job, source))
        # Any moving picture will do; ours is known to be taken.
        target.add_mux_stream("vp8" if job.container == "webm" else "mpeg4", width=job.spec.width,
                              height=job.spec.height, time_base=Fraction(1, 25))
        add_tracks(source, target, job, report, dry=True)
        copy_container(source, target, job, report)
        try:
            with target:
                target.start_encoding()
        except (av.error.FFmpegError, ValueError) as error:
            raise InvalidParameter(
                f"{job.container} does not take the tracks of {job.source.name} together.",
                "Choose another container, or --audio none.") from error
    return report


def muxer_options(job: MuxJob, source: av.container.InputContainer) -> dict[str, str]:
    if job.container not in ("mp4", "mov"):
        return {}
    # Edit lists count in this clock; with its default of 1/1000 s starts and ends would be rounded.
    clocks = [job.time_base.denominator] + [
        stream.codec_context.sample_rate for stream in source.streams.audio if is_known(stream)]
    exact = lcm(*clocks)
    scale = exact if exact < 2**31 else job.time_base.denominator
    return {"movflags": "use_metadata_tags+faststart", "movie_timescale": str(max(scale, 1000))}


def copy_container(source: av.container.InputContainer, target: av.container.OutputContainer,
                    job: MuxJob, report: Kept) -> None:
    kept = {key: value for key, value in source.metadata.items()
            if key.lower() not in ("major_brand", "minor_version", "compatible_brands", "encoder")}
    target.metadata.update(kept | job.metadata)
    chapters = [moved for chapter in source.chapters()
                if (moved := _moved_chapter(chapter, job)) is not None]
    if chapters:
        target.set_chapters(chapters)
        report.kept.append(f"{len(chapters)} chapters")


def _moved_chapter(chapter: Chapter, job: MuxJob) -> Chapter | None:
    base = chapter["time_base"]
    if base is None:
        return None
    start, end = chapter["start"] * base, chapter["end"] * base
    if job.range.end is not None and start >= job.range.end:
        return None
    if job.range.start is not None:
        if end <= job.range.start:
            return None
        start = max(start, job.range.start)
    if job.range.end is not None:
        end = min(end, job.range.end)
    return {**chapter, "start": round((start + job.offset) / base),
            "end": round((end + job.offset) / base)}
