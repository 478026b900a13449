"""The last step: chunks joined, checked, and given their name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.checkpoint import PARTIAL, CheckpointManager, Entry
from core.io import repair
from core.io.check import check_output
from core.io.mux import ChunkFile, MuxJob, mux
from core.io.tracks import Kept, Range
from core.preflight import RenderPlan


def deliver(plan: RenderPlan, checkpoint: CheckpointManager, entries: Sequence[Entry],
            metadata: dict[str, str]) -> Kept:
    """Join the chunks under the source's timestamps, check the file, and rename it into place.

    Raises FrameMismatch where the file does not hold what it should; nothing is named then.
    """
    partial = plan.target.with_name(plan.target.name + PARTIAL)
    job = MuxJob(
        source=plan.source.path, target=partial, container=plan.container, spec=plan.spec,
        chunks=[_chunk_file(checkpoint.folder, entry) for entry in entries],
        time_base=plan.source.time_base, offset=_offset(plan, entries),
        audio=plan.audio, range=_covered(plan, entries), metadata=metadata)
    try:
        kept = mux(job)
        if repair.loses_sar(plan.spec, plan.container):
            repair.restore_sar(partial, plan.spec.sar, plan.container)
        check_output(job, partial)
        os.replace(partial, plan.target)
    finally:
        partial.unlink(missing_ok=True)
    return kept


def _chunk_file(folder: Path, entry: Entry) -> ChunkFile:
    return ChunkFile(folder / entry.file, np.array(entry.pts, np.int64),
                     np.array(entry.durations, np.int64), np.array(entry.order, np.int64))


def _offset(plan: RenderPlan, entries: Sequence[Entry]) -> Fraction:
    """A trimmed range starts at its first picture, which packets only promised."""
    if plan.span.start is None:
        return plan.offset
    return -entries[0].pts[0] * plan.source.time_base


def _covered(plan: RenderPlan, entries: Sequence[Entry]) -> Range:
    """The pictures' own span, so that sound is cut where they are."""
    base, last = plan.source.time_base, entries[-1]
    start = None if plan.span.start is None else entries[0].pts[0] * base
    end = None if plan.span.end is None else (last.pts[-1] + last.durations[-1]) * base
    return Range(start, end)
