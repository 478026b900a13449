"""What is said when renders are done: on stdout for people, or as one JSON document."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from core.render.once import Once
from scripts.batch import Outcome, batch_code
from scripts.failures import Stopped, as_json
from scripts.measuring import in_words
from scripts.terminal import duration, fitted, note, say


def report(outcomes: Iterable[Outcome], json_wanted: bool, several: bool) -> int:
    """Tell each outcome as it comes, or all at the end as JSON; gives back the exit code."""
    seen, once = [], Once()
    for outcome in outcomes:
        seen.append(outcome)
        if outcome.error is not None:
            name = Path(outcome.source).name
            known = not several or name in outcome.error.message
            note(str(outcome.error) if known else f"{name}: {outcome.error}")
        elif not json_wanted:
            say(fitted("\n".join(lines(outcome, once)), sys.stdout))
    if json_wanted:
        print_json(_document(seen))
    elif several:
        _summarize(seen)
    return batch_code(seen)


def lines(outcome: Outcome, once: Once | None = None) -> list[str]:
    """A finished render in a few lines; `once` knows what the batch has said already."""
    once = once or Once()
    result = outcome.result
    if result is None:
        return [str(outcome.path), "  was finished before this batch was interrupted."]
    drawn = f"{result.frames} frames in {duration(result.seconds, 1)}, {result.fps:.1f} fps"
    if result.resumed_frames:
        drawn += f", {result.resumed_frames} of them from an earlier run"
    said = [str(result.path), f"  {drawn}; {result.codec} in {result.container}"]
    if result.choice:
        said.append(f"  {once.choice(result.choice)}")
    if result.kept:
        said.append(f"  Kept: {', '.join(result.kept)}.")
    share = result.clipped_pixels / max(result.pixels, 1)
    if share >= 0.01:
        said.append(f"  {share:.0%} of the pixels had colors beyond what RGB can show, which were "
                    "clipped.")
    said += [f"  {note}" for note in result.notes]
    if outcome.quality is not None:
        said.append(f"  {in_words(outcome.quality)}")
    warnings = [*once.fresh(result.warnings), *filter(None, [outcome.unmeasured])]
    return said + [f"  Note: {warning}" for warning in warnings]


def print_json(document: Any) -> None:
    """One document on stdout; ASCII, so that it passes any terminal and any file name."""
    say(json.dumps(document, indent=2))


def result_json(outcome: Outcome) -> dict[str, Any]:
    """Where the result of an earlier run was found, its path alone is known."""
    known = {} if outcome.result is None else dataclasses.asdict(outcome.result)
    quality = outcome.quality.document() if outcome.quality is not None else None
    return {**known, "path": str(outcome.path), "earlier": outcome.result is None,
            "metrics": quality, "unmeasured": outcome.unmeasured}


def _document(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Results and failures; the first failure's words stand on top, as for any other command."""
    failures = [{"input": outcome.source, "style": outcome.style, **as_json(outcome.error)}
                for outcome in outcomes if outcome.error is not None]
    results = [{"input": outcome.source, "style": outcome.style, **result_json(outcome)}
               for outcome in outcomes if outcome.error is None]
    first = {key: failures[0][key] for key in ("error", "hint")} if failures else {}
    return {**first, "code": batch_code(outcomes), "results": results, "failures": failures}


def _summarize(outcomes: Sequence[Outcome]) -> None:
    rendered = sum(outcome.error is None for outcome in outcomes)
    if any(isinstance(outcome.error, Stopped) for outcome in outcomes):
        say(f"{rendered} rendered before it was stopped.")
        return
    failed = len(outcomes) - rendered
    say(f"{rendered} of {len(outcomes)} rendered" + (f", {failed} failed." if failed else "."))
