"""scenes: the shots of a video, as a table or for editors and programs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core import durable
from core.edge import edge
from core.errors import InvalidParameter
from scripts.failures import DONE
from scripts.shotlists import as_csv, as_document, as_edl, as_table, as_text
from scripts.targets import made, refuse_existing
from scripts.terminal import Step, note, progress_shown, say, show

if TYPE_CHECKING:
    from core.scenes.shots import ShotList

HELP = "List the shots of a video, with its flashes and fades."

FORMATS: Mapping[str, Callable[[ShotList], str]] = {
    ".json": lambda found: as_text(as_document(found)),
    ".csv": as_csv,
    ".edl": as_edl,
}
"""By suffix."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path, metavar="VIDEO")
    printed = parser.add_argument_group("instead of a table")
    printed.add_argument("--csv", action="store_true", help="print comma-separated values")
    printed.add_argument("--edl", action="store_true",
                         help="print a CMX3600 edit decision list, timecode at the nominal rate")
    parser.add_argument("--out", type=Path, metavar="FILE",
                        help="write FILE.json, FILE.csv or FILE.edl, whichever it is named")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that exists")


def run(args: argparse.Namespace) -> int:
    printed = [name for name in ("json", "csv", "edl") if getattr(args, name)]
    if len(printed) > 1:
        raise InvalidParameter(f"--{printed[0]} and --{printed[1]} exclude each other.",
                               "Give one of them; --out writes another into a file.")
    if args.out is not None:
        _check(args.out, args.overwrite)
    with made(Path() if args.out is None else args.out.parent), edge(args.video):
        found = _scan(args.video)
        if args.out is not None:
            text = FORMATS[args.out.suffix.lower()](found)
            # A name may hold bytes that are no text, as the terminal shows it.
            durable.write(args.out, text.encode(errors="backslashreplace"))
    for warning in found.warnings:
        note(f"{args.video.name}: {warning}")
    if printed:
        say(FORMATS["." + printed[0]](found).rstrip("\n"))
    elif args.out is not None:
        count = len(found.shots)
        say(f"{args.out}\n  {count} shot{'s' if count > 1 else ''}")
    else:
        show(as_table(found))
    return DONE


def _check(out: Path, overwrite: bool) -> None:
    if out.suffix.lower() not in FORMATS:
        raise InvalidParameter(f"{out.name} does not say in which form shots are listed.",
                               f"Let it end in {', '.join(FORMATS)}.")
    refuse_existing(out, overwrite)


def _scan(video: Path) -> ShotList:
    from core.errors import InputError
    from core.progress import Followed, Pace
    from core.scenes.shots import find_shots

    if not video.is_file():
        raise InputError(f"{video} is not a file.", "Check the path.")
    pace = Pace(0)
    with progress_shown(video.name) as advance, Followed(find_shots(video)) as steps:
        for scanned in steps:
            pace.total = scanned.total
            pace.step()
            advance(Step("scan", scanned.frames, scanned.total, pace.fps, pace.eta))
    return steps.result
