"""luts: the color grades of the look `cinematic`, listed, or written as .cube files."""

from __future__ import annotations

import argparse
from pathlib import Path

from core import durable
from core.errors import InvalidParameter
from scripts.arguments import nearest, whole_number
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import say, show

HELP = "List the color grades, or write them as .cube files."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="GRADE", help="only these")
    parser.add_argument("--write", metavar="DIR", type=Path,
                        help="write them into this folder, as GRADE.cube")
    parser.add_argument("--size", type=whole_number(2, 129), metavar="N",
                        help="points along each edge of a table (default: 33)")


def run(args: argparse.Namespace) -> int:
    from scripts.grades import RECIPES

    names = list(dict.fromkeys(args.names)) or list(RECIPES)
    for name in names:
        if name not in RECIPES:
            raise InvalidParameter(f"There is no grade '{name}'.",
                                   f"{nearest(name, RECIPES)}Grades: {', '.join(RECIPES)}.")
    written = {} if args.write is None else {
        name: write(args.write, name, args.size) for name in names}
    if args.json:
        print_json({"grades": [
            {"name": name, "about": RECIPES[name].about,
             "path": str(written[name]) if name in written else None} for name in names]})
    elif written:
        say("\n".join(str(path) for path in written.values()))
    else:
        _show({name: RECIPES[name].about for name in names})
    return DONE


def write(folder: Path, name: str, size: int | None = None) -> Path:
    """The grade as folder/name.cube; without a size as it lies in `luts`."""
    from scripts.grades.recipes import DECIMALS, SIZE, cube_of
    from stylizers import cube

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidParameter(f"{folder} cannot be made: {error.strerror}.",
                               "Choose another folder.") from error
    path = folder / f"{name}.cube"
    durable.write(path, cube.text(cube_of(name, size or SIZE), DECIMALS).encode())
    return path


def _show(about: dict[str, str]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, words in about.items():
        table.add_row(name, words)
    show(table)
