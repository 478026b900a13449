"""What a render is asked for, what was chosen for it, and the plan these two make."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

from core import durable
from core.hardware.execution import ExecutionPlan
from core.hardware.vram import GpuStep, smaller
from core.io.access import AccessPoints
from core.io.codecs import CODECS
from core.io.encoders import VideoSpec
from core.io.probe import VideoMetadata
from core.io.span import Range
from core.recipe import Output, Recipe
from core.render.chunks import Chunk
from core.render.inputs import Stamp
from core.render.means import Budget


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
    scratch: Path | None = None
    effort: str = "balanced"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was left open and is kept for as long as the render is unfinished.

    `workers` is None until memory has set a limit, `step` is how much of a GPU looks may use,
    `budget` how much memory they count on; `remarks` say what was chosen for the user.
    """

    codec: str
    chunks: tuple[Chunk, ...]
    workers: int | None = None
    remarks: tuple[str, ...] = ()
    step: GpuStep = GpuStep()
    budget: Budget | None = None

    def less_of_the_gpu(self) -> Choices | None:
        """After its memory ran out; None where it is not used any more."""
        step = smaller(self.step)
        if step is None:
            return None
        said = "The memory of the GPU ran out on the way; the network went on with less of it."
        return replace(self, step=step, remarks=tuple(dict.fromkeys([*self.remarks, said])))

    def fewer_workers(self, now: int) -> Choices | None:
        """After memory ran out with `now` of them; None where there is nothing left to give."""
        if now == 1:
            return None
        fewer = now // 2
        return replace(self, workers=fewer, remarks=(
            *self.remarks, f"Memory ran out with {now} workers; {fewer} are used."))

    def in_software(self) -> Choices | None:
        """After a hardware encoder failed; None where it is none."""
        other = CODECS[self.codec].software
        if not other:
            return None
        return replace(self, codec=other, remarks=(
            *self.remarks, f"{self.codec} failed on the way; the render began again with {other}."))

    def save(self, path: Path) -> None:
        """Write a file that is there in full or not at all."""
        durable.write_values(path, asdict(self))

    @classmethod
    def load(cls, path: Path) -> Choices | None:
        """What `save` wrote; None where there is no such file or it is damaged."""
        try:
            values = durable.read_values(path)
            chunks = tuple(Chunk(**chunk) for chunk in values["chunks"])
            loaded = cls(**{**values, "chunks": chunks, "remarks": tuple(values["remarks"]),
                            "step": GpuStep(**values.get("step", {})),
                            "budget": Budget(**values["budget"]) if values.get("budget") else None})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return loaded if chunks and loaded.codec in CODECS else None


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """What a render will do, resolved; nothing in it changes once it runs.

    `identities` are hashes, one per chunk, of all that determines its pictures; `stamp` is the
    source file's size and time of change; `carries` tells whether chunks depend on those before,
    and `look_ahead` on how many ticks after them.
    """

    source: VideoMetadata
    stamp: Stamp
    cut_short: bool
    target: Path
    container: str
    spec: VideoSpec
    choices: Choices
    identities: tuple[str, ...]
    key: str
    access: AccessPoints
    span: Range
    offset: Fraction
    audio: str
    execution: ExecutionPlan
    carries: bool
    look_ahead: int
    resumable: bool
    warnings: tuple[str, ...]
    choice: str = ""
    """What `auto` took for a codec and why, in a sentence; empty where one was asked for."""
    notes: tuple[str, ...] = ()
    """How it will be made, as far as nobody asked for that."""

    @property
    def workers(self) -> int:
        return self.execution.workers

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        return self.choices.chunks

    @property
    def frames(self) -> int:
        return sum(chunk.frames for chunk in self.chunks)

    def looked_at_until(self, chunk: Chunk) -> int | None:
        """Where reading ends for a chunk, in ticks: its last pictures may begin a flash.

        That may be past the end of a range, so that its pictures are those of the whole render.
        """
        return None if chunk.end is None else chunk.end + self.look_ahead
