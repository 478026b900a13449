"""render: whole videos, each in every style asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidParameter
from core.render.options import RenderOptions
from core.saved import recipe_from_file, recipe_like
from scripts.arguments import one_of, time, time_within, whole_number
from scripts.batch import Job, Outcome, run_batch
from scripts.finished import Finished
from scripts.looks import add_look_options, add_output_options, recipe_changed, recipes_from
from scripts.report import report
from scripts.sources import expand
from scripts.targets import OUTPUTS, is_file_target, made, refuse_existing

if TYPE_CHECKING:
    from core.recipe import Recipe

HELP = "Render videos in one or more styles."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_render_options(parser, required=True)


def add_render_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """What says what to render, as every command that does so, now or later, takes it."""
    parser.add_argument("--in", dest="inputs", nargs="+", required=required, metavar="VIDEO",
                        help="files, folders or globs")
    parser.add_argument("--styles", metavar="STYLE,...",
                        help="such as pencil; one output per style, + stacks looks")
    parser.add_argument("--recipe", type=Path, metavar="FILE",
                        help="render with a recipe saved as JSON, instead of --styles")
    parser.add_argument("--like", type=Path, metavar="VIDEO",
                        help="render as that video was rendered, instead of --styles")
    parser.add_argument("--out", type=Path, default=OUTPUTS, metavar="DIR_OR_FILE",
                        help="folder, or the file where there is one result (default: outputs)")
    add_look_options(parser)
    add_output_options(parser)
    work = parser.add_argument_group("work")
    work.add_argument("--start", type=time, metavar="T",
                      help="start at 12.5, 1:05 or 0:01:05.250 of the source")
    work.add_argument("--end", type=time, metavar="T", help="end there")
    work.add_argument("--chunk", type=time_within(10, 120), metavar="SECONDS",
                      help="length of the parts that an interruption keeps, 10 to 120")
    work.add_argument("--workers", type=whole_number(1), metavar="N",
                      help="frames drawn at a time (default: one per core)")
    work.add_argument("--scratch", type=Path, metavar="DIR",
                      help="where unfinished work lies (default: beside the output)")
    work.add_argument("--no-resume", action="store_true",
                      help="start over instead of going on with an interrupted render")
    work.add_argument("--on-encoder-failure", type=one_of("choice", ["restart", "fail"]),
                      default="restart", metavar="restart|fail",
                      help="when a hardware encoder fails on the way: begin again with the CPU's, "
                           "or end there and keep what is done (default: restart)")
    work.add_argument("--metrics", nargs="?", type=whole_number(1, 10000), const=0,
                      metavar="MOMENTS",
                      help="measure the result when it is done, at so many moments of it (default: "
                           "5 to 40, by its length), into NAME.metrics.json beside it")
    work.add_argument("--overwrite", action="store_true", help="replace files that exist")


def run(args: argparse.Namespace) -> int:
    options = options_of(args)
    single = is_file_target(args.out)
    sources, missing = expand(args.inputs, None if single else args.out)
    recipes = recipes_asked(args, sources, single)
    several = (len(sources) + len(missing)) * len(recipes) > 1
    if single and several:
        raise InvalidParameter(
            f"{args.out} is one file, but there are {len(sources)} videos in {len(recipes)} "
            "styles to render.", "Give a folder to --out.")
    failed = [Outcome(text, "", error=error) for text, error in missing]
    with made(args.out.parent if single else args.out):
        jobs = _jobs(args, sources, recipes, single)
        remembered = several and options.resume
        finished = Finished(args.out, args.start, args.end) if remembered else None
        return report(chain(failed, run_batch(jobs, options, finished)), args.json, several)


def options_of(args: argparse.Namespace) -> RenderOptions:
    return RenderOptions(
        start=args.start, end=args.end, chunk=None if args.chunk is None else float(args.chunk),
        workers=args.workers, resume=not args.no_resume, overwrite=args.overwrite,
        on_encoder_failure=args.on_encoder_failure, scratch=args.scratch,
        metrics=args.metrics)


def recipes_asked(args: argparse.Namespace, sources: Sequence[Path], single: bool
                  ) -> list[Recipe]:
    """What --styles, --recipe or --like stands for; `single` is for a target with a suffix."""
    ways = {"--styles": args.styles, "--recipe": args.recipe, "--like": args.like}
    given = [option for option, value in ways.items() if value is not None]
    if len(given) != 1:
        wrong = f"{' and '.join(given)} exclude each other" if given else "No style is asked for"
        raise InvalidParameter(f"{wrong}.", "Give one of --styles, --recipe and --like.")
    if args.styles is not None:
        return recipes_from(args, args.styles)
    saved = (recipe_from_file(args.recipe, sources) if args.recipe is not None
             else recipe_like(args.like, sources))
    if single:  # the suffix asked for now goes before the container of then
        saved = saved.model_copy(update={
            "output": saved.output.model_copy(update={"container": None})})
    return [recipe_changed(saved, args)]


def _jobs(args: argparse.Namespace, sources: Sequence[Path], recipes: Sequence[Recipe],
          single: bool) -> Iterator[Job]:
    for source in sources:
        for recipe in recipes:
            yield Job(source, recipe, _target(args, source, recipe, single))


def _target(args: argparse.Namespace, source: Path, recipe: Recipe, single: bool
            ) -> Callable[[], Path]:
    def chosen() -> Path:
        from core.naming import target_in

        if not single:
            free = target_in(args.out, source, recipe)
            first = free.with_name(f"{source.stem}_{recipe.name()}{free.suffix}")
            return first if args.overwrite else free
        refuse_existing(args.out, args.overwrite)
        return args.out

    return chosen
