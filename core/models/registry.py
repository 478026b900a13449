"""ModelRegistry: installed networks by name, each with its versions.

The data folder holds `models/NAME/VERSION/NAME.onnx` with its card beside it, and
`models/NAME/history.json`. Those that come with Brushreel lie in the repository's `models` as
`NAME.onnx` and `NAME.json`; they count as version 0, which versions of one's own may follow.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core import durable
from core.errors import CheckpointError, DiskFull, InvalidParameter, ModelCorrupt, ModelMissing
from core.models.card import Card, Lineage, Model
from core.models.changing import REMOVED, changing, numbered
from core.models.history import Change, History, record
from core.models.importing import admitted, prepared
from core.paths import data_folder

SHIPPED = Path(__file__).resolve().parents[2] / "models"
LOOK = "neural"
"""The look that draws with them, of which each is a preset."""


class ModelRegistry:
    """The networks under `own`, by default in the data folder, and those that are shipped."""

    def __init__(self, own: Path | None = None, shipped: Path | None = None) -> None:
        self._own = own or data_folder() / "models"
        self._shipped = shipped or SHIPPED

    def models(self) -> dict[str, Model]:
        """The current version of each, shipped ones first, by name."""
        return self._read()[0]

    def broken(self) -> dict[str, ModelCorrupt]:
        """What is wrong with those whose card or history cannot be read, by name."""
        return self._read()[1]

    def model(self, name: str) -> Model:
        """The current version of `name`; raises ModelMissing naming the others, or ModelCorrupt."""
        known, broken = self._read()
        if name in broken:
            raise broken[name]
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name.lower(), known, n=1)
        guess = f"Did you mean '{near[0]}'? " if near else ""
        others = f"Installed: {', '.join(known)}." if known else \
            "None is installed; see the command models import."
        raise ModelMissing(f"There is no model '{name}'.", guess + others)

    def versions(self, name: str) -> list[Model]:
        """All that can be read, oldest first."""
        self.model(name)
        return ([self._first(name)] if self._ships(name) else []) + self._readable(name)

    def changes(self, name: str) -> tuple[Change, ...]:
        """What happened to `name`, oldest first."""
        self.model(name)
        history = History.of(self._own / name)
        return history.changes if history else ()

    def find(self, sha256: str) -> Path | None:
        """The file with that content, in any version of any model."""
        every = (version for name in self.models() for version in self.versions(name))
        return next((model.path for model in every
                     if model.card.sha256 == sha256 and model.intact()), None)

    def add(self, path: Path, *, name: str | None = None, sha256: str | None = None,
            hints: Mapping[str, Any] | None = None, **said: str) -> Model:
        """Install a network from a file, as the current version of `name` (the file's own).

        `hints` are fields of `stylizers.neural.inspection.Hints`, `said` the card's `about`,
        `license` and `source`. Raises ModelError for what is no style network, or not the file
        that `sha256` means, and InvalidParameter for the name; nothing is installed then.
        """
        chosen = admitted(path, name, [each.stem for each in self._shipped.glob("*.onnx")])
        with changing(self._own) as staging:
            card = prepared(path, chosen, staging, sha256, hints or {}, said)
            home = self._own / chosen
            numbers = numbered(self._own / chosen)
            for there in self._readable(chosen):
                if (there.card.sha256, there.card.conventions) == (card.sha256, card.conventions):
                    raise InvalidParameter(f"{path.name} is installed already, as version "
                                           f"{there.card.version} of {chosen}.",
                                           "See the command models rollback to make it current.")
            version = max(numbers, default=0) + 1
            card.model_copy(update={"version": version}).save(staging / f"{chosen}.onnx")
            with durable.saving(home):
                home.mkdir(exist_ok=True)
                durable.rename(staging, home / str(version))
            try:
                record(home, version, f"Version {version} imported from {path.name}.")
            except (DiskFull, CheckpointError):
                shutil.rmtree(home if version == 1 else home / str(version), ignore_errors=True)
                raise
        return self._version(chosen, version)

    def follow(self, name: str, path: Path, lineage: Lineage, *, current: bool) -> Model:
        """Keep a network trained from `name` as its next version, and make it current if it is to.

        Else it is set aside: it can be made current with `rollback`. Raises ModelError.
        """
        parent = self.model(name)
        with changing(self._own) as staging:
            said = {key: getattr(parent.card, key) for key in ("about", "license", "source")}
            hints = {key: getattr(parent.card.conventions, key)
                     for key in ("input_range", "output_range", "order", "layout")}
            card = prepared(path, name, staging, None, hints, said)
            home, numbers = self._own / name, numbered(self._own / name)
            version = max(numbers, default=0) + 1
            card.model_copy(update={"version": version, "lineage": lineage}
                            ).save(staging / f"{name}.onnx")
            now = version if current else parent.version
            what = f"Version {version} trained: {lineage.verdict}"
            with durable.saving(home):
                home.mkdir(exist_ok=True)
                # Killed between the two, neither names a version that is not there, nor makes one
                # current that was to be set aside.
                if not current:
                    record(home, now, what)
                durable.rename(staging, home / str(version))
                if current:
                    record(home, now, what)
        return self._version(name, version)

    def rollback(self, name: str, version: int | None = None) -> Model:
        """Make an earlier version current, by default the one before; raises InvalidParameter."""
        with changing(self._own):
            current = self._changeable(name)
            numbers = numbered(self._own / name)
            if self._ships(name):
                numbers = [0, *numbers]
            before = [number for number in numbers if number < current.version]
            chosen = version if version is not None else max(before, default=None)
            if chosen not in numbers:
                which = "an earlier version" if version is None else f"a version {version}"
                raise InvalidParameter(f"{name} has not {which}.", self._choice(name, numbers))
            what = "The version that comes with Brushreel" if chosen == 0 else f"Version {chosen}"
            record(self._own / name, chosen, f"{what} made current.")
        return self.model(name)

    def remove(self, name: str, version: int | None = None) -> None:
        """Forget a model, or one version of it; raises InvalidParameter for a shipped one."""
        with changing(self._own):
            current = self._changeable(name)
            numbers = numbered(self._own / name)
            if version is not None and version not in numbers:
                raise InvalidParameter(f"{name} has no version {version}.",
                                       self._choice(name, numbers))
            rest = [each for each in numbers if version is not None and each != version]
            home, doomed = self._own / name, self._own / f"{REMOVED}{name}"
            if rest:
                now = current.version if current.version in (0, *rest) else \
                    0 if self._ships(name) else max(rest)
                record(home, now, f"Version {version} removed.")
            with durable.saving(home):
                durable.rename(home / str(version) if rest else home, doomed)
            shutil.rmtree(doomed, ignore_errors=True)  # what Windows keeps open goes next time

    def _read(self) -> tuple[dict[str, Model], dict[str, ModelCorrupt]]:
        found: dict[str, Model] = {}
        broken: dict[str, ModelCorrupt] = {}
        for path in sorted(self._shipped.glob("*.onnx")):
            found[path.stem] = self._first(path.stem)
        for folder in self._folders():
            try:
                if current := self._current(folder):
                    found[folder.name] = self._version(folder.name, current)
            except ModelCorrupt as error:
                broken[folder.name] = error
        return found, broken

    def _choice(self, name: str, numbers: list[int]) -> str:
        shipped = " (0 comes with Brushreel)" if self._ships(name) else ""
        return f"It has {', '.join(map(str, numbers))}{shipped}."

    def _ships(self, name: str) -> bool:
        return (self._shipped / f"{name}.onnx").is_file()

    def _first(self, name: str) -> Model:
        path = self._shipped / f"{name}.onnx"
        return Model(Card.of(path), path, True)

    def _current(self, folder: Path) -> int | None:
        """The first version has no history yet where its import was killed at the last moment."""
        history = History.of(folder)
        return max(numbered(folder), default=None) if history is None else history.current

    def _changeable(self, name: str) -> Model:
        """The current version of a model that has versions of one's own."""
        model = self.model(name)
        if model.shipped and not numbered(self._own / name):
            raise InvalidParameter(f"{name} comes with Brushreel and stays as it is.",
                                   "Import another version under another name.")
        return model

    def _version(self, name: str, number: int) -> Model:
        path = self._own / name / str(number) / f"{name}.onnx"
        return Model(Card.of(path), path, False)

    def _readable(self, name: str) -> list[Model]:
        found = []
        for number in numbered(self._own / name):
            with suppress(ModelCorrupt):
                found.append(self._version(name, number))
        return found

    def _folders(self) -> list[Path]:
        if not self._own.is_dir():
            return []
        return sorted(path for path in self._own.iterdir()
                      if path.is_dir() and not path.name.startswith("."))
