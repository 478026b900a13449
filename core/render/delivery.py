"""The last step: chunks joined, checked, and given their name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Generator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core import durable
from core.checkpoint import DELIVERED, CheckpointManager, Entry
from core.errors import CheckpointError, InputError
from core.io import repair
from core.io.check import check_output
from core.io.kept import Kept
from core.io.mux import ChunkFile, MuxJob, mux
from core.io.span import Range
from core.progress import RenderResult
from core.render.inputs import stamp_of
from core.render.plan import RenderPlan


def deliver(plan: RenderPlan, checkpoint: CheckpointManager, entries: Sequence[Entry],
            metadata: dict[str, str], describe: Callable[[Kept], RenderResult]
            ) -> Generator[int, None, RenderResult]:
    """Join the chunks under the source's timestamps, check the file, and rename it into place.

    Yields how many pictures are joined; the result is what `describe` makes of what came along.
    Raises FrameMismatch where the file does not hold what it should; nothing is named then.
    """
    partial = durable.partial(plan.target)
    entries = [entry for entry in entries if entry.frames]
    job = MuxJob(
        source=plan.source.path, target=partial, container=plan.container, spec=plan.spec,
        chunks=[_chunk_file(checkpoint.chunk_path(entry.number), entry) for entry in entries],
        time_base=plan.source.time_base, offset=_offset(plan, entries),
        audio=plan.audio, range=_covered(plan, entries), metadata=metadata)
    try:
        kept = yield from mux(job)
        if repair.loses_sar(plan.spec, plan.container):
            repair.restore_sar(partial, plan.spec.sar, plan.container)
        check_output(job, partial)
        result = describe(kept)
        note = {"stamp": stamp_of(partial), "result": dataclasses.asdict(result)}
        durable.write(checkpoint.folder / DELIVERED, json.dumps(note, default=str).encode())
        with durable.saving(plan.target):
            durable.rename(partial, plan.target)
    except InputError as error:
        if all(chunk.path.is_file() for chunk in job.chunks):
            raise
        raise CheckpointError(f"{checkpoint.folder} does not hold its chunks any more.",
                              "Check that folder and its disk, and run the same command again."
                              ) from error
    finally:
        durable.discard(partial)
    return result


def delivered(folder: Path, target: Path) -> RenderResult | None:
    """The result of an earlier run that delivered the target but could not clear up after."""
    try:
        note = json.loads((folder / DELIVERED).read_bytes())
        if tuple(note["stamp"]) != stamp_of(target):
            return None
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
                  for name, value in note["result"].items()}
        return RenderResult(**{**values, "path": target, "resumed_frames": values["frames"]})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _chunk_file(path: Path, entry: Entry) -> ChunkFile:
    return ChunkFile(path, np.array(entry.pts, np.int64),
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
