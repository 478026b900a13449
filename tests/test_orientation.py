"""Turned and mirrored pictures, against FFmpeg's own idea of upright."""

import math
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.io import VideoProbe
from core.io.orientation import as_stored, display_matrix, upright, without_stretch
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film

TURNS = [(rotation, mirrored) for rotation in (0, 90, 180, -90) for mirrored in (False, True)]


def _matrix(rotation: int, mirrored: bool) -> tuple[int, ...]:
    cos, sin = {0: (1, 0), 90: (0, -1), 180: (-1, 0), -90: (0, 1)}[rotation]
    flip = -1 if mirrored else 1
    unit = 1 << 16
    return flip * cos * unit, sin * unit, 0, -flip * sin * unit, cos * unit, 0, 0, 0, 1 << 30


@pytest.mark.parametrize(("rotation", "mirrored"), TURNS)
def test_as_stored_undoes_upright(rotation: int, mirrored: bool) -> None:
    picture = np.arange(2 * 3 * 3).reshape(2, 3, 3)
    matrix = _matrix(rotation, mirrored)
    assert np.array_equal(as_stored(upright(picture, matrix), matrix), picture)


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_a_quarter_turn_is_counter_clockwise(rotation: int) -> None:
    picture = np.arange(12).reshape(3, 4)
    assert np.array_equal(upright(picture, _matrix(rotation, False)),
                          np.rot90(picture, rotation // 90))


def test_a_mask_is_painted_over_the_picture_as_it_is_shown(shared: Path, tmp_path: Path) -> None:
    """A phone's portrait clip: its upper half masked is the upper half drawn."""
    import cv2

    source = (shared / "media"
              / "androidx__internal_emulator_transformer_output_270_rotated.mp4")
    found = VideoProbe.probe(source)
    mask = np.zeros((found.width, found.height), np.uint8)  # turned: as high as stored wide
    mask[:found.width // 2] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    target = tmp_path / "out.mkv"
    recipe = Recipe.build({
        "layers": [{"style": "pencil", "mask": str(tmp_path / "mask.png")}],
        "temporal": {"mode": "off"}, "output": {"codec": "ffv1", "container": "mkv"}})
    Pipeline(source, target, recipe=recipe, end=Fraction(1, 20)).process()
    before, after = (_first_luma(path) for path in (source, target))
    changed = upright((before != after).astype(np.uint8), display_matrix(found))
    half = found.width // 2
    assert changed[:half].mean() > 0.5
    assert changed[half:].mean() == 0


def _first_luma(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        plane = frame.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(frame.height, plane.line_size)
        return rows[:, :frame.width].copy()


def _turned(degrees: float, across: float, down: float, flip: int = 1) -> tuple[int, ...]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    first, second = (flip * cos * across, sin * across), (-flip * sin * down, cos * down)
    (a, b), (c, d) = ([round(value * 65536) for value in row] for row in (first, second))
    return a, b, 0, c, d, 0, 0, 0, 1 << 30


@pytest.mark.parametrize("container", ["mkv", "webm", "mp4", "mov"])
@pytest.mark.parametrize("matrix", [
    _turned(90, 2, 1), _turned(-90, 1, 0.5), _turned(180, 0.5, 1, -1), _turned(90, 3, 1, -1),
    _turned(30, 1, 1), (65536, 0, 0, 0, 65536, 0, 1 << 20, 0, 1 << 30)])
def test_a_turn_that_also_stretches_is_kept(matrix: tuple[int, ...], container: str,
                                            tmp_path: Path) -> None:
    """Matroska holds turns and mirroring alone; mp4 and mov hold any matrix."""
    source = Film(codec="libx264", frames=2, matrix=matrix).write(tmp_path / "a.mp4")
    codec = "vp9" if container == "webm" else "h264"
    result = Pipeline(source, tmp_path / f"b.{container}", recipe=Recipe.build(
        {"layers": [{"style": "identity"}], "output": {"codec": codec}})).process()
    expected = VideoProbe.probe(source).display_matrix
    found = VideoProbe.probe(result.path).display_matrix
    if container in ("mkv", "webm"):
        expected = None if expected is None else without_stretch(expected)
        expected = None if expected == (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30) else expected
    assert (found is None) == (expected is None)
    assert found is None or np.abs(np.subtract(found, expected)).max() <= 1
    assert ("not by quarters" in " ".join(result.warnings)) == (abs(matrix[0]) == 56756)


def test_a_matrix_that_is_no_turn_has_no_turn_in_it() -> None:
    one = 1 << 16
    assert without_stretch((one, 0, 0, one, one, 0, 0, 0, 1 << 30)) is None
    assert without_stretch((0, 0, 0, one, one, 0, 0, 0, 1 << 30)) is None
