"""A job: what is asked for, which never changes, and how it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from annotated_types import Interval

from core.errors import InputError
from core.jobs.states import ACTIVE, Event, State, possible

if TYPE_CHECKING:
    from core.progress import Progress
    from core.recipe import Recipe
    from core.render.options import RenderOptions

Moment = Annotated[float, Interval(ge=0, le=253_402_300_799)]
"""Seconds since 1970, up to the year 9999: what a date can be made of."""
Amount = Annotated[float, Interval(ge=0, le=1e15)]

HIGH, NORMAL, LOW = 1, 0, -1
"""Priorities: of what is queued the highest goes first, and among equals the first in line."""


PREVIEW = "preview"
"""The kind of an order for some seconds of a video, which somebody waits for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do, whole and unchanging.

    `kind` says who does it (`render`, `preview`, `train`), `style` what to call its look, and
    `options` is what that kind needs besides, as JSON can hold it. A recipe travels as its JSON,
    which is read only where it is needed; `assets` are the files it names, with their SHA-256.
    """

    kind: str
    title: str
    target: Path
    source: Path | None = None
    style: str = ""
    recipe_json: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def render(cls, source: Path, target: Path, recipe: Recipe,
               options: RenderOptions | None = None) -> Self:
        """A video in a style. Raises InputError where a file of the recipe cannot be read."""
        source, target = source.absolute(), target.absolute()
        if options is not None and options.scratch is not None:
            options = replace(options, scratch=options.scratch.absolute())
        recipe = recipe.anchored()
        return cls("render", target.name, target, source, recipe.name(), recipe.to_json(),
                   {} if options is None else options.document(), recipe.digests())

    @property
    def renders(self) -> bool:
        """Whether a video comes of it."""
        return self.kind in ("render", PREVIEW)

    def check_assets(self) -> None:
        """Raises InputError where a file that the recipe names is not what it was."""
        from core.recipe import asset_digest

        for path, digest in self.assets.items():
            if asset_digest(Path(path)) != digest:
                raise InputError(f"{path} has changed since this job was queued.",
                                 "Put that file back and retry, or queue the video anew.")

    @property
    def recipe(self) -> Recipe:
        """Raises InvalidParameter where there is none, or it is of a later version."""
        from core.recipe import Recipe

        return Recipe.from_json(self.recipe_json)

    @property
    def render_options(self) -> RenderOptions:
        from core.render.options import RenderOptions

        return RenderOptions.of(self.options)

    def to(self, target: Path) -> Self:
        """The same into another file."""
        title = target.name if self.title == self.target.name else self.title
        return replace(self, target=target.absolute(), title=title)

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "target": str(self.target),
                           "source": None if self.source is None else str(self.source)})


def order_values(text: str) -> dict[str, Any]:
    """The fields of an order that `to_json` wrote, not yet checked.

    Raises ValueError, TypeError or KeyError for what is nothing of the kind.
    """
    values = json.loads(text)
    source = values["source"]  # paths may hold bytes that are no text, which are no string's
    return {**values, "target": Path(values["target"]),
            "source": None if source is None else Path(source)}


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is: `frames` of about `total` in a `stage` such as render or mux.

    `kept` of them survive any end; `redo_seconds` is the work that a pause at once would throw
    away. `seconds_per_frame` is what its watchdog goes by.
    """

    stage: str = ""
    frames: int = 0
    total: int = 0
    fps: Amount = 0.0
    eta_seconds: Amount | None = None
    chunk: int = 0
    chunks: int = 1
    kept: int = 0
    redo_seconds: Amount = 0.0

    @classmethod
    def of(cls, progress: Progress, redo_seconds: float = 0.0) -> Self:
        return cls(progress.stage, progress.frames, progress.total, progress.fps,
                   progress.eta_seconds, progress.chunk, progress.chunks, progress.kept,
                   redo_seconds)

    @property
    def share(self) -> float:
        """0..1 of the work that is done."""
        return min(self.frames / self.total, 1.0) if self.total else 0.0


Stop = Literal["", "now", "chunk", "cancel"]
"""What a running job is asked for: nothing, to pause at once or after its chunk, or to end."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the queue, as it was when it was read.

    Times are seconds since 1970. `run_after` is the earliest it may start; `attempts` counts how
    often it was started. `plan` is what was resolved for it, there once it runs; `result` is there
    once it is done; `message` and `hint` say why it failed or halted.
    """

    id: int
    order: Order
    state: State
    priority: int = NORMAL
    position: int = 0
    run_after: Moment | None = None
    created: Moment = 0.0
    started: Moment | None = None
    ended: Moment | None = None
    updated: Moment = 0.0
    attempts: int = 0
    stop: Stop = ""
    progress: JobProgress = JobProgress()
    plan: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""
    crashes: int = 0
    pid: int | None = None
    """Of the process that works on it."""

    @property
    def kind(self) -> str:
        return self.order.kind

    @property
    def title(self) -> str:
        return self.order.title

    @property
    def source(self) -> Path | None:
        return self.order.source

    @property
    def target(self) -> Path:
        return self.order.target

    @property
    def style(self) -> str:
        return self.order.style

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def possible(self) -> frozenset[Event]:
        """What a person may do to it now."""
        return possible(self.state)
