"""train: teach a network a painting, or what pairs of pictures show."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter
from scripts.arguments import PROGRAM, whole_number
from scripts.failures import DONE
from scripts.learningparts import check_parts
from scripts.lessons import shown
from scripts.queueing import queued
from scripts.report import print_json
from scripts.terminal import note, progress_shown, say

if TYPE_CHECKING:
    from trainer.export_onnx import Export, Variant
    from trainer.run import TrainingRun

HELP = "Train a style network from a painting, or from pairs of pictures."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, type=Path, metavar="DIR",
                        help="photographs and clips to learn on, or pairs/source and pairs/wanted; "
                             "trainer/data is filled for practice if it is empty")
    parser.add_argument("--style-image", type=Path, metavar="I",
                        help="the painting to learn, or a folder of many, to paint as any "
                             "(default: the pairs, or marbled paper where there are none)")
    parser.add_argument("--export", required=True, type=Path, metavar="MODEL.onnx",
                        help="where the network goes; its card goes beside it")
    parser.add_argument("--epochs", type=whole_number(1), metavar="N",
                        help="rounds of training, each with a checkpoint (default: the recipe's)")
    parser.add_argument("--recipe", type=Path, metavar="F",
                        help="settings from a TOML file, such as those in trainer/recipes")
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=VALUE",
                        help="change a setting, for instance style_weight=20")
    parser.add_argument("--start", metavar="MODEL", help="go on from a network that was trained "
                        "here: a file, or an installed model")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where checkpoint, losses and "
                        "samples go (default: beside the export); an interrupted run resumes there")
    parser.add_argument("--backbones", type=Path, metavar="DIR",
                        help="where the networks lie that judge pictures")
    then = parser.add_mutually_exclusive_group()
    then.add_argument("--queue", action="store_true",
                      help="have the worker do it: the network is then installed as well")
    then.add_argument("--variants", action="store_true",
                      help="write 16-bit and 8-bit files too, and measure them")


def run(args: argparse.Namespace) -> int:
    check_parts()
    asked = _prepared(_asked(args))
    if args.queue:
        return queued(asked.order(), args.json, model=str(asked.target.absolute()))
    training = asked.training()
    for left_out in asked.notes:
        note(left_out)
    note(f"Checkpoint, losses and samples go to {asked.folder}.")
    shown(f"Training {asked.target.name}", training.run())
    made = asked.export(training)
    return _told(args, asked, made, asked.variants() if args.variants else [])


def _asked(args: argparse.Namespace) -> TrainingRun:
    from stylizers.refusal import validated
    from trainer.run import TrainingRun, network_file
    from trainer.settings import TrainingSettings

    if args.export.suffix.lower() != ".onnx":
        raise InvalidParameter(f"{args.export} is no name of an ONNX file.",
                               "Give one that ends in .onnx.")
    if args.style_image is not None and args.style_image.is_dir() and args.variants:
        raise InvalidParameter("A network that paints as any painting has no variants.",
                               "Leave out --variants.")
    changes = dict(map(change, args.set))
    if args.epochs is not None:
        changes["epochs"] = args.epochs
    settings = TrainingSettings.load(args.recipe, changes) if args.recipe else \
        validated(TrainingSettings, changes)
    return TrainingRun(data=args.data, target=args.export, style_image=args.style_image,
                       settings=settings, start=network_file(args.start) if args.start else None,
                       work=args.work, backbones=args.backbones)


def _prepared(asked: TrainingRun) -> TrainingRun:
    """With something to learn where the user has given nothing: practice data, and a painting."""
    from scripts import training_data
    from trainer.dataset import lacks_pairs

    if training_data.is_practice(asked.data):
        asked = asked.model_copy(update={"data": training_data.FOLDER})
        if not training_data.is_whole(asked.data):
            _practise(asked)
    if asked.style_image is not None or not lacks_pairs(asked.data):
        return asked
    painting = training_data.painting(asked.folder)
    note(f"No painting is given, and {asked.data} holds no pairs: marbled paper is learned, which "
         f"was made as {painting}.")
    return asked.model_copy(update={"style_image": painting})


def _practise(asked: TrainingRun) -> None:
    """Fill the folder of practice data, once what training cannot do without is there."""
    from core.models.backbones import SQUEEZENET, VGG, find_or_fetch_all
    from scripts import training_data

    find_or_fetch_all((VGG, SQUEEZENET), asked.backbones)
    with progress_shown("Making practice data") as show:
        for step in training_data.fill(asked.data):
            show(step)
    count = len(training_data.PHOTOGRAPHS)
    note(f"{asked.data} was empty and now holds practice data: {count} photographs and, in pairs, "
         "the same as the look oil paints them, which is learned where no painting is given.")


def change(text: str) -> tuple[str, Any]:
    """A setting and its value; raises InvalidParameter."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidParameter(f"--set {text} is not understood.", "Write --set SETTING=VALUE.")
    return name.strip(), value.strip()


def _told(args: argparse.Namespace, asked: TrainingRun, made: Export, smaller: list[Variant]
          ) -> int:
    if args.json:
        print_json({"model": str(made.path), "difference": made.difference,
                    "work": str(asked.folder), "settings": asked.settings.model_dump(),
                    "variants": [{"path": str(each.path), "bytes": each.size,
                                  "difference": each.difference, "speed": each.speed}
                                 for each in smaller]})
        return DONE
    say(f"{made.path}\n  draws what was trained to {made.difference:.1g} of 1.")
    for each in smaller:
        say(f"{each.path}\n  {each.size / 2**20:.2f} MB, {each.speed:.2f} times as fast, "
            f"differs by {255 * each.difference:.2f} of 255 on average.")
    from scripts.training import paint_with

    say(paint_with(made.path) if asked.any_painting else
        f"Install it with: {PROGRAM} models import {made.path}")
    return DONE
