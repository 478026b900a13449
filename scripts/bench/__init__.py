"""bench: measure this machine, and the rules the engine and the looks are held to."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.arguments import one_of, whole_number

_BENCHMARKS = ("pipeline", "looks", "neural", "training", "learning")
HELP = "Measure speed and memory on this machine."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", type=one_of("benchmark", _BENCHMARKS),
                        metavar="|".join(_BENCHMARKS),
                        help="a whole render; looks alone beside what draws like them elsewhere; "
                             "style networks beside plain ONNX Runtime; the shipped ones against "
                             "optimizing picture by picture; what is learned from simulated "
                             "votes")
    parser.add_argument("--in", dest="input", type=Path, metavar="VIDEO",
                        help="default: the sample clip")
    parser.add_argument("--style", metavar="STYLE",
                        help="pipeline: a style (default: pencil); others: one or "
                             "several, with commas (default: all)")
    parser.add_argument("--frames", type=whole_number(1), metavar="N",
                        help="pipeline, neural: use only the first N; looks: use N, spread over "
                             "the clip (default: 3)")
    parser.add_argument("--repeat", type=whole_number(1, 100), default=5, metavar="N",
                        help="runs of which the median counts (default: 5)")
    parser.add_argument("--memory", action="store_true",
                        help="pipeline: also compare the memory of 300 and 3,000 frames; takes "
                             "minutes")
    parser.add_argument("--seeds", type=whole_number(1), metavar="N",
                        help="learning: simulated raters of each look (default: 400)")
    judging = parser.add_argument_group("training")
    judging.add_argument("--data", type=Path, metavar="DIR", help="photographs, never trained on")
    judging.add_argument("--paintings", type=Path, metavar="DIR",
                         help="the paintings, named as the models are")
    judging.add_argument("--backbones", type=Path, metavar="DIR",
                         help="where the networks lie that judge pictures")
    judging.add_argument("--start", type=one_of("start", ["noise", "photograph"]),
                         default="noise", metavar="noise|photograph",
                         help="what the optimization begins with (default: noise, as in "
                              "Johnson et al. 2016)")


def run(args: argparse.Namespace) -> int:
    if args.what == "looks":
        from scripts.bench.looks import bench_looks

        return bench_looks(args)
    if args.what == "neural":
        from scripts.bench.neural import bench_neural

        return bench_neural(args)
    if args.what == "training":
        from scripts.bench.training import bench_training

        return bench_training(args)
    if args.what == "learning":
        from scripts.bench.learning import bench_learning

        return bench_learning(args)
    from scripts.bench.pipeline import bench_pipeline

    args.style = args.style or "pencil"
    return bench_pipeline(args)
