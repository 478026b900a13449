"""presets: the look presets there are, and your own among them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter
from scripts.arguments import one_of
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import say, show

if TYPE_CHECKING:
    from core.presets import LookPreset

HELP = "List the look presets; save and remove your own."

_ACTIONS = ("list", "save", "remove")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="list", type=one_of("action", _ACTIONS),
                        metavar="|".join(_ACTIONS))
    parser.add_argument("names", nargs="*", metavar="LOOK[:PRESET]",
                        help="list: only these looks; save and remove: which preset")
    parser.add_argument("--from", dest="base", metavar="LOOK[:PRESET]",
                        help="save: what to begin with (default: the look itself)")
    parser.add_argument("--set", nargs="+", action="extend", default=[],
                        metavar="LOOK.PARAM=VALUE", help="save: such as pencil.blur_sigma=30")
    parser.add_argument("--about", default="", metavar="TEXT", help="save: what it looks like")


def run(args: argparse.Namespace) -> int:
    if args.action == "list":
        return _list(args)
    look, name = _named(args.names)
    changed = _save(look, name, args) if args.action == "save" else _remove(look, name)
    if args.json:
        print_json(changed)
    else:
        say(f"{look}:{name} is {args.action}d.")
    return DONE


def described(presets: Iterable[LookPreset]) -> list[dict[str, Any]]:
    """Presets as a JSON document shows them."""
    return [{"name": f"{preset.style}:{preset.name}", "about": preset.about,
             "shipped": preset.shipped,
             "values": {key: str(value) if isinstance(value, Path) else value
                        for key, value in preset.values.items()}} for preset in presets]


def _list(args: argparse.Namespace) -> int:
    from core.presets import presets
    from stylizers import STYLES

    found = [preset for look in args.names or STYLES for preset in presets(look).values()]
    if args.json:
        print_json({"presets": described(found)})
    else:
        _show(found)
    return DONE


def _show(found: Iterable[LookPreset]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for preset in found:
        about = preset.about if preset.shipped else f"{preset.about} (yours)".strip()
        table.add_row(Text(f"{preset.style}:{preset.name}", "bold cyan"), Text(about))
        table.add_row("", Text(_values(preset.values), "dim"))
    show(table)


def _values(values: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={str(value).lower() if isinstance(value, bool) else value}"
                    for key, value in values.items())


def _named(names: list[str]) -> tuple[str, str]:
    if len(names) != 1 or ":" not in names[0]:
        raise InvalidParameter("One preset is to be named.", "Write for instance: pencil:mine")
    look, _, name = names[0].partition(":")
    return look, name


def _save(look: str, name: str, args: argparse.Namespace) -> dict[str, Any]:
    from core.presets import LAID_ON, save
    from core.recipe import Layer
    from scripts.looks import layer_from
    from stylizers import style

    layer = layer_from(args.base or style(look).name, args.set)
    if layer["style"] != look:
        raise InvalidParameter(f"{args.base} is another look than {look}.",
                               f"Begin with {look} or one of its presets.")
    plain = {**style(look).Params().model_dump(), **Layer(style=look).model_dump()}
    chosen = {**layer["params"], **{key: layer[key] for key in LAID_ON}}
    saved = save(look, name, {key: value for key, value in chosen.items() if value != plain[key]},
                 args.about)
    return {"saved": described([saved])[0], "path": str(saved.path)}


def _remove(look: str, name: str) -> dict[str, Any]:
    from core.presets import remove
    from stylizers import style

    remove(style(look).name, name)
    return {"removed": f"{look}:{name}"}
