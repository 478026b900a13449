"""gallery: contact sheets of every look and preset, as small JPEG files."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "Draw contact sheets of every look and preset."

SHOWN = Path(__file__).resolve().parent.parent.parent / "docs" / "gallery"
"""Where the sheets of the sample clip belong, for the README to show."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--in", dest="input", type=Path, metavar="VIDEO",
                        help="default: the sample clip")
    parser.add_argument("--style", metavar="STYLE",
                        help="only these, with commas (default: all)")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="default: outputs/gallery; for the sample clip docs/gallery")


def run(args: argparse.Namespace) -> int:
    from scripts.gallery.contact import draw_gallery

    return draw_gallery(args)
