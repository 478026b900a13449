"""bench: measure this machine, and the rules the engine and the looks are held to."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.arguments import one_of, whole_number

HELP = "Measure speed and memory on this machine."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", type=one_of("benchmark", ["pipeline", "looks"]),
                        metavar="pipeline|looks", help="a whole render, or looks alone beside what "
                                                       "draws like them elsewhere")
    parser.add_argument("--in", dest="input", type=Path, metavar="VIDEO",
                        help="default: the sample clip")
    parser.add_argument("--style", metavar="STYLE",
                        help="pipeline: a style (default: pencil); looks: one or several, with "
                             "commas (default: all)")
    parser.add_argument("--frames", type=whole_number(1), metavar="N",
                        help="pipeline: use only the first N; looks: use N, spread over the clip "
                             "(default: 3)")
    parser.add_argument("--repeat", type=whole_number(1, 100), default=5, metavar="N",
                        help="runs of which the median counts (default: 5)")
    parser.add_argument("--memory", action="store_true",
                        help="pipeline: also compare the memory of 300 and 3,000 frames; takes "
                             "minutes")


def run(args: argparse.Namespace) -> int:
    if args.what == "looks":
        from scripts.bench.looks import bench_looks

        return bench_looks(args)
    from scripts.bench.pipeline import bench_pipeline

    args.style = args.style or "pencil"
    return bench_pipeline(args)
