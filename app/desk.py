"""Desk: what the Dashboard does to its draft, one method for each thing a user may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from app import dropped, sample
from app.browse import located, typed, videos_in
from app.draft import Draft, DraftFile, changed, layer_of
from app.history import History
from app.media import MediaLibrary
from core import presets
from core.errors import BrushreelError, InvalidParameter
from core.io import VideoProbe
from core.jobs import Event, Job
from core.naming import named
from core.recipe import Layer


class Desk:
    """One user's Dashboard. `problem` is what went wrong last, until something else is done."""

    def __init__(self, file: DraftFile, library: MediaLibrary) -> None:
        self._file, self._library = file, library
        self.history = History(file.load())
        self.layer_at = 0
        self.actual = False
        """Whether the picture is shown pixel by pixel, as it will be rendered."""
        self.editing: int | None = None
        """The job that is changed here, where that is still possible."""
        self.problem: BrushreelError | None = None
        for path in self.draft.sources:
            library.allow(path.parent)

    @property
    def draft(self) -> Draft:
        return self.history.draft

    @property
    def layer_place(self) -> int:
        """Where in its take the layer is whose parameters are shown."""
        return max(0, min(self.layer_at, len(self.draft.take) - 1))

    @property
    def layer(self) -> Layer | None:
        """The layer whose parameters are shown."""
        take = self.draft.take
        return take[self.layer_place] if take else None

    def put(self, draft: Draft, what: str = "") -> None:
        """Go on with another draft, and keep it on the disk."""
        if self.history.put(draft, what):
            self._keep()

    def _keep(self) -> None:
        with suppress(BrushreelError):  # the work goes on; Settings shows that the disk is full
            self._file.save(self.draft)

    def try_(self, act: Callable[[], Draft | None], what: str = "") -> bool:
        """Do something that may be refused, which `problem` then says."""
        self.problem = None
        try:
            draft = act()  # which may leave a problem that stops only a part of it
        except BrushreelError as error:
            self.problem = error
            return False
        if draft is not None:
            self.put(draft, what)
        return True

    # Files

    def open(self, paths: list[Path]) -> bool:
        """Add videos; those that are none are refused, and the others come in."""
        good: list[Path] = []
        self.problem = None
        for path in paths:
            try:
                VideoProbe.probe(path)
            except BrushreelError as error:
                self.problem = error
            else:
                self._library.allow(path.parent)
                good.append(path)
        if good:
            self.put(self.draft.adding(good))
        return bool(good)

    def open_typed(self, text: str) -> bool:
        """A path as typed: a video, or a folder of them."""
        try:
            path = typed(text)
            return self.open(list(videos_in(path)) if path.is_dir() else [path])
        except BrushreelError as error:
            self.problem = error
            return False

    def open_dropped(self, files: Mapping[str, bytes]) -> bool:
        """Videos that the browser has sent, by name; what is none is not kept."""
        paths: list[Path] = []
        try:
            paths = [dropped.kept(name, content) for name, content in files.items()]
        except BrushreelError as error:
            self.problem = error
            return False
        opened = self.open(paths)
        for path in set(paths) - set(self.draft.sources):
            path.unlink(missing_ok=True)
        return opened

    def open_sample(self) -> bool:
        """The clip that comes with Brushreel, made now where it is not there yet."""
        try:
            return self.open([sample.clip()])
        except BrushreelError as error:
            self.problem = error
            return False

    def close_source(self) -> None:
        self.put(self.draft.without_source(self.draft.shown))

    def look_at(self, place: int) -> None:
        self.put(self.draft.with_(shown=place, number=0))

    # Looks

    def act(self, wish: Mapping[str, Any]) -> None:
        """What the viewer asks for."""
        if wish.get("kind") == "seek" and isinstance(wish.get("number"), int | float):
            self.put(self.draft.with_(number=max(0, int(wish["number"]))))
        elif wish.get("kind") == "actual":
            self.actual = bool(wish.get("on"))
        elif wish.get("kind") in ("reset", "undo", "redo"):
            getattr(self, wish["kind"])()

    def pick_look(self, look: str) -> None:
        self.layer_at = 0
        self.try_(lambda: self.draft.toggled(look))

    def pick_take(self, place: int) -> None:
        self.layer_at = 0
        self.put(self.draft.with_(active=place))

    def pick_preset(self, name: str) -> None:
        """Another preset of the layer shown; how it is laid on comes with it."""
        layer = self.layer
        if layer is not None:
            self._replace(lambda: presets.restyled(layer, name))

    def double(self) -> None:
        """The active take once more, to be changed beside the first."""
        if self.draft.takes:
            self.put(self.draft.doubled())

    def drop(self) -> None:
        """Leave the active take out."""
        self.put(self.draft.without_take())

    @property
    def place(self) -> tuple[int, int, str]:
        """Which layer of which take is shown."""
        layer = self.layer
        return self.draft.active, self.layer_at, "" if layer is None else layer.style

    def set_param(self, name: str, value: Any, at: tuple[int, int, str] | None = None) -> None:
        """`at` is the place the value was meant for: a widget may speak after it has gone."""
        layer = self.layer
        if layer is not None and at in (None, self.place):
            named = isinstance(value, str) and name in presets.files_of(type(layer.settings))
            self._replace(lambda: changed(layer, {name: self.located(value) if named else value}),
                          f"{layer.style}.{name}")

    def located(self, text: str) -> Path | None:
        """A path as it was typed; a relative one is taken from the folder of the video shown."""
        source = self.draft.source
        return located(text, Path.home() if source is None else source.parent)

    def set_laid_on(self, name: str, value: Any, at: tuple[int, int, str] | None = None) -> None:
        """Strength, kept colors, or the mask as its path is typed; `at` as above."""
        layer = self.layer
        if layer is not None and at in (None, self.place):
            laid: dict[str, Any] = {name: value}
            self._replace(lambda: changed(layer, None, **(
                {"mask": self.located(value)} if name == "mask" else laid)), name)

    def reset(self) -> None:
        """The layer shown as its preset has it."""
        layer = self.layer
        if layer is not None:
            self.pick_preset(layer.preset if layer.preset in presets.presets(layer.style) else "")

    def save_preset(self, name: str, about: str) -> bool:
        """Keep the parameters of the layer shown under a name."""
        layer = self.layer
        if layer is None:
            return False

        def saved() -> Draft:
            values = {**layer.params, "strength": layer.strength, "keep_colors": layer.keep_colors}
            kept = {key: value for key, value in values.items() if value is not None}
            presets.save(layer.style, name, kept, about)
            return self.draft.with_layer(layer.model_copy(update={"preset": name}),
                                         self.layer_place)

        return self.try_(saved)

    def lay_over(self, look: str) -> None:
        """Put a look over the active take, or take the upper one away."""
        take = self.draft.take
        if not take:
            return
        self.layer_at = 1 if look else 0
        self.try_(lambda: self.draft.with_take((take[0], layer_of(look)) if look else take[:1]))

    def _replace(self, made: Callable[[], Layer], what: str = "") -> None:
        self.try_(lambda: self.draft.with_layer(made(), self.layer_place), what)

    def reuse(self, job: Job) -> None:
        """File, look and settings of a job, to go on from."""
        def again() -> Draft | None:
            recipe, options = job.order.recipe, job.order.render_options
            if job.source is None or not self.open([job.source]):
                return None
            return self.draft.with_(
                takes=(recipe.layers,), active=0, quality=recipe.preset, hold=recipe.hold,
                temporal=recipe.temporal, output=recipe.output, folder=job.target.parent,
                start=None if options.start is None else float(options.start),
                end=None if options.end is None else float(options.end),
                metrics=options.metrics)

        self.layer_at = 0
        if self.try_(again) and self.problem is None:
            self.editing = job.id if Event.EDIT in job.possible else None

    def stop_editing(self) -> None:
        """Leave the job as it is; the draft stays."""
        self.editing = None

    # Everything else

    def set(self, name: str, value: Any) -> None:
        """A field of the draft: quality, hold, folder, name, start, end, metrics."""
        self.try_(lambda: self._checked(name, value), name)

    def set_folder(self, text: str) -> None:
        """Where results go, as it was typed; beside the video where nothing was."""
        self.try_(lambda: self._checked("folder", self.located(text)), "folder")

    def set_output(self, name: str, value: Any) -> None:
        self.try_(lambda: self.draft.with_(output={**dict(self.draft.output), name: value}), name)

    def set_temporal(self, **values: Any) -> None:
        from core.recipe import QUALITIES
        from core.temporal import Temporal

        known = self.draft.temporal or Temporal(mode=QUALITIES[self.draft.quality].temporal)
        self.try_(lambda: self.draft.with_(temporal=known.model_copy(update=values)), "temporal")

    def _checked(self, name: str, value: Any) -> Draft:
        draft = self.draft.with_(**{name: value})
        named(draft.name, stem="", style="", quality="")
        if draft.start is not None and draft.end is not None and draft.end <= draft.start:
            raise InvalidParameter("The end is not after the start.", "Choose a later end.")
        return draft

    def undo(self) -> None:
        if self.history.undo():
            self._keep()

    def redo(self) -> None:
        if self.history.redo():
            self._keep()
