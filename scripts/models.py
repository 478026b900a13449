"""models: the networks that are installed, for the look neural."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter, ModelMissing
from scripts.arguments import one_of, whole_number
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import note, say, show

if TYPE_CHECKING:
    from core.models import Model

HELP = "List the installed networks; import, inspect, roll back or remove one; get those that " \
    "judge pictures."

_RANGES = ("0..255", "0..1", "-1..1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="list", type=one_of("action", _ACTIONS),
                        metavar="|".join(_ACTIONS))
    parser.add_argument("names", nargs="*", metavar="NAME|FILE",
                        help="import: an ONNX file; info, rollback, remove: a model")
    parser.add_argument("--version", type=whole_number(0), metavar="N",
                        help="rollback: to this version, 0 for the one that comes with Brushreel "
                             "(default: the one before); remove: only this version")
    parser.add_argument("--from", dest="source_of_weights", type=Path, metavar="FILE|FOLDER",
                        help="fetch-backbones: take the weights that lie there instead of "
                             "fetching them")
    coming = parser.add_argument_group("import")
    coming.add_argument("--name", help="what to call it (default: as the file)")
    coming.add_argument("--sha256", type=_sha256, metavar="HEX",
                        help="refuse the file unless this is its SHA-256")
    coming.add_argument("--about", default="", metavar="TEXT", help="what it looks like")
    coming.add_argument("--license", default="", metavar="TEXT", help="under which terms it comes")
    coming.add_argument("--source", default="", metavar="TEXT", help="where it comes from")
    coming.add_argument("--range", dest="input_range", type=one_of("range", _RANGES),
                        metavar="RANGE", help="values it takes, where they are guessed wrong: "
                                              "--range=0..255, --range=0..1 or --range=-1..1")
    coming.add_argument("--output-range", type=one_of("range", _RANGES), metavar="RANGE",
                        help="values it gives")
    coming.add_argument("--order", type=one_of("order", ("RGB", "BGR")), metavar="RGB|BGR",
                        help="order of its colors")
    coming.add_argument("--layout", type=one_of("layout", ("NCHW", "NHWC")), metavar="NCHW|NHWC",
                        help="whether colors come first or last")


def run(args: argparse.Namespace) -> int:
    document, told = _ACTIONS[args.action](args)
    if args.json:
        print_json(document)
    else:
        told()
    return DONE


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise InvalidParameter(f"'{text}' is no SHA-256.", "Give its 64 hexadecimal digits.")
    return text.lower()


Answer = tuple[Mapping[str, Any], Callable[[], None]]
"""What --json prints, and what prints the same for people."""


def _list(args: argparse.Namespace) -> Answer:
    from core.models import ModelRegistry

    if args.names:
        raise InvalidParameter("list takes no names.", "Say info to see one model.")
    registry = ModelRegistry()
    found = registry.models()
    for error in registry.broken().values():
        note(str(error))

    def tell() -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for model in found.values():
            card = model.card
            table.add_row(Text(f"neural:{model.name}", "bold cyan"),
                          "shipped" if model.shipped else f"version {card.version}",
                          f"{card.size / 2**20:.1f} MB", Text(card.about or card.source))
        show(table)

    return {"models": [_document(model) for model in found.values()]}, \
        tell if found else lambda: say("No model is installed; see models import --help.")


def _info(args: argparse.Namespace) -> Answer:
    from core.models import ModelRegistry

    registry, name = ModelRegistry(), _one(args)
    model, changes = registry.model(name), registry.changes(name)
    document = {**_document(model), "intact": model.intact(),
                "versions": [each.version for each in registry.versions(name)],
                "changes": [change.model_dump() for change in changes]}

    def tell() -> None:
        _tell(model)
        if not document["intact"]:
            say("  The file is not the one that was installed; import it again.")
        for change in changes:
            say(f"  {change.date}  {change.what}")

    return document, tell


def _import(args: argparse.Namespace) -> Answer:
    from core.models import ModelRegistry

    hints = {name: getattr(args, name) for name in ("input_range", "output_range", "order",
                                                    "layout")}
    model = ModelRegistry().add(Path(_one(args)), name=args.name, sha256=args.sha256, hints=hints,
                                about=args.about, license=args.license, source=args.source)

    def tell() -> None:
        say(f"neural:{model.name} is installed, as version {model.card.version}.")
        _tell(model)

    return {"imported": _document(model)}, tell


def _rollback(args: argparse.Namespace) -> Answer:
    from core.models import ModelRegistry

    model = ModelRegistry().rollback(_one(args), args.version)
    which = "the one that comes with Brushreel (version 0)" if model.shipped else \
        f"version {model.version}"
    return {"current": _document(model)}, lambda: say(f"neural:{model.name} is {which} now.")


def _remove(args: argparse.Namespace) -> Answer:
    from core.models import ModelRegistry

    name = _one(args)
    ModelRegistry().remove(name, args.version)
    which = name if args.version is None else f"version {args.version} of {name}"
    return {"removed": name, "version": args.version}, lambda: say(f"{which} is removed.")


def _fetch_backbones(args: argparse.Namespace) -> Answer:
    """What judges pictures: for training, and for LPIPS."""
    from core.models.backbones import KNOWN, find, find_or_fetch_all, take

    if args.names:
        raise InvalidParameter("fetch-backbones takes no names.",
                               "Give a file or a folder to --from.")
    if args.source_of_weights is not None:
        take(args.source_of_weights)
    else:
        find_or_fetch_all(tuple(KNOWN.values()))
    there, missing = {}, []
    for name, forms in KNOWN.items():
        try:
            there[name] = str(find(forms))
        except ModelMissing:
            missing.append(forms[-1].name)

    def tell() -> None:
        for name, path in there.items():
            say(f"{name}: {path}")
        if missing:
            say(f"Still missing: {', '.join(missing)}.")

    return {"weights": there, "missing": missing}, tell


def _one(args: argparse.Namespace) -> str:
    if len(args.names) != 1:
        what = "file" if args.action == "import" else "model"
        raise InvalidParameter(f"One {what} is to be named.",
                               "Names with spaces need quotes around them.")
    name: str = args.names[0]
    return name if args.action == "import" else name.removeprefix("neural:")


def _document(model: Model) -> dict[str, Any]:
    return {**model.card.model_dump(), "version": model.version, "style": f"neural:{model.name}",
            "path": str(model.path), "shipped": model.shipped}


def _tell(model: Model) -> None:
    """The card in words."""
    card, says = model.card, model.card.conventions
    if says.height and says.width:
        size = f"always {says.width}x{says.height}"
    else:
        size = f"any size, in multiples of {says.multiple}" if says.multiple > 1 else "any size"
    pictures = "one picture" if says.batch == 1 else "any number of pictures" \
        if says.batch is None else f"{says.batch} pictures"
    for line in (
            f"takes {says.order} {says.layout} {says.dtype}, {says.input_range}; "
            f"gives {says.output_range}",
            f"{size}; {pictures} at a time",
            "looks at all of the picture at once, so it is not drawn in tiles"
            if says.global_statistics else f"looks {says.reach} pixels far; may be drawn in tiles",
            f"{card.size / 2**20:.1f} MB, SHA-256 {card.sha256}",
            *(f"{what}: {text}" for what, text in (
                ("about", card.about), ("license", card.license), ("source", card.source),
                ("made with", card.producer)) if text)):
        say(f"  {line}")


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], Answer]] = {
    "list": _list, "import": _import, "info": _info, "rollback": _rollback,
    "remove": _remove, "fetch-backbones": _fetch_backbones}
