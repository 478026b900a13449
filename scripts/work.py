"""work: the worker, which takes jobs from the queue until it is stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.jobs import JobStore, Rules
from core.worker.start import BACKGROUND, LOG, detach
from scripts.arguments import whole_number
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import log

HELP = "Work on what is queued; only one worker runs at a time."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true",
                        help="end when nothing is left to do, instead of waiting for more")
    parser.add_argument(BACKGROUND, action="store_true",
                        help="go on working when this terminal is closed")
    parser.add_argument("--cpu-jobs", type=whole_number(1, 16), metavar="N",
                        help="from now on: jobs that run at a time on the processor, beside one on "
                             "the GPU (at first: 1)")
    parser.add_argument("--ceiling", type=whole_number(50, 100), metavar="CELSIUS",
                        help="from now on: let everything stand still while a GPU is hotter (at "
                             "first: when it would soon slow itself down)")
    parser.add_argument("--patience", type=whole_number(5), metavar="SECONDS",
                        help="how long a render may show nothing new (default: 300)")
    parser.add_argument("--queue", type=Path, metavar="FILE",
                        help="where the queue is kept (default: the data folder)")


def run(args: argparse.Namespace) -> int:
    with JobStore(args.queue) as store:
        if args.background:
            detach([sys.executable, "-m", "scripts.cli", "work", *_again(args, store)],
                   store.path.with_name(LOG))
        else:
            _work(args, store)
    if args.json:
        print_json({"background": args.background, "queue": str(store.path)})
    return DONE


def child_command(queue: Path) -> tuple[str, ...]:
    """What runs one job, completed by its number."""
    return (sys.executable, "-m", "scripts.cli", "run-job", "--queue", str(queue.absolute()))


def _work(args: argparse.Namespace, store: JobStore) -> None:
    from core.hardware import HardwareManager
    from core.worker import Duties, Patience, Worker

    rules = store.rules()
    store.set_rules(Rules(args.cpu_jobs or rules.cpu_jobs, args.ceiling or rules.ceiling))
    with HardwareManager() as hardware:
        gpus = len(hardware.report().gpus)
        patience = Patience() if args.patience is None else Patience(rendering=args.patience)
        duties = Duties(
            command=child_command(store.path), gpus=gpus, patience=patience,
            hot=lambda ceiling: " ".join(hardware.observe(ceiling=ceiling).hot) if gpus else "",
            tell=log, staying=not args.once, idle=lambda: _idle_command(store.path))
        Worker(store, duties).run()


def _idle_command(queue: Path) -> tuple[str, ...]:
    """What measures finished renders while there is nothing else to do, if that is wanted."""
    from core import settings

    if not settings.load().measure_renders:
        return ()
    return (sys.executable, "-m", "scripts.cli", "measure-renders", "--queue",
            str(queue.absolute()))


def _again(args: argparse.Namespace, store: JobStore) -> list[str]:
    """The same options for the worker in the background."""
    given = {"--cpu-jobs": args.cpu_jobs, "--ceiling": args.ceiling, "--patience": args.patience,
             "--queue": store.path.absolute()}
    options = [word for name, value in given.items() if value is not None
               for word in (name, str(value))]
    return [*options, "--once"] if args.once else options
