"""The last step: chunks joined, checked, and given their name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Generator, Sequence
from fractions import Fraction
from math import lcm
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
    covered = _covered(plan, entries)
    finer = _finer(covered, plan.source.time_base)
    job = MuxJob(
        source=plan.source.path, target=partial, container=plan.container, spec=plan.spec,
        chunks=_chunk_files(plan, checkpoint, entries, covered, finer),
        time_base=plan.source.time_base / finer,
        offset=plan.offset if covered.start is None else -covered.start,
        audio=plan.audio, range=covered, metadata=metadata)
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
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _chunk_files(plan: RenderPlan, checkpoint: CheckpointManager, entries: Sequence[Entry],
                 covered: Range, finer: int) -> list[ChunkFile]:
    """The chunks, in ticks of the `finer` clock; pictures at the ends stand in the range only."""
    files = [ChunkFile(checkpoint.chunk_path(entry.number), finer * np.array(entry.pts, np.int64),
                       finer * np.array(entry.durations, np.int64),
                       np.array(entry.order, np.int64)) for entry in entries]
    base = plan.source.time_base / finer
    (first, late), last = (files[0], files[0].pts[0]), files[-1]
    if covered.start is not None:
        late = round(covered.start / base) - late
        first.pts[0] += late
        first.durations[0] -= late
    if covered.end is not None:
        last.durations[-1] = round(covered.end / base) - last.pts[-1]
    return files


def _covered(plan: RenderPlan, entries: Sequence[Entry]) -> Range:
    """The range as far as pictures stand in it, for packets only promised them.

    Sound is cut where they are.
    """
    base, asked, last = plan.source.time_base, plan.span, entries[-1]
    return Range(None if asked.start is None else max(asked.start, entries[0].pts[0] * base),
                 None if asked.end is None else min(
                     asked.end, (last.pts[-1] + last.durations[-1]) * base))


def _finer(span: Range, base: Fraction) -> int:
    """Into how many parts ticks are divided so that a range begins and ends at one."""
    return lcm(*((time / base).denominator for time in (span.start, span.end)
                 if time is not None))
