"""tune: settings of a look for one clip, found by metrics, by what was liked before, or by both."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.arguments import one_of, whole_number
from scripts.failures import DONE
from scripts.queueing import queued
from scripts.report import print_json
from scripts.terminal import Step, note, progress_shown, say

if TYPE_CHECKING:
    from core.autotune import Trial
    from feedback.tuning import Tuning

HELP = "Find settings of a look that suit a clip, or your taste."

_OBJECTIVES = ("metrics", "preference", "both")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--in", dest="input", type=Path, required=True, metavar="VIDEO")
    parser.add_argument("--style", required=True, metavar="LOOK", help="such as pencil")
    parser.add_argument("--trials", type=whole_number(1, 1000), default=40, metavar="N",
                        help="settings tried at most (default: 40)")
    parser.add_argument("--objective", type=one_of("objective", _OBJECTIVES), default="metrics",
                        metavar="|".join(_OBJECTIVES),
                        help="what is sought: edges kept and steadiness, what your votes and "
                             "stars tell, or both (default: metrics)")
    parser.add_argument("--save", metavar="NAME", help="keep the result as a preset of that name")
    parser.add_argument("--queue", action="store_true",
                        help="have the worker do it; the result is kept as a preset, by default "
                             "tuned-VIDEO")


def run(args: argparse.Namespace) -> int:
    from core import presets
    from feedback.tuning import Tuning

    if args.save is not None:
        presets.check_name(args.style, args.save)
    run = Tuning(source=args.input, look=args.style, trials=args.trials,
                 objective=args.objective, name=args.save or "")
    if args.queue:
        order = run.order()
        return queued(order, args.json, preset=order.style)
    last = _tried(args, run)
    if args.save and run.changed(last):
        run.keep(last)
    _report(args, run, last)
    return DONE


def _tried(args: argparse.Namespace, run: Tuning) -> Trial:
    last: Trial | None = None
    with progress_shown(f"{args.style} for {args.input.name}") as advance, \
            closing(run.run()) as steps:
        for last in steps:
            advance(Step("tune", last.number, last.total, unit="trials"))
    assert last is not None  # else the search has raised
    return last


def _report(args: argparse.Namespace, run: Tuning, last: Trial) -> None:
    changed = run.changed(last)
    if args.json:
        print_json({"code": DONE, "style": args.style, "objective": args.objective,
                    "trials": last.number, "worth": last.best_worth,
                    "default_worth": last.default_worth, "values": changed,
                    "saved": f"{args.style}:{args.save}" if args.save and changed else None})
        return
    if not changed:
        say(f"Nothing tried was better than {args.style} as it is."
            f"{' No preset was made.' if args.save else ''}")
        return
    if args.save:
        note(run.about(last))
    say(f"{args.style}, {last.best_worth:.3f} against {last.default_worth:.3f} as it is:")
    for name, value in changed.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        say(f"  {args.style}.{name}={shown}")
    if args.save:
        say(f"Kept as {args.style}:{args.save}.")
