from __future__ import annotations

from pathlib import Path

from scripts.grades import RECIPES
from stylizers import cube
from tests.cli.conftest import Cli


def test_grades_are_listed_in_words(cli: Cli) -> None:
    ended = cli("luts")
    assert ended.code == 0
    assert all(f"{name} " in ended.out and recipe.about in ended.out
               for name, recipe in RECIPES.items())


def test_chosen_grades_are_written(cli: Cli, tmp_path: Path) -> None:
    ended = cli("luts", "noir", "faded", "--size", "5", "--write", tmp_path / "here")
    assert ended.code == 0
    paths = [tmp_path / "here" / name for name in ("noir.cube", "faded.cube")]
    assert ended.out.split() == [str(path) for path in paths]
    assert set((tmp_path / "here").iterdir()) == set(paths)
    grid = cube.read(tmp_path / "here" / "noir.cube").grid
    assert grid is not None and len(grid.values) == 5


def test_json_names_the_files(cli: Cli, tmp_path: Path) -> None:
    document = cli("luts", "vivid", "--size", "2", "--write", tmp_path, "--json").document
    assert document == {"grades": [{"name": "vivid", "about": RECIPES["vivid"].about,
                                    "path": str(tmp_path / "vivid.cube")}]}
    assert [entry["path"] for entry in cli("luts", "--json").document["grades"]] == [None] * 8
