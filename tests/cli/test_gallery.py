"""Contact sheets: what is on them, where, and that it is what a render would deliver."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from core.errors import ModelMissing
from core.io import VideoWriter
from core.presets import preset, presets
from core.preview import render_still
from core.recipe import Layer, Recipe
from core.render.stack import Look, look_of
from scripts.gallery import contact
from scripts.gallery.contact import variants_of
from scripts.gallery.sheet import (
    CELL,
    GAP,
    LABEL,
    MARGIN,
    PAPER,
    Row,
    busiest,
    detail,
    sheet,
    whole,
)
from tests.cli.conftest import Cli, left_in, write_clip


def flat(value: int, size: tuple[int, int] = CELL) -> np.ndarray:
    return np.full((size[1], size[0], 3), value, np.uint8)


def page_of(looks: int, cells: int = 3) -> tuple[int, int]:
    return (2 * MARGIN + looks * (LABEL + CELL[1] + GAP) - GAP,
            2 * MARGIN + cells * (CELL[0] + GAP) - GAP)


def test_sheets_of_a_clip_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4")
    ended = cli("gallery", "--in", "clip.mp4", "--style", "pencil", "--json")
    [written] = ended.document["sheets"]
    assert left_in(tmp_path) == {"clip.mp4", "outputs", "outputs/gallery",
                                 "outputs/gallery/pencil.jpg"}
    page = cv2.imread(str(tmp_path / written["path"]))
    assert page.shape[:2] == page_of(1 + len(presets("pencil")))
    assert written["bytes"] == (tmp_path / written["path"]).stat().st_size


def test_several_looks_get_a_sheet_of_all(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4")
    assert cli("gallery", "--in", "clip.mp4", "--style", "pencil,identity", "--out", "g").code == 0
    assert left_in(tmp_path / "g") == {"pencil.jpg", "identity.jpg", "looks.jpg"}
    assert cv2.imread(str(tmp_path / "g" / "looks.jpg")).shape[:2] == page_of(3)


def test_a_look_whose_model_is_missing_is_left_out(cli: Cli, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it was asked for by name."""
    write_clip(tmp_path / "clip.mp4")

    def missing(layer: Layer) -> Look:
        if layer.style == "identity":
            raise ModelMissing("No model is installed.", "Import one.")
        return look_of(layer)

    monkeypatch.setattr(contact, "look_of", missing)
    monkeypatch.setattr(contact, "STYLES", {"identity": None, "pencil": None})
    monkeypatch.setattr(contact, "LEFT_OUT", ())
    ended = cli("gallery", "--in", "clip.mp4", "--out", "g")
    assert (ended.code, left_in(tmp_path / "g")) == (0, {"pencil.jpg"})
    assert "identity is left out: No model is installed." in ended.err
    assert cli("gallery", "--in", "clip.mp4", "--style", "identity").code == 2


def test_pictures_stand_in_their_cells_under_words() -> None:
    rows = [Row("one", "first", [flat(0), flat(90)]), Row("two", "second", [flat(180)])]
    page = sheet(rows)
    assert page.shape[:2] == page_of(2, 2)
    right = MARGIN + CELL[0] + GAP
    low = MARGIN + LABEL + CELL[1] + GAP + LABEL
    assert (page[MARGIN + LABEL:, MARGIN:][:CELL[1], :CELL[0]] == 0).all()
    assert (page[MARGIN + LABEL:, right:][:CELL[1], :CELL[0]] == 90).all()
    assert (page[low:, MARGIN:][:CELL[1], :CELL[0]] == 180).all()
    assert (page[low:, right:] == PAPER).all()
    for top in (MARGIN, low - LABEL):
        words = page[top:top + LABEL]
        assert words.min() < 60 and (words[:, :MARGIN] == PAPER).all()


@pytest.mark.parametrize("about", ["words " * 60, "x" * 900, ""])
def test_words_never_leave_the_sheet(about: str) -> None:
    page = sheet([Row("name", about, [flat(120)])])
    assert (page[:MARGIN + LABEL, -MARGIN:] == PAPER).all()
    assert page[MARGIN:MARGIN + LABEL].min() < 60


@pytest.mark.parametrize("size", [(1920, 1080), (360, 640), (64, 36), (500, 1), (CELL[0], CELL[1])])
def test_any_shape_is_fitted_whole(size: tuple[int, int]) -> None:
    cell = whole(flat(7, size))
    assert cell.shape == (CELL[1], CELL[0], 3)
    drawn = (cell == 7).all(axis=2)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    assert len(columns) == CELL[0] or len(rows) == CELL[1]
    assert (cell[~drawn] == PAPER).all()


def test_a_detail_is_pixel_by_pixel_where_most_is_to_be_seen() -> None:
    picture = flat(128, (1920, 1080))
    picture[300:400, 1000:1100] = np.random.default_rng(0).integers(0, 256, (100, 100, 3))
    left, top = busiest(picture)
    assert left <= 1000 and left + CELL[0] >= 1100 and top <= 300 and top + CELL[1] >= 400
    assert np.array_equal(detail(picture, (left, top)),
                          picture[top:top + CELL[1], left:left + CELL[0]])
    small = flat(9, (CELL[0], 40))
    assert busiest(small) == (0, 0)
    assert np.array_equal(detail(small, (0, 0)), whole(small))


@pytest.mark.parametrize("name", ["light-sketch", "colored"])
def test_a_variant_is_what_a_render_delivers(name: str, tmp_path: Path) -> None:
    image = cv2.resize(data.astronaut()[:288], (320, 180), interpolation=cv2.INTER_AREA)
    with VideoWriter(tmp_path / "still.mkv", 320, 180, 10, codec="ffv1") as writer:
        writer.write_frame(image)
    layer = preset("pencil", name).layer
    recipe = Recipe.build({"layers": [layer], "preset": "quality"})
    expected = render_still(tmp_path / "still.mkv", recipe, Fraction(0)).astype(int)
    [variant] = [kind for kind in variants_of("pencil") if kind.name == f"pencil:{name}"]
    assert np.abs(variant.drawn(image) - expected).mean() < 2.5  # chroma is halved on the way


def test_a_sheet_is_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    large = contact._write(tmp_path / "large.jpg", noise).stat().st_size
    monkeypatch.setattr(contact, "LARGEST", large // 2)
    assert contact._write(tmp_path / "small.jpg", noise).stat().st_size <= large // 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large.jpg", "small.jpg"]
