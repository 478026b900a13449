"""Two videos of the same pictures, measured against each other in one pass."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import InvalidParameter, ModelError, UnreadableVideo
from core.io import VideoReader
from core.io.span import Range
from core.metrics.collector import ClipMetrics, FrameMetrics, MetricsCollector
from core.metrics.lpips import Lpips
from core.metrics.pairing import check_sizes
from core.render.stages import in_background
from core.scenes.ahead import Decision, decided
from core.scenes.cuts import CutDetector
from core.scenes.thumbnails import Glimpse, Thumbnailer

BURST = 3
"""Neighbors that are measured at a time where not all are: flicker needs three."""
_AHEAD = 3
"""Decoded pictures that may wait, of each video."""
WHOLE = Range()


@dataclass(frozen=True, slots=True)
class Measured:
    """How far it is: `frames` of about `total`, 0 where nobody knows; and what was measured."""

    frames: int
    total: int
    metrics: FrameMetrics | None


def compare(source: Path, output: Path, styled: Path | None = None, *, every: int = 1,
            span: Range = WHOLE, backbones: Path | None = None, with_lpips: bool = True
            ) -> Generator[Measured, None, ClipMetrics]:
    """Measure `output` against `source`, and against `styled`: each picture styled alone.

    The videos show the same pictures in the same order, the others those of `source` within
    `span`. Of every `every` pictures the first BURST are measured. Raises InputError for what
    cannot be read and InvalidParameter for videos that do not belong together.
    """
    collector = collector_for(backbones, with_lpips)
    paths = [source, output, *filter(None, [styled])]
    with ExitStack() as open_:
        readers = [open_.enter_context(VideoReader(path)) for path in paths]
        check_sizes(*(reader.metadata for reader in readers))
        total = readers[1].metadata.frames or 0
        decoded = [open_.enter_context(closing(in_background(_shown(reader, within), _AHEAD)))
                   for reader, within in zip(readers, [span, WHOLE, WHOLE], strict=False)]
        shot = -1
        for index, (seen, decision) in enumerate(_cut(decoded[0])):
            others = [next(pictures, None) for pictures in decoded[1:]]
            _check_counts(paths, others, index)
            shot += decision.cut or index == 0
            known = None
            if index % every < BURST:
                known = collector.update(seen.image, *(one.image for one in others if one),
                                         shot=shot, index=index, time=seen.glimpse.time)
            yield Measured(index + 1, max(total, index + 1), known)
        _check_ended(paths, decoded[1:], shot + 1)
    return collector.result()


@dataclass(frozen=True, slots=True)
class _Shown:
    image: np.ndarray
    glimpse: Glimpse


def collector_for(backbones: Path | None, with_lpips: bool, *, whole: bool = True
                  ) -> MetricsCollector:
    """A collector, with LPIPS where that is asked for and can be had."""
    if not with_lpips:
        return MetricsCollector(whole=whole)
    try:
        return MetricsCollector(Lpips.load(backbones), whole=whole)
    except ModelError as error:
        return MetricsCollector(no_lpips=str(error), whole=whole)


def _shown(reader: VideoReader, span: Range) -> Iterator[_Shown]:
    """Pictures as R'G'B', their times in seconds since the file begins."""
    source = reader.metadata
    thumbnails = Thumbnailer(source.pixel_format, source.tags, source.width, source.height)
    for timed in reader.pictures():
        time = source.time_of(timed.pts)
        if not span.holds(time, time + timed.duration * source.time_base):
            continue
        yield _Shown(reader.image(timed), Glimpse(thumbnails.of(timed.picture), time))


def _cut(pictures: Iterator[_Shown]) -> Iterator[tuple[_Shown, Decision]]:
    return decided(pictures, CutDetector().decide)


def _check_counts(paths: list[Path], others: list[_Shown | None], index: int) -> None:
    for path, one in zip(paths[1:], others, strict=True):
        if one is None:
            raise _other_pictures(paths[0], path, f"ends after {index} pictures, before")


def _check_ended(paths: list[Path], decoded: list[Generator[_Shown, None, None]], shown: int
                 ) -> None:
    if not shown:
        raise UnreadableVideo(f"{paths[0].name} shows nothing there.", "Check the range.")
    for path, pictures in zip(paths[1:], decoded, strict=True):
        if next(pictures, None) is not None:
            raise _other_pictures(paths[0], path, "goes on after")


def _other_pictures(source: Path, path: Path, how: str) -> InvalidParameter:
    return InvalidParameter(
        f"{path.name} {how} {source.name}.",
        "Give a video and what was rendered from it, with --start and --end for a part of it.")
