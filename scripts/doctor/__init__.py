"""doctor: what this machine can do, each thing tried for real."""

from __future__ import annotations

import argparse

HELP = "Show what this machine can do, tried for real."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true",
                        help="try whether encoders open, but do not measure their speed")


def run(args: argparse.Namespace) -> int:
    from scripts.doctor.advice import advice
    from scripts.doctor.examination import examine
    from scripts.doctor.sheet import show_findings
    from scripts.failures import DONE
    from scripts.report import print_json
    from scripts.terminal import progress_shown

    with progress_shown("Trying this machine") as advance:
        findings = examine(measured=not args.quick, advance=advance)
    if args.json:
        print_json({**findings.document(), "advice": list(advice(findings))})
    else:
        show_findings(findings)
    return DONE
