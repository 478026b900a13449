"""bench: measure this machine, and the rules the engine is held to."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.arguments import one_of, whole_number

HELP = "Measure speed and memory on this machine."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", type=one_of("benchmark", ["pipeline"]), metavar="pipeline")
    parser.add_argument("--in", dest="input", type=Path, metavar="VIDEO",
                        help="default: the sample clip")
    parser.add_argument("--style", default="pencil", help="default: pencil")
    parser.add_argument("--frames", type=whole_number(1), metavar="N", help="use only the first N")
    parser.add_argument("--repeat", type=whole_number(1, 100), default=5, metavar="N",
                        help="runs of which the median counts (default: 5)")
    parser.add_argument("--memory", action="store_true",
                        help="also compare the memory of 300 and 3,000 frames; takes minutes")


def run(args: argparse.Namespace) -> int:
    from scripts.bench.pipeline import bench_pipeline

    return bench_pipeline(args)
