"""finetune: teach a network what was approved, and keep it only if that makes it better."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.arguments import PROGRAM, whole_number
from scripts.failures import DONE, FAILED
from scripts.learningparts import check_parts
from scripts.lessons import shown
from scripts.queueing import queued
from scripts.report import print_json
from scripts.terminal import note, say
from scripts.train import change

if TYPE_CHECKING:
    from trainer.finetune import Verdict
    from trainer.tuning import FineTuning

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
    parser.add_argument("--work", type=Path, metavar="DIR",
                        help="where checkpoint, losses and samples go (default: a folder of its "
                             "own, NAME-....training); an interrupted run resumes there")
    parser.add_argument("--backbones", type=Path, metavar="DIR",
                        help="where the networks lie that judge pictures")
    parser.add_argument("--queue", action="store_true",
                        help="have the worker do it, beside the renders that are queued")


def run(args: argparse.Namespace) -> int:
    check_parts()
    asked = _asked(args)
    if args.queue:
        return _queued(args, asked)
    return _told(args, shown(f"Fine-tuning {args.model}", asked.tuner(note).run()))


def _asked(args: argparse.Namespace) -> FineTuning:
    from stylizers.refusal import validated
    from trainer.finetune import GENTLE
    from trainer.settings import TrainingSettings
    from trainer.tuning import FineTuning

    changes = dict(map(change, args.set))
    if args.epochs is not None:
        changes["epochs"] = args.epochs
    settings = validated(TrainingSettings, {**GENTLE.model_dump(), **changes})
    return FineTuning(model=args.model.removeprefix("neural:"), work=args.work, data=args.data,
                      approved=args.approved, settings=settings, backbones=args.backbones)


def _queued(args: argparse.Namespace, asked: FineTuning) -> int:
    from core.models import ModelRegistry

    ModelRegistry().model(asked.model)  # what is not there is said now, not when its turn comes
    placed = asked.placed(asked.pairs(note))
    return queued(placed.order(), args.json, model=asked.model, work=str(placed.work))


def _told(args: argparse.Namespace, verdict: Verdict) -> int:
    version = verdict.model.card.version if verdict.model else None
    if args.json:
        from trainer.tuning import document

        print_json({"model": args.model, **document(verdict)})
    elif verdict.current:
        say(f"{args.model} is version {version} now. Back again: "
            f"{PROGRAM} models rollback {args.model}")
    else:
        kept = f", and version {version} is set aside" if version else ""
        say(f"{args.model} stays as it is{kept}:")
        for reason in verdict.reasons:
            say(f"  {reason}.")
    return DONE if verdict.current else FAILED
