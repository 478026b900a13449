"""tune: settings of a look for one clip, found by metrics, by what was liked before, or by both."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter
from scripts.arguments import one_of, whole_number
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import Step, note, progress_shown, say

if TYPE_CHECKING:
    from core.autotune import Trial
    from feedback.preference import PreferenceModel

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


def run(args: argparse.Namespace) -> int:
    from core import presets
    from core.autotune import AutoTuner
    from feedback import FeedbackStore
    from feedback.learning import liked, preference

    if not args.input.is_file():
        raise InvalidParameter(f"{args.input} is not a file.", "Check the path.")
    if args.save is not None:
        presets.check_name(args.style, args.save)
    records = FeedbackStore().records(args.style)
    model = preference(args.style, records)
    lacking = model.proposal().evidence.lacking
    if args.objective != "metrics" and lacking:
        raise InvalidParameter(f"There is not enough evidence of your taste: {lacking}.",
                               "Vote on more pairs, or tune by metrics.")
    with ExitStack() as open_:
        objective = _objective(args, model, open_)
        seeds = liked(args.style, records)[:3]
        if args.objective != "metrics":
            seeds.append(dict(model.proposal().values))
        tuner = AutoTuner(args.style, objective, trials=args.trials, seeds=seeds)
        last = _tried(args, tuner.run())
    if last is None:
        raise InvalidParameter(f"Nothing of {args.input.name} could be judged.",
                               "Choose another clip.")
    about = (f"Tuned on {args.input.name} by {args.objective}: {last.best_worth:.3f} against the "
             f"default's {last.default_worth:.3f} in {last.number} trials.")
    if args.save:
        presets.save(args.style, args.save, last.best, about)
    _report(args, last, about)
    return DONE


def _objective(args: argparse.Namespace, model: PreferenceModel, open_: ExitStack
               ) -> Callable[[Mapping[str, Any]], float]:
    from core.autotune.objective import MetricsWorth

    def taste(values: Mapping[str, Any]) -> float:
        mean, spread = model.score(values)
        return mean - spread  # what is liked surely before what may be liked more

    if args.objective == "preference":
        return taste
    metrics = open_.enter_context(MetricsWorth(args.input, args.style))
    if args.objective == "metrics":
        return metrics
    return lambda values: taste(values) + metrics(values)


def _tried(args: argparse.Namespace, steps: Any) -> Trial | None:
    last: Trial | None = None
    with progress_shown(f"{args.style} for {args.input.name}") as advance, closing(steps):
        for last in steps:
            advance(Step("tune", last.number, last.total, unit="trials"))
    return last


def _report(args: argparse.Namespace, last: Trial, about: str) -> None:
    from stylizers import style

    default = style(args.style).Params().model_dump()
    changed = {name: value for name, value in last.best.items() if value != default[name]}
    if args.json:
        print_json({"code": DONE, "style": args.style, "objective": args.objective,
                    "trials": last.number, "worth": last.best_worth,
                    "default_worth": last.default_worth, "values": changed,
                    "saved": f"{args.style}:{args.save}" if args.save else None})
        return
    if args.save:
        note(about)
    if not changed:
        say(f"Nothing tried was better than {args.style} as it is.")
        return
    say(f"{args.style}, {last.best_worth:.3f} against {last.default_worth:.3f} as it is:")
    for name, value in changed.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        say(f"  {args.style}.{name}={shown}")
    if args.save:
        say(f"Kept as {args.style}:{args.save}.")
