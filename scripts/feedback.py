"""feedback: what was said and measured of renders, listed, carried elsewhere and brought back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InputError, InvalidParameter
from scripts.arguments import one_of, whole_number
from scripts.failures import DONE, FAILED
from scripts.quality import quality_told
from scripts.report import print_json
from scripts.targets import refuse_existing
from scripts.terminal import note, say, show

if TYPE_CHECKING:
    from feedback import FeedbackStore, Record

HELP = "List, rate, export and import what was said of renders; watch how looks do."

_ACTIONS = ("list", "rate", "quality", "export", "import")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="list", type=one_of("action", _ACTIONS),
                        metavar="|".join(_ACTIONS))
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE",
                        help="rate: a rendered video; export, import: a .json or .csv file")
    parser.add_argument("--stars", type=whole_number(1, 5), metavar="1..5", help="rate: how good")
    parser.add_argument("--source", type=Path, metavar="VIDEO", help="rate: what it was made from")
    parser.add_argument("--note", default="", metavar="TEXT", help="rate: what to say of it")
    parser.add_argument("--overwrite", action="store_true",
                        help="export: replace a file that exists")


def run(args: argparse.Namespace) -> int:
    from feedback import FeedbackStore

    if args.action == "quality":
        return quality_told(args.json)
    store = FeedbackStore()
    if args.action == "list":
        return _list(store, args.json)
    if args.file is None:
        raise InvalidParameter(f"No file is named to {args.action}.", "Name one.")
    told = {"rate": _rate, "export": _export, "import": _import}[args.action](store, args)
    if args.json:
        print_json(told)
    else:
        say(told.pop("said"))
    code: int = told["code"]
    return code


def _list(store: FeedbackStore, as_json: bool) -> int:
    from rich.table import Table

    records, damage = store.records(), store.damage()
    if as_json:
        print_json({"code": DONE, "records": [one.model_dump(mode="json") for one in records],
                    "damage": [one.model_dump() for one in damage]})
        return DONE
    table = Table("made", "said", "look", "source", "note", box=None, pad_edge=False,
                  padding=(0, 2, 0, 0))
    for record in records:
        table.add_row(f"{record.made:%Y-%m-%d %H:%M}", _said(record), *_seen(record), record.note)
    show(table if records else "Nothing was said yet.")
    for one in damage:
        note(f"Set aside: {one.what}, {one.why}.")
    return DONE


def _said(record: Record) -> str:
    from feedback import Approval, Rating

    if isinstance(record, Rating):
        return f"{record.stars} of 5 stars"
    if isinstance(record, Approval):
        return "approved" if record.approved else "not approved"
    return f"preferred: {record.preferred}"


def _seen(record: Record) -> tuple[str, str]:
    from feedback.records import samples

    seen = samples(record)
    return (" or ".join(dict.fromkeys(sample.look for sample in seen)),
            " or ".join(dict.fromkeys(sample.source for sample in seen)))


def _rate(store: FeedbackStore, args: argparse.Namespace) -> dict[str, Any]:
    from core.saved import recipe_like
    from feedback import Rating, sample_of

    if args.stars is None or args.source is None:
        raise InvalidParameter("A rating needs stars and the source.", "Give --stars and --source.")
    if not args.file.is_file():
        raise InputError(f"{args.file} is not a file.", "Check the path.")
    recipe = recipe_like(args.file, [args.source])
    kept = store.add(Rating(sample=sample_of(recipe, args.source), stars=args.stars,
                            note=args.note))
    return {"code": DONE, "id": kept.id, "said": f"{args.file.name}: {args.stars} of 5 stars."}


def _export(store: FeedbackStore, args: argparse.Namespace) -> dict[str, Any]:
    from feedback.exchange import check_form, write_records

    check_form(args.file)
    refuse_existing(args.file, args.overwrite)
    records = store.records()
    write_records(records, args.file)
    return {"code": DONE, "records": len(records), "said": f"{args.file}: {len(records)} records."}


def _import(store: FeedbackStore, args: argparse.Namespace) -> dict[str, Any]:
    from feedback.exchange import read_records

    found = read_records(args.file)
    added = store.add_all(found.records)
    for why in found.refused:
        note(f"{args.file.name}, {why}.")
    return {"code": FAILED if found.refused else DONE, "added": added,
            "known": len(found.records) - added, "refused": list(found.refused),
            "said": f"{added} added, {len(found.records) - added} known already, "
                    f"{len(found.refused)} refused."}
