"""bench training: the networks that come with Brushreel against optimizing pictures one by one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from scripts.bench.rules import Rule, say_rules
from scripts.failures import DONE, FAILED
from scripts.learningparts import check_parts
from scripts.report import print_json
from scripts.terminal import Step, progress_shown, say, show

if TYPE_CHECKING:
    from trainer.yardstick import Judged

ITERATIONS = (20, 50)
FEWEST_GREAT = 2
"""So many networks are to reach the most iterations, the others the fewest."""
SIZE = 256
"""Short side of the photographs, in pixels."""
RECIPES = Path(__file__).resolve().parents[2] / "trainer" / "recipes"


def bench_training(args: argparse.Namespace) -> int:
    check_parts()
    if args.data is None or args.paintings is None:
        raise InputError("There is nothing to judge by.",
                         "Give photographs with --data and the paintings with --paintings.")
    found = dict(_judged(args))
    rules = _rules(found)
    if args.json:
        print_json({"iterations": list(ITERATIONS), "start": args.start, "models": {
            name: {"network": each.network, "optimized": each.optimized}
            for name, each in found.items()}, "rules": [rule.document() for rule in rules]})
    else:
        _show(found)
        say_rules(rules)
    return DONE if all(rule.holds for rule in rules) else FAILED


def _judged(args: argparse.Namespace) -> Iterator[tuple[str, Judged]]:
    from core.models import ModelRegistry
    from trainer.crops import tensor
    from trainer.dataset import read_content, read_picture, sized
    from trainer.losses import Perception
    from trainer.machine import device
    from trainer.network import StyleNetwork
    from trainer.objectives import Painting
    from trainer.settings import TrainingSettings
    from trainer.yardstick import judged

    content = read_content(args.data)[:args.frames or 4]
    place, perception = device(), Perception.load(args.backbones)
    photographs = [tensor(sized(picture, SIZE)).to(place) for picture in content]
    models = [model for model in ModelRegistry().models().values()
              if (RECIPES / f"{model.name}.toml").is_file()]
    with progress_shown("Judging") as advance:
        for number, model in enumerate(models, 1):
            settings = TrainingSettings.load(RECIPES / f"{model.name}.toml",
                                             {"precision": "float32"})
            painting = read_picture(_painting(args.paintings, model.name))
            network = StyleNetwork.from_onnx(model.path).to(place)
            yield model.name, judged(Painting(settings, perception, painting, content), network,
                                     photographs, ITERATIONS, args.start)
            advance(Step("judge", number, len(models), unit="models"))


def _painting(folder: Path, name: str) -> Path:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.stem.replace("_", "-") == name:
            return path
    raise InputError(f"There is no painting for {name} in {folder}.",
                     f"Put it there as {name}.jpg.")


def _rules(found: dict[str, Judged]) -> list[Rule]:
    fewest, most = ITERATIONS
    reached = [each.reached() for each in found.values()]
    return [Rule(f"Networks that reach {most} iterations", sum(count >= most for count in reached),
                 min(FEWEST_GREAT, len(found)), at_most=False),
            Rule(f"Networks that reach {fewest}", sum(count >= fewest for count in reached),
                 len(found), at_most=False)]


def _show(found: dict[str, Judged]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("Model", "Loss", *(f"after {count} iterations" for count in ITERATIONS)):
        table.add_column(heading, justify="left" if heading == "Model" else "right")
    for name, each in found.items():
        table.add_row(name, f"{each.network:.3f}",
                      *(f"{each.optimized[count]:.3f}" for count in ITERATIONS))
    say("Total loss on photographs, by a network in one pass and by L-BFGS on each picture:")
    show(table)
