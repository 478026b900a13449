"""probe: what a video file is, in a table or as JSON with exact times."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.edge import edge
from core.errors import BrushreelError
from scripts.batch import Outcome, batch_code
from scripts.failures import as_json
from scripts.metadata import as_document, as_rows
from scripts.report import print_json
from scripts.sources import expand
from scripts.terminal import note, say, show

if TYPE_CHECKING:
    from core.io import VideoMetadata

HELP = "Show what a video file is."

def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("videos", nargs="+", metavar="VIDEO", help="files, folders or globs")


def run(args: argparse.Namespace) -> int:
    from core.io import VideoProbe

    sources, missing = expand(args.videos)
    outcomes = [Outcome(text, "", error=error) for text, error in missing]
    documents: list[dict[str, Any]] = []
    for outcome in outcomes:
        note(str(outcome.error))
    for source in sources:
        try:
            with edge(source):
                found = VideoProbe.probe(source)
        except BrushreelError as error:
            outcomes.append(Outcome(str(source), "", error=error))
            note(str(error))
            continue
        outcomes.append(Outcome(str(source), ""))
        if not args.json:
            if documents:
                say("")
            _show(found)
        documents.append(as_document(found))
    if args.json:
        print_json(_together(documents, outcomes))
    return batch_code(outcomes)


def _together(documents: list[dict[str, Any]], outcomes: list[Outcome]) -> dict[str, Any]:
    """One file is one document; several stand in a list, beside what could not be read."""
    failures = [{"input": outcome.source, **as_json(outcome.error)}
                for outcome in outcomes if outcome.error is not None]
    if len(outcomes) == 1:
        return documents[0] if documents else failures[0]
    first = {key: failures[0][key] for key in ("error", "hint")} if failures else {}
    return {**first, "code": batch_code(outcomes), "videos": documents, "failures": failures}


def _show(found: VideoMetadata) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(found.path.name), title_justify="left", show_header=False, box=None,
                  pad_edge=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, words in as_rows(found):
        table.add_row(name, Text(words))
    show(table)
