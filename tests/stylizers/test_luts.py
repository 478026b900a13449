"""The shipped grades: what the command writes, and what a colorist asks of a table."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from skimage import data

from scripts import luts
from scripts.grades import RECIPES, oklab
from stylizers import cube
from stylizers.cinematic import LUTS, CinematicParams, Grade
from stylizers.cube.value import lattice

WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
NEUTRAL_AXIS = ("neutral", "bleach-bypass", "noir", "vivid")
"""Grades that leave grey grey."""
SKIN = np.array([[0.93, 0.77, 0.68], [0.85, 0.64, 0.53], [0.71, 0.49, 0.37], [0.50, 0.33, 0.24],
                 [0.33, 0.21, 0.16]])
"""R'G'B' of faces, light to dark."""
TOTAL_BYTES = 6_000_000


def table(name: str) -> cube.Cube:
    return cube.read(LUTS / f"{name}.cube")


def from_signal(signal: np.ndarray) -> np.ndarray:
    return oklab.from_light(signal**oklab.DISPLAY)


def hue(signal: np.ndarray) -> np.ndarray:
    lab = from_signal(signal)
    return np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))


def test_the_names_are_those_of_the_look() -> None:
    assert sorted(get_args(Grade)) == sorted(RECIPES)
    assert {path.stem for path in LUTS.iterdir()} == set(RECIPES)
    assert len(RECIPES) >= 8
    assert CinematicParams().grade in RECIPES
    assert sum(path.stat().st_size for path in LUTS.iterdir()) < TOTAL_BYTES


@pytest.mark.parametrize("name", RECIPES)
def test_the_files_are_what_the_command_writes(name: str, tmp_path: Path) -> None:
    """But for the last digit, where another machine's power function may round otherwise."""
    made = cube.read(luts.write(tmp_path, name))
    shipped = table(name)
    assert made.title == shipped.title
    assert made.grid is not None and shipped.grid is not None
    assert np.abs(made.grid.values - shipped.grid.values).max() < 1.5e-4
    assert np.mean(made.grid.values != shipped.grid.values) < 1e-3


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_is_its_formula(name: str) -> None:
    """Between the points too, for the colors that pictures have: within a code of 8 bits."""
    pictures = (data.astronaut(), data.coffee(), data.chelsea(), data.rocket())
    colors = np.concatenate([picture[::9, ::9].reshape(-1, 3) for picture in pictures]) / 255
    error = np.abs(table(name)(colors) - RECIPES[name](colors)) * 255
    assert error.mean() < 0.2
    assert np.quantile(error, 0.99) < 1.5


@pytest.mark.parametrize("name", RECIPES)
def test_greys_keep_their_order(name: str) -> None:
    greys = table(name)(np.linspace(0, 1, 400)[:, None].repeat(3, 1))
    assert (np.diff(greys @ WEIGHTS) > 0).all()
    assert np.abs(np.diff(greys, 2, axis=0)).max() < 0.004, "a corner in the curve is a band"


@pytest.mark.parametrize("name", RECIPES)
def test_black_is_black_and_but_for_tinted_prints_white_is_white(name: str) -> None:
    black, white = table(name)(np.array([[0.0] * 3, [1.0] * 3]))
    assert np.ptp(black) < 0.025
    assert name == "faded" or black.max() < 0.03
    assert np.ptp(white) < 0.01 or name in ("faded", "warm-film", "cool-night")


@pytest.mark.parametrize("name", NEUTRAL_AXIS)
def test_greys_stay_grey(name: str) -> None:
    greys = table(name)(np.linspace(0, 1, 400)[:, None].repeat(3, 1))
    assert np.ptp(greys, axis=1).max() < 3e-4


@pytest.mark.parametrize("name", RECIPES)
def test_more_light_is_never_darker(name: str) -> None:
    """Along every channel of the whole table, in luminance, but for the last decimal."""
    luminance = table(name).grid.values ** oklab.DISPLAY @ WEIGHTS  # type: ignore[union-attr]
    assert min(np.diff(luminance, axis=axis).min() for axis in range(3)) > -3e-4


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_is_smooth(name: str) -> None:
    """A step between neighbors is near those beside it, or there would be edges in skies."""
    values = table(name).grid.values  # type: ignore[union-attr]
    if len(values) == 2:
        assert np.array_equal(values, lattice(2))
        return
    bends = [np.abs(np.diff(values, 2, axis=axis)) for axis in range(3)]
    assert max(np.quantile(bend, 0.95) for bend in bends) < 0.015
    assert max(bend[4:-4, 4:-4, 4:-4].max() for bend in bends) < 0.03


@pytest.mark.parametrize("name", ["neutral", "teal-orange", "warm-film", "faded", "vivid"])
def test_skin_stays_skin(name: str) -> None:
    """It turns by a few degrees towards gold at most, and keeps its chroma."""
    graded = table(name)(SKIN)
    turned = hue(graded) - hue(SKIN)
    assert (np.abs(turned) < 16).all()
    chroma = (np.linalg.norm(from_signal(colors)[:, 1:], axis=1) for colors in (graded, SKIN))
    assert (np.divide(*chroma) > 0.75).all()


def test_each_grade_does_what_its_name_says() -> None:
    image = data.astronaut()[::8, ::8].reshape(-1, 3) / 255
    greys = np.linspace(0.1, 0.9, 9)[:, None].repeat(3, 1)
    assert np.abs(table("neutral")(image) - image).max() < 1e-6
    assert np.ptp(table("noir")(image), axis=1).max() == 0
    assert table("noir").monochrome and not table("vivid").monochrome

    def chroma(name: str) -> float:
        return float(np.linalg.norm(from_signal(table(name)(image))[:, 1:], axis=1).mean())

    assert chroma("noir") < chroma("bleach-bypass") < chroma("faded") < chroma("neutral")
    assert chroma("vivid") > chroma("neutral")
    dark, light = table("teal-orange")(greys)[[1, 7]]
    assert dark[2] > dark[0] + 0.02 and light[0] > light[2] + 0.02
    assert (table("warm-film")(greys)[4:, 0] > table("warm-film")(greys)[4:, 2] + 0.02).all()
    assert (table("cool-night")(greys)[:, 2] > table("cool-night")(greys)[:, 0]).all()
    assert table("cool-night")(greys).mean() < 0.75 * greys.mean()
    assert table("faded")(np.zeros(3)).min() > 0.08 and table("faded")(np.ones(3)).max() < 0.95


def test_oklab_is_ottossons() -> None:
    """Red, blue and white as his article's code gives them, and there and back."""
    known = {(1, 0, 0): (0.62796, 0.22486, 0.12585), (0, 0, 1): (0.45201, -0.03246, -0.31153),
             (1, 1, 1): (1, 0, 0)}
    for light, lab in known.items():
        assert oklab.from_light(np.array(light, float)) == pytest.approx(lab, abs=1e-4)
    colors = np.random.default_rng(1).random((500, 3))
    assert np.abs(oklab.to_light(oklab.from_light(colors)) - colors).max() < 1e-6


def test_what_no_display_shows_keeps_its_luminance() -> None:
    random = np.random.default_rng(2)
    light = random.uniform(-0.5, 2, (4000, 3))
    light = light[oklab.luminance(light)[:, 0] > 0.05]
    target = random.uniform(0.05, 0.95, (len(light), 1))
    picture = oklab.shown(light, target)
    assert picture.min() >= 0 and picture.max() <= 1
    assert np.abs(oklab.luminance(picture**oklab.DISPLAY) - target).max() < 1e-6


def test_pale_colors_are_shown_as_they_are() -> None:
    colors = 0.5 + np.random.default_rng(1).uniform(-0.1, 0.1, (500, 3))
    light = colors**oklab.DISPLAY
    assert np.abs(oklab.shown(light, oklab.luminance(light)) - colors).max() < 1e-9


def test_a_sky_has_no_bands() -> None:
    """A smooth gradient from blue to white comes out without a step."""
    ramp = np.linspace(0, 1, 4000)[:, None]
    sky = np.array([0.35, 0.55, 0.85]) * (1 - ramp) + np.array([0.85, 0.92, 0.98]) * ramp
    for name in RECIPES:
        steps = np.abs(np.diff(table(name)(sky), axis=0))
        assert steps.max() < 3 * np.abs(np.diff(sky, axis=0)).max()


@pytest.mark.parametrize("size", [2, 17, 33])
def test_other_sizes_are_written_too(size: int, tmp_path: Path) -> None:
    made = cube.read(luts.write(tmp_path, "warm-film", size))
    assert made.grid is not None and len(made.grid.values) == size
    assert np.abs(made(lattice(2)) - table("warm-film")(lattice(2))).max() < 2e-4
