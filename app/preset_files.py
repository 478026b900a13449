"""One's own look presets as files to pass on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from core import presets
from core.errors import InputError
from stylizers import STYLES

_LARGEST = 200_000


def own() -> list[presets.LookPreset]:
    """Those that were saved here, by look."""
    return [preset for look in STYLES for preset in presets.presets(look).values()
            if not preset.shipped and preset.path == presets.own_file(look)]


def exported(preset: presets.LookPreset) -> bytes:
    """A file that `imported` reads; other files that it names are not inside."""
    import tomli_w

    values = {key: str(value) if not isinstance(value, int | float | str | bool | list) else value
              for key, value in preset.values.items()}
    table = {"about": preset.about, **values}
    return tomli_w.dumps({preset.style: {preset.name: table}}).encode()


def imported(content: bytes) -> list[str]:
    """Saves every preset of such a file; gives their names. Raises InputError or InvalidParameter.

    All or none: the values of each are checked before the first is saved.
    """
    if len(content) > _LARGEST:
        raise InputError("This file is too large for presets.", "Choose one saved here.")
    try:
        looks = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("This file holds no presets.",
                         "Choose a .toml file saved here.") from error
    found: list[tuple[str, str, Mapping[str, Any]]] = []
    for look, tables in looks.items():
        if look not in STYLES or not isinstance(tables, Mapping):
            raise InputError(f"'{look}' is no look of this version.", "Update Brushreel first.")
        for name, table in tables.items():
            if not isinstance(table, Mapping):
                raise InputError(f"'{look}.{name}' is no preset.", "Choose a file saved here.")
            values = {key: value for key, value in table.items() if key != "about"}
            _ = presets.LookPreset(look, name, "", values, presets.own_file(look)).layer
            found.append((look, name, table))
    if not found:
        raise InputError("This file holds no presets.", "Choose a .toml file saved here.")
    for look, name, table in found:
        presets.save(look, name, {key: value for key, value in table.items() if key != "about"},
                     str(table.get("about", "")))
    return [f"{look}:{name}" for look, name, _ in found]
