"""From what a command is asked to jobs of the queue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from core.errors import BrushreelError, InvalidParameter
from core.jobs import Job, JobStore, Order, submit
from scripts.arguments import PROGRAM
from scripts.failures import DONE
from scripts.render import options_of, recipes_asked
from scripts.report import print_json
from scripts.sources import expand
from scripts.targets import is_file_target, refuse_existing
from scripts.terminal import say


def add(store: JobStore, args: argparse.Namespace, priority: int
        ) -> tuple[Sequence[Job], Sequence[BrushreelError]]:
    """A job for each video in each style, and what is wrong with the others."""
    if not args.inputs:
        raise InvalidParameter("No video is named.", "Name files or folders after --in.")
    single = is_file_target(args.out)
    sources, missing = expand(args.inputs, None if single else args.out)
    recipes = recipes_asked(args, sources, single)
    if single and len(sources) * len(recipes) > 1:
        raise InvalidParameter(f"{args.out} is one file, but there are several results.",
                               "Give a folder to --out.")
    options, jobs = options_of(args), []
    errors: list[BrushreelError] = [error for _, error in missing]
    for source in sources:
        for recipe in recipes:
            try:
                if single:
                    refuse_existing(args.out, args.overwrite)
                    order = Order.render(source, args.out, recipe, options)
                    jobs.append(store.add(order, priority=priority, run_after=args.at))
                else:
                    jobs.append(submit(store, source, recipe, Path(args.out), options,
                                       priority=priority, run_after=args.at))
            except BrushreelError as error:
                errors.append(error)
    return jobs, errors


def queued(order: Order, json_wanted: bool, **about: str) -> int:
    """Queue it and tell of it; the exit code. `about` is what the JSON document says besides."""
    with JobStore() as store:
        job = store.add(order)
    if json_wanted:
        print_json({"job": job.id, **about})
    else:
        say(f"Job {job.id}, {job.title}, is queued; {PROGRAM} work does what is queued.")
    return DONE
