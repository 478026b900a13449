"""Look presets: named settings of a look, in one readable file per look.

The shipped ones stand in `stylizers/presets/<look>.toml`, a user's own in files of the same names
in the folder `presets` of the data folder. A table is a preset: `about` says what it is, the other
keys are parameters of the look or `strength` and `keep_colors`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import stylizers
from core import durable
from core.edge import edge
from core.errors import InputError, InvalidParameter
from core.models import registry
from core.paths import data_folder
from core.recipe import PRESET_NAME, Layer
from stylizers import style
from stylizers.base import StyleParams
from stylizers.refusal import validated

SHIPPED = Path(stylizers.__file__).parent / "presets"
_DEEPEST = 5
LAID_ON = ("strength", "keep_colors")
"""What a preset may say besides parameters: how the look is laid over the source."""


@dataclass(frozen=True, slots=True)
class LookPreset:
    """`values` are as written in `path`: parameters of the look, and what LAID_ON names."""

    style: str
    name: str
    about: str
    values: Mapping[str, Any]
    path: Path

    @property
    def shipped(self) -> bool:
        return self.path.parent in (SHIPPED, registry.SHIPPED)

    @property
    def layer(self) -> dict[str, Any]:
        """A recipe's layer; raises InvalidParameter for a value that the look refuses."""
        params = {key: value for key, value in self.values.items() if key not in LAID_ON}
        laid_on = {key: value for key, value in self.values.items() if key in LAID_ON}
        declared = style(self.style).Params
        try:
            with edge(self.path):
                built = declared.build(_located(declared, params, self.path.parent))
                layer = validated(Layer, {"style": self.style, "preset": self.name, **laid_on})
        except InvalidParameter as error:
            raise InvalidParameter(
                f"The preset {self.style}:{self.name} is wrong: {error.message}",
                f"Correct it in {self.path}.") from error
        return {**layer.model_dump(), "params": built.model_dump()}


def presets(look: str) -> dict[str, LookPreset]:
    """Every preset of the look by name, shipped ones first; one's own wins over a shipped one.

    An installed network is a preset of the look that draws with it. Raises UnknownStyle, InputError
    for a file that cannot be read, and ModelCorrupt for a card that cannot.
    """
    style(look)
    return {**_read(SHIPPED, look), **_installed(look), **_read(own_file(look).parent, look)}


def plain(look: str) -> dict[str, Any]:
    """The layer that the name of a look alone stands for.

    A look that needs a network takes the first there is, a shipped one before one's own.
    """
    first = next(iter(_installed(look).values()), None)
    if first is None:
        return {"style": style(look).name, "params": {}}
    return {"style": look, "params": dict(first.values)}


def preset(look: str, name: str) -> LookPreset:
    """The preset `look:name`; raises InvalidParameter naming the others."""
    known = presets(look)
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    if known:
        others = f"Presets of {look}: {', '.join(known)}."
    else:
        others = "No model is installed; see the command models import." if look == registry.LOOK \
            else f"Write {look} alone, and --set {look}.PARAM=VALUE to change it."
    raise InvalidParameter(f"{look} has no preset '{name}'.", guess + others)


def restyled(layer: Layer, name: str) -> Layer:
    """A layer as the preset `name` has it, or its look alone where that is empty.

    Presets are about the manner: the mask stays, and so do files that were chosen for the layer, in
    so far as the preset names none in their place. Raises InvalidParameter as `preset` does.
    """
    known = presets(layer.style)
    chosen = preset(layer.style, name) if name else None
    new = Layer.model_validate(chosen.layer if chosen else plain(layer.style))
    began = known.get(layer.preset)
    before = (Layer.model_validate(began.layer) if began else
              Layer.model_validate(plain(layer.style)) if not layer.preset else None)
    kept = {key: layer.params[key] for key in files_of(style(layer.style).Params)
            if (chosen is None or key not in chosen.values)
            and (before is None or layer.params[key] != before.params[key])}
    return Layer.model_validate({**dict(new), "params": {**new.params, **kept},
                                 "mask": layer.mask})


def own_file(look: str) -> Path:
    """Where a user's presets of that look are."""
    return data_folder() / "presets" / f"{look}.toml"


def check_name(look: str, name: str) -> None:
    """Whether a user's preset may be called so.

    Raises UnknownStyle, or InvalidParameter for a name that is taken or no name.
    """
    style(look)
    if not name or not re.fullmatch(PRESET_NAME, name):
        raise InvalidParameter(f"'{name}' is no name for a preset.",
                               "Use small letters, digits and single hyphens, such as soft-grey.")
    if name in _read(SHIPPED, look):
        raise InvalidParameter(f"{look}:{name} is a preset that comes with Brushreel.",
                               "Choose another name.")
    if name in _installed(look):
        raise InvalidParameter(f"{look}:{name} is an installed model.", "Choose another name.")


def save(look: str, name: str, values: Mapping[str, Any], about: str = "") -> LookPreset:
    """Keep `values` under a new name, or under one's own again.

    Raises UnknownStyle, or InvalidParameter for a value, or a name that is shipped or no name.
    """
    check_name(look, name)
    declared = style(look).Params
    made = LookPreset(look, name, about, _located(declared, values, Path.cwd()), own_file(look))
    layer = made.layer
    kept = {**layer["params"], **layer}
    with _changing(look) as tables:
        tables[name] = {"about": about, **{key: _plain(kept[key]) for key in values}}
    return made


def remove(look: str, name: str) -> None:
    """Forget one's own preset; raises UnknownStyle, or InvalidParameter where there is none."""
    style(look)
    with _changing(look) as tables:
        if tables.pop(name, None) is None:
            raise InvalidParameter(f"{look}:{name} is not one of your own presets.",
                                   f"Yours of {look}: {', '.join(tables) or 'none'}.")


@contextmanager
def _changing(look: str) -> Iterator[dict[str, Any]]:
    """The tables of one's own file, written back whole unless something is raised."""
    import filelock
    import tomli_w

    path = own_file(look)
    with durable.saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_suffix(".lock")):
        tables = _tables(path)
        yield tables
        durable.write(path, tomli_w.dumps(tables).encode())


def _plain(value: Any) -> Any:
    """As TOML can say it; it has no word for nothing."""
    if value is None:
        return ""
    return str(value) if isinstance(value, Path) else value


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    with edge(path):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError(f"The presets in {path} cannot be read ({error}).",
                             "Correct that file, or move it away.") from error
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise InputError(f"In {path}, '{name}' stands outside of any preset.",
                             "Put it under a line such as [my-preset].")
        if _nested(table, _DEEPEST):
            raise InputError(f"In {path}, '{name}' is nested too deeply.",
                             "Give plain values and lists of them.")
    return tables


def _nested(value: Any, levels: int) -> bool:
    """Whether there are lists or tables in it, more than so many inside of each other."""
    if not isinstance(value, list | dict):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_nested(each, levels - 1) for each in inside)


def _installed(look: str) -> dict[str, LookPreset]:
    if look != registry.LOOK:
        return {}
    return {name: LookPreset(look, name, model.card.about, {"model_path": str(model.path)},
                             model.path)
            for name, model in registry.ModelRegistry().models().items()}


def _read(folder: Path, look: str) -> dict[str, LookPreset]:
    path = folder / f"{look}.toml"
    return {name: LookPreset(look, name, str(table.get("about", "")),
                             {key: table[key] for key in table if key != "about"}, path)
            for name, table in _tables(path).items()}


def _located(declared: type[StyleParams], values: Mapping[str, Any], folder: Path
             ) -> dict[str, Any]:
    """Files are named as seen from `folder`; what can name none is left for the look to refuse."""
    paths = _paths_of(declared)
    return {name: _from(folder, value) if name in paths else value
            for name, value in values.items()}


@cache
def files_of(declared: type[StyleParams]) -> tuple[str, ...]:
    """The parameters that name a file, and those that say how one is used."""
    return (*_paths_of(declared), *(
        name for name, entry in declared.model_json_schema()["properties"].items()
        if entry.get("of_file")))


@cache
def _paths_of(declared: type[StyleParams]) -> frozenset[str]:
    """The parameters that name a file."""
    return frozenset(
        name for name, entry in declared.model_json_schema()["properties"].items()
        if any(choice.get("format") == "path" for choice in entry.get("anyOf", [entry])))


def _from(folder: Path, value: Any) -> Any:
    if not isinstance(value, str | Path) or str(value) in ("", "none"):
        return value
    return (folder / value).resolve()
