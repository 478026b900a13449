"""One attempt at a plan: the chunks still missing, one after the other, then the join."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Literal

import numpy as np

from core.checkpoint import CheckpointManager, Entry, State, clear
from core.errors import InputError, UnreadableVideo
from core.io.kept import Kept
from core.io.reader import ReadReport, VideoReader
from core.progress import Followed, Pace, Progress, RenderResult, StageTimings
from core.render.chunks import Chunk
from core.render.chunkwriter import ChunkWriter
from core.render.composite import Compositor
from core.render.delivery import deliver
from core.render.engine import Engine
from core.render.identity import Settings
from core.render.inputs import Inputs
from core.render.plan import RenderPlan
from core.render.room import check_floor
from core.render.stack import Stack
from core.render.stages import in_background
from core.render.work import Finished, in_chunks

Watch = Callable[[Callable[[], np.ndarray]], None]
"""Is called with a function that gives a picture, R'G'B' (H, W, 3), which costs time to make."""

_LOOK_EVERY = 3.0
"""Seconds between looks at how much room is left."""


class Run:
    """Renders what a checkpoint lacks of a plan; `resumed` frames are there already."""

    def __init__(self, plan: RenderPlan, stack: Stack, settings: Settings,
                 checkpoint: CheckpointManager, timings: StageTimings,
                 watch: Watch | None = None) -> None:
        self.plan, self.entries = plan, checkpoint.restore()
        self.resumed = sum(entry.frames for entry in self.entries.values())
        self._stack, self._checkpoint, self._timings = stack, checkpoint, timings
        compositor = self._compositor = Compositor(plan.source, plan.spec, stack.looks)
        self._watch = watch
        self._notes = plan.notes
        if compositor.note and not stack.inert:
            self._notes += (f"Color: {compositor.note}.",)
        self._engine = Engine(
            plan.source, stack, settings.temporal, compositor, detail=settings.detail,
            hold=settings.hold, execution=plan.execution, timings=timings)
        self._pace = Pace(plan.frames, self.resumed)
        self._kept = self.resumed
        self._looked = 0.0
        self._inputs = Inputs(((plan.source.path, plan.stamp), *settings.assets))
        self._met = dataclasses.astuple(ReadReport())

    def render(self) -> Iterator[Progress]:
        """Every missing chunk, in stretches that each start where all that carries over is known.

        Raises DiskFull, OutOfMemory or EncodeFailed; what is finished stays finished.
        """
        count = len(self.plan.chunks)
        with self._inputs.blamed():
            while gap := [n for n in range(count) if n not in self.entries]:
                end = next((n for n in range(gap[0], count) if n in self.entries), count)
                first, state = self._start(gap[0])
                yield from self._stretch(self.plan.chunks[first:end], state)
        if not any(entry.frames for entry in self.entries.values()):
            clear(self._checkpoint.folder)
            raise UnreadableVideo(
                f"None of the {self.plan.frames} pictures asked of {self.plan.source.path.name} "
                "can be decoded.", "Choose another part of it, or render another copy.")

    def mux(self, metadata: dict[str, str], resumed: int, begun: float,
            may_be_named: Callable[[], None]) -> Generator[Progress, None, RenderResult]:
        """Join the chunks into the output, of which `resumed` frames were there at `begun`.

        Raises what `may_be_named` does, which is asked when all is done but for the name.
        """
        entries = [self.entries[n] for n in range(len(self.plan.chunks))]
        check_floor(self.plan.target.parent, sum(entry.size for entry in entries))
        self._inputs.check()
        pace = Pace(sum(entry.frames for entry in entries))
        yield self._progress("mux", pace, len(entries) - 1)

        def described(kept: Kept) -> RenderResult:
            self._inputs.check()
            may_be_named()
            return self._result(kept, resumed, time.monotonic() - begun)

        work = deliver(self.plan, self._checkpoint, entries, metadata, described)
        with self._inputs.blamed(), self._timings.measure("mux"), Followed(work) as steps:
            for done in steps:
                pace.step(done - pace.done)
                yield self._progress("mux", pace, len(entries) - 1)
        return steps.result

    def _result(self, kept: Kept, resumed: int, seconds: float) -> RenderResult:
        entries = [self.entries[number] for number in sorted(self.entries)]
        frames = sum(entry.frames for entry in entries)
        remarks = [remark for entry in entries for remark in entry.remarks]
        met = ReadReport.of(entry.met for entry in entries)
        # Runs that overlap meet the same damage twice, but a picture is only missing once.
        if 0 < self.plan.frames - frames < met.skipped_packets:
            met.skipped_packets = self.plan.frames - frames
        return RenderResult(
            path=self.plan.target, frames=frames, resumed_frames=resumed, seconds=seconds,
            fps=(frames - resumed) / seconds if seconds else 0.0, codec=self.plan.spec.codec,
            container=self.plan.container, kept=tuple(kept.kept),
            warnings=tuple(dict.fromkeys(
                [*self.plan.warnings, *met.warnings(), *self._missed(frames, met), *remarks,
                 *kept.warnings])),
            choice=self.plan.choice,
            clipped_pixels=sum(entry.clipped for entry in entries),
            pixels=frames * self.plan.spec.width * self.plan.spec.height, notes=self._notes)

    def _missed(self, frames: int, met: ReadReport) -> list[str]:
        """What decoders leave out without a complaint, before a first key frame for instance."""
        planned = self.plan.frames
        if planned - frames <= met.skipped_packets:
            return []
        return [f"The source has packets for {planned} pictures, of which its decoder gave "
                f"{frames}; the others are missing."]

    def _start(self, gap: int) -> tuple[int, State | None]:
        """Where to begin drawing so that chunk `gap` comes out as if nothing were missing."""
        if self._stack.inert:
            return gap, None
        for first in range(gap, 0, -1):
            starts_shot = first < gap and self.entries[first].reset
            state = self._checkpoint.load_state(
                self.entries[first - 1], whole=self.plan.carries and not starts_shot)
            if state is not None:
                return first, state
        return 0, None

    def _stretch(self, chunks: Sequence[Chunk], state: State | None) -> Iterator[Progress]:
        """Chunks drawn one after the other; those entered already are drawn for the state only."""
        plan, first = self.plan, chunks[0].number
        start = None if first == 0 and plan.span.start is None else chunks[0].start
        index = sum(self.entries[number].frames for number in range(first))
        with ExitStack() as open_:
            reader = open_.enter_context(VideoReader(
                plan.source.path, threads=plan.execution.decode_threads,
                deinterlace=not self._stack.inert))
            pictures = open_.enter_context(closing(
                reader.pictures(start, plan.looked_at_until(chunks[-1]), plan.access)))
            decoded = open_.enter_context(closing(in_background(
                self._timings.drawn("decode", pictures), plan.workers + 2)))
            self._met = dataclasses.astuple(ReadReport())
            works = open_.enter_context(closing(in_chunks(decoded, chunks)))
            drawn = open_.enter_context(closing(self._engine.run(works, index, state)))
            yield from self._encoded(drawn, chunks, reader, state)

    def _encoded(self, works: Iterable[Finished], chunks: Sequence[Chunk], reader: VideoReader,
                 unsaved: State | None) -> Iterator[Progress]:
        due = chunks[0].number
        with ExitStack() as open_:
            writer: ChunkWriter | None = None
            for work in works:
                number = work.place.chunk.number
                self._leave_empty(range(due, number), unsaved, reader)
                due = number
                if number not in self.entries:
                    if writer is None:
                        writer = open_.enter_context(
                            ChunkWriter(self._checkpoint.chunk_path(number), self.plan.spec, work))
                    self._write(writer, work)
                if work.place.last:
                    unsaved, due = work.state, number + 1
                    if writer is not None:
                        self._commit(writer.finish(), unsaved, reader)
                        writer = unsaved = None
                yield self._progress("render", self._pace, number)
            self._leave_empty(range(due, chunks[-1].number + 1), unsaved, reader)

    def _write(self, writer: ChunkWriter, work: Finished) -> None:
        if time.monotonic() - self._looked > _LOOK_EVERY:
            check_floor(self._checkpoint.folder)
            self._looked = time.monotonic()
        with self._timings.measure("encode"):
            writer.write(work)
        if self._watch is not None:
            self._watch(lambda: self._compositor.delivered_rgb(work.picture))
        self._pace.step()

    def _commit(self, entry: Entry, state: State | None, reader: VideoReader) -> None:
        """Enter a finished chunk, unless the source is no longer what was planned from."""
        promised = self.plan.chunks[entry.number].frames
        if reader.report.cut_short and not self.plan.cut_short and entry.frames < promised:
            raise InputError(
                f"{self.plan.source.path.name} could be read to its end before, and now cannot.",
                "Check the disk it is on and run the same command again; it resumes.")
        self._inputs.check()
        now = dataclasses.astuple(reader.report)
        met = tuple(after - before for after, before in zip(now, self._met, strict=True))
        self._met = now
        remarks = (*entry.remarks, *self.plan.choices.remarks)
        with self._timings.measure("commit"):
            self.entries[entry.number] = self._checkpoint.commit(
                dataclasses.replace(entry, met=met, remarks=remarks), state)
        self._kept += entry.frames

    def _leave_empty(self, numbers: range, unsaved: State | None, reader: VideoReader) -> None:
        """Chunks whose packets all turned out undecodable hold nothing, and say so.

        They pass on the state before them: `unsaved`, or what the checkpoint holds.
        """
        base = self.plan.source.time_base
        for number in numbers:
            if number not in self.entries:
                state = unsaved
                if state is None and number:
                    state = self._checkpoint.load_state(
                        self.entries[number - 1], whole=self.plan.carries)
                at = max(0.0, float(self.plan.chunks[number].start * base))
                self._commit(Entry(number, remarks=(
                    f"Nothing could be decoded of part {number + 1} of {len(self.plan.chunks)}, "
                    f"which begins at {at:.1f} s; it is missing in the output.",)), state, reader)

    def _progress(self, stage: Literal["render", "mux"], pace: Pace, chunk: int) -> Progress:
        return Progress(stage, pace.done, max(pace.total, pace.done), pace.fps, pace.eta,
                        chunk, len(self.plan.chunks), self._kept)
