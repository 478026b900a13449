"""preview: a few seconds of a video in a style, or one frame of it as a picture."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from core import durable
from core.edge import edge
from core.errors import InvalidParameter
from core.render.options import RenderOptions
from scripts.arguments import positive_time, time
from scripts.batch import Job, run_batch, say_preparing
from scripts.failures import DONE
from scripts.looks import PRESET_OPTION, add_look_options, recipes_from
from scripts.report import print_json, report
from scripts.targets import OUTPUTS, is_file_target, made, refuse_existing
from scripts.terminal import say

if TYPE_CHECKING:
    import numpy as np

    from core.recipe import Recipe

HELP = "Render a few seconds, or one frame, to see what a style does."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--in", dest="input", type=Path, required=True, metavar="VIDEO")
    parser.add_argument("--style", required=True, help="such as pencil; + stacks looks")
    parser.add_argument("--start", type=time, metavar="T",
                        help="where to start: 12.5, 1:05 or 0:01:05.250 (default: 0)")
    parser.add_argument("--duration", type=positive_time, metavar="T",
                        help="how much to render (default: 5)")
    parser.add_argument("--frame", type=time, metavar="T",
                        help="the picture at this time instead, as a PNG")
    parser.add_argument("--out", type=Path, metavar="FILE",
                        help="default: outputs/VIDEO_STYLE_preview.mp4 or .png")
    parser.add_argument("--preset", **PRESET_OPTION)
    parser.add_argument("--overwrite", action="store_true", help="replace a file that exists")
    add_look_options(parser)


def run(args: argparse.Namespace) -> int:
    recipe = _recipe(args)
    if args.frame is not None and (args.start, args.duration) != (None, None):
        raise InvalidParameter("--frame is one picture, which has no --start and no --duration.",
                               "Leave them out.")
    target = _target(args, recipe, "mp4" if args.frame is None else "png")
    refuse_existing(target, args.overwrite)
    with made(target.parent):
        return _moving(args, recipe, target) if args.frame is None else _still(
            args, recipe, target)


def _recipe(args: argparse.Namespace) -> Recipe:
    recipes = recipes_from(args, args.style)
    if len(recipes) > 1:
        raise InvalidParameter("A preview shows one style.",
                               "Name one, or stack looks with +: pencil+identity.")
    return recipes[0]


def _target(args: argparse.Namespace, recipe: Recipe, suffix: str) -> Path:
    from core.naming import free_name

    out: Path | None = args.out
    if out is None or out.is_dir():
        stem = f"{args.input.stem}_{recipe.name()}_preview"
        folder = out or OUTPUTS
        return folder / f"{stem}.{suffix}" if args.overwrite else free_name(folder, stem, suffix)
    fits = out.suffix.lower() == ".png" if suffix == "png" else is_file_target(out)
    if not fits:
        raise InvalidParameter(f"{out.name} does not fit.",
                               f"Give a folder, or a name that ends in .{suffix}.")
    return out


def _moving(args: argparse.Namespace, recipe: Recipe, target: Path) -> int:
    start = args.start or Fraction(0)
    options = RenderOptions(start=start, end=start + (args.duration or 5),
                            overwrite=args.overwrite)
    job = Job(args.input, recipe, lambda: target)
    return report(run_batch([job], options), args.json, several=False)


def _still(args: argparse.Namespace, recipe: Recipe, target: Path) -> int:
    from core.compiling import on_compiling
    from core.io import VideoProbe
    from core.preview import render_still
    from core.viewing import upright

    found = VideoProbe.probe(args.input)
    with on_compiling(say_preparing), edge(args.input):
        picture = upright(render_still(args.input, recipe, args.frame), found)
    write_png(target, picture)
    height, width = picture.shape[:2]
    bits = 8 * picture.itemsize
    if args.json:
        print_json({"path": str(target), "width": width, "height": height, "bits": bits})
    else:
        say(f"{target}\n  {width}x{height}, {bits} bits per channel")
    return DONE


def write_png(target: Path, picture: np.ndarray) -> None:
    """RGB (H, W, 3) uint8 or uint16."""
    import cv2

    _, data = cv2.imencode(".png", cv2.cvtColor(picture.copy(), cv2.COLOR_RGB2BGR))
    durable.write(target, data.tobytes())
