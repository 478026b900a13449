"""verify: whether a render kept what its source holds, check by check."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.edge import edge
from core.errors import InputError, InvalidParameter
from scripts.arguments import time
from scripts.failures import DONE, FAILED
from scripts.report import print_json
from scripts.terminal import Step, note, progress_shown, say, show

if TYPE_CHECKING:
    from core.verify import Said, Verification

HELP = "Check that a render lost nothing of its source."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, metavar="OUT", help="what was rendered")
    parser.add_argument("--source", type=Path, metavar="IN", help="what it was rendered from; "
                        "without it only what the render tells against itself is found")
    parser.add_argument("--start", type=time, metavar="T", help="OUT shows IN from here on")
    parser.add_argument("--end", type=time, metavar="T", help="OUT shows IN up to here")
    parser.add_argument("--report", type=Path, metavar="FILE",
                        help="what render --json printed: a loss that it does not tell is wrong")


def run(args: argparse.Namespace) -> int:
    for path in filter(None, [args.output, args.source]):
        if not path.is_file():
            raise InputError(f"{path} is not a file.", "Check the path.")
    if args.source is None and (args.start, args.end, args.report) != (None, None, None):
        raise InvalidParameter("There is no source to compare with.", "Add --source.")
    found = _verified(args)
    if args.json:
        print_json(as_document(found))
    else:
        _print(found)
    return FAILED if found.wrong else DONE


def _verified(args: argparse.Namespace) -> Verification:
    from core.io.span import Range
    from core.progress import Followed, Pace
    from core.verify import verify

    said = None if args.report is None else said_in(args.report, args.output)
    pace = Pace(0)
    work = verify(args.output, args.source, span=Range(args.start, args.end), said=said)
    with (progress_shown(args.output.name) as advance, edge(args.output),
          Followed(work) as steps):
        for done in steps:
            pace.step(done - pace.done)
            advance(Step("verify", done, max(done, pace.total), pace.fps, pace.eta))
    return steps.result


def said_in(report: Path, output: Path) -> Said:
    """What the JSON of `render` says of one result."""
    from core.verify import Said

    try:
        results = json.loads(report.read_text(encoding="utf-8"))["results"]
        one = next((result for result in results if Path(result["path"]).name == output.name),
                   results[0])
        return Said([*one["kept"], *one["warnings"], *one["notes"], one["choice"]])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"{report.name} is no report of a render.",
                         "Give what render --json printed.") from error


def as_document(found: Verification) -> dict[str, Any]:
    """Every check with all that it found."""
    return {
        "code": FAILED if found.wrong else DONE, "output": str(found.output),
        "source": None if found.source is None else str(found.source),
        "wrong": list(found.wrong),
        "checks": {name: {
            "result": check.result.words, "detail": check.detail,
            "findings": [{"result": one.result.words, "detail": one.detail}
                         for one in check.findings]}
            for name, check in found.checks.items()}}


def _print(found: Verification) -> None:
    from rich.table import Table
    from rich.text import Text

    from core.verify import CHECKS, Result

    colors = {Result.WRONG: "bold red", Result.DROPPED: "yellow", Result.CONVERTED: "yellow",
              Result.KEPT: "green", Result.NOT_APPLICABLE: "dim"}
    table = Table("", "result", "detail", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, check in found.checks.items():
        table.add_row(CHECKS[name].title, Text(check.result.words, colors[check.result]),
                      Text(check.detail))
    show(table)
    count = len(found.wrong)
    if count:
        note(f"{count} of {len(found.checks)} checks found something wrong.")
    else:
        say("Nothing is wrong.")
