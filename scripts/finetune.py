"""finetune: teach a network what was approved, and keep it only if that makes it better."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.arguments import PROGRAM, whole_number
from scripts.failures import DONE, FAILED
from scripts.learningparts import check_parts
from scripts.report import print_json
from scripts.terminal import Step, note, progress_shown, say
from scripts.train import change

if TYPE_CHECKING:
    from trainer.finetune import FineTuner, Verdict

HELP = "Fine-tune a network on approved pairs, if that makes it better."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="NAME",
                        help="the network: one that comes with Brushreel, or was trained here")
    learned = parser.add_mutually_exclusive_group(required=True)
    learned.add_argument("--data", type=Path, metavar="DIR",
                         help="a folder with pairs/source and pairs/wanted")
    learned.add_argument("--approved", type=Path, metavar="DIR",
                         help="learn renders that were approved, or rated four stars or more, of "
                              "the videos in this folder")
    parser.add_argument("--epochs", type=whole_number(1), metavar="N",
                        help="rounds of training (default: 3)")
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=VALUE",
                        help="change a setting of the training")
    parser.add_argument("--work", type=Path, metavar="DIR", default=Path("finetune.training"),
                        help="where checkpoint, losses and samples go (default: %(default)s)")
    parser.add_argument("--backbones", type=Path, metavar="DIR",
                        help="where the networks lie that judge pictures")


def run(args: argparse.Namespace) -> int:
    check_parts()
    tuner = _tuner(args)
    with progress_shown(f"Fine-tuning {args.model}") as show:
        from core.progress import Pace

        pace: Pace | None = None
        for now in tuner.run():
            pace = pace or Pace(now.total - now.step + 1)
            pace.step()
            show(Step("train", now.step, now.total, pace.fps, pace.eta, unit="steps"))
            if now.validation is not None:
                note(f"Epoch {now.epoch}: {now.validation:.3f} on pairs held back.")
    assert tuner.verdict is not None
    return _told(args, tuner.verdict)


def _tuner(args: argparse.Namespace) -> FineTuner:
    from feedback import FeedbackStore
    from stylizers.refusal import validated
    from trainer.approved import approved_pairs
    from trainer.dataset import read_pairs
    from trainer.finetune import GENTLE, FineTuner
    from trainer.settings import TrainingSettings

    changes = dict(map(change, args.set))
    if args.epochs is not None:
        changes["epochs"] = args.epochs
    settings = validated(TrainingSettings, {**GENTLE.model_dump(), **changes})
    pairs = read_pairs(args.data) if args.data else approved_pairs(
        FeedbackStore().records(), args.approved, told=note)
    return FineTuner(args.model.removeprefix("neural:"), pairs, args.work,
                     settings=settings, backbones=args.backbones)


def _told(args: argparse.Namespace, verdict: Verdict) -> int:
    version = verdict.model.card.version if verdict.model else None
    if args.json:
        print_json({"model": args.model, "version": version, "current": verdict.current,
                    "reasons": list(verdict.reasons),
                    "before": verdict.before.document() if verdict.before else None,
                    "after": verdict.after.document() if verdict.after else None})
    elif verdict.current:
        say(f"{args.model} is version {version} now. Back again: "
            f"{PROGRAM} models rollback {args.model}")
    else:
        kept = f", and version {version} is set aside" if version else ""
        say(f"{args.model} stays as it is{kept}:")
        for reason in verdict.reasons:
            say(f"  {reason}.")
    return DONE if verdict.current else FAILED
