"""Draft: what is being set up on the Dashboard, whole, as one value that outlives a refresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core import durable, settings
from core.errors import BrushreelError
from core.naming import TEMPLATE
from core.paths import data_folder
from core.presets import plain, preset
from core.recipe import Layer, Output, Recipe
from core.render.options import RenderOptions
from core.temporal import Temporal


class Draft(BaseModel):
    """Files, looks and settings; every change makes a new one.

    A take is one look, or several over one another, and becomes one job per file. `shown` and
    `active` say which file and which take are looked at, `number` at which picture.
    """

    model_config = ConfigDict(frozen=True)

    sources: tuple[Path, ...] = ()
    shown: int = 0
    number: int = 0
    takes: tuple[tuple[Layer, ...], ...] = ()
    active: int = 0
    quality: Literal["speed", "balanced", "quality"] = "balanced"
    temporal: Temporal | None = None
    hold: Literal[1, 2, 3] = 1
    output: Output = Output()
    folder: Path | None = None
    name: str = TEMPLATE
    start: float | None = Field(None, ge=0)
    end: float | None = Field(None, ge=0)
    metrics: int | None = Field(None, ge=0)

    @property
    def source(self) -> Path | None:
        return self.sources[min(self.shown, len(self.sources) - 1)] if self.sources else None

    @property
    def take(self) -> tuple[Layer, ...]:
        return self.takes[min(self.active, len(self.takes) - 1)] if self.takes else ()

    @property
    def recipe(self) -> Recipe | None:
        return self.recipe_of(self.take) if self.take else None

    def recipe_of(self, take: Sequence[Layer]) -> Recipe:
        return Recipe(layers=tuple(take), preset=self.quality, temporal=self.temporal,
                      hold=self.hold, output=self.output)

    @property
    def options(self) -> RenderOptions:
        from fractions import Fraction

        def exact(time: float | None) -> Fraction | None:
            return None if time is None else Fraction(time).limit_denominator(1000)

        return RenderOptions(start=exact(self.start), end=exact(self.end),
                             scratch=settings.load().scratch, metrics=self.metrics)

    def target_folder(self, source: Path) -> Path:
        """Where results go: what was chosen here or in Settings, or `outputs` beside the file."""
        return self.folder or settings.load().outputs or source.parent / "outputs"

    def with_(self, **changes: Any) -> Self:
        """The same with other values, checked."""
        return type(self).model_validate({**dict(self), **changes})

    def adding(self, paths: Sequence[Path]) -> Self:
        """With these files as well, the first new one looked at from its beginning."""
        new = [path for path in dict.fromkeys(paths) if path not in self.sources]
        shown = len(self.sources) if new else self.sources.index(paths[0])
        return self.with_(sources=(*self.sources, *new), shown=shown, number=0)

    def without_source(self, place: int) -> Self:
        left = tuple(path for at, path in enumerate(self.sources) if at != place)
        shown = max(0, self.shown - 1) if place <= self.shown else self.shown
        number = self.number if place != self.shown else 0
        return self.with_(sources=left, shown=shown, number=number, start=None, end=None)

    def toggled(self, look: str) -> Self:
        """A look chosen and looked at; if it was looked at already, chosen no more."""
        places = [at for at, take in enumerate(self.takes) if take[0].style == look]
        if not places:
            return self.with_(takes=(*self.takes, (layer_of(look),)), active=len(self.takes))
        if self.take[0].style != look:
            return self.with_(active=places[0])
        return self.without_take()

    def without_take(self) -> Self:
        left = tuple(take for at, take in enumerate(self.takes) if at != self.active)
        return self.with_(takes=left, active=max(0, self.active - 1))

    def doubled(self) -> Self:
        """The active take once more, to be varied beside the first."""
        return self.with_(takes=(*self.takes, self.take), active=len(self.takes))

    def with_layer(self, layer: Layer, at: int = 0) -> Self:
        """The active take with another layer in the place of the one `at`."""
        take = (*self.take[:at], layer, *self.take[at + 1:])
        return self.with_take(take)

    def with_take(self, take: Sequence[Layer]) -> Self:
        return self.with_(takes=(*self.takes[:self.active], tuple(take),
                                 *self.takes[self.active + 1:]))


def layer_of(name: str) -> Layer:
    """The layer that LOOK or LOOK:PRESET stands for."""
    look, colon, chosen = name.partition(":")
    return Layer.model_validate(preset(look, chosen).layer if colon else plain(look))


def changed(layer: Layer, params: Mapping[str, Any] | None = None, **laid_on: Any) -> Layer:
    """A layer with other values; InvalidParameter says what is wrong with them."""
    settings = layer.settings
    built = type(settings).build({**settings.model_dump(), **(params or {})})
    return Layer.model_validate({**dict(layer), **laid_on, "params": built.model_dump()})


class DraftFile:
    """Where the draft is kept, in the data folder, so that a refresh or a crash loses nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_folder() / "dashboard.json"

    def save(self, draft: Draft) -> None:
        """Raises DiskFull or CheckpointError where that cannot be."""
        with durable.saving(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(self.path, draft.model_dump_json().encode())

    def load(self) -> Draft:
        """What was saved last, or an empty one; looks and files that are gone are left out."""
        try:
            draft = Draft.model_validate_json(self.path.read_bytes())
        except (OSError, ValidationError, BrushreelError):
            return Draft()
        there = tuple(path for path in draft.sources if path.is_file())
        if there != draft.sources:
            draft = draft.with_(sources=there, shown=0, number=0)
        return draft
