"""Strokes: each one against its definition, how evenly they lie, and where."""

from __future__ import annotations

import numpy as np
import pytest

from stylizers import PencilStylizer, strokes
from stylizers.kernels.hatch import lay, rule
from tests.stylizers.stack import frame_of, photo


def plainly_ruled(marks: np.ndarray, size: tuple[int, int],
                  scale: tuple[float, float]) -> np.ndarray:
    """Every stroke over the whole picture, seen from the axis it is nearer to."""
    rows, columns = np.mgrid[:size[0], :size[1]] + 0.5
    plane = np.zeros(size)
    for x, y, cosine, sine, half, wide, bow, pressure in marks.astype(np.float64):
        along, across, middle, start = columns / scale[0], rows / scale[1], y, x
        if abs(cosine) < abs(sine):
            cosine, sine, along, across, middle, start = sine, cosine, across, along, x, y
        u = (along - start) / (abs(cosine) * half)
        middle = middle + sine / cosine * u * abs(cosine) * half + bow * (1 - u * u) / cosine
        off = (across - middle) * abs(cosine) / wide
        mark = pressure * np.minimum(1, 2.5 * (1 - u * u)) * (1 - off * off)
        plane = np.maximum(plane, np.where((abs(u) <= 1) & (abs(off) <= 1), mark, 0))
    return plane


@pytest.mark.parametrize("scale", [(1.0, 1.0), (0.7, 1.4), (2.0, 2.0)])
def test_strokes_are_ruled_as_defined(scale: tuple[float, float]) -> None:
    random = np.random.default_rng(6)
    turn = random.uniform(0, 2 * np.pi, 40)
    marks = np.stack([random.uniform(-20, 140, 40), random.uniform(-20, 110, 40), np.cos(turn),
                      np.sin(turn), random.uniform(10, 60, 40), random.uniform(1, 6, 40),
                      random.normal(0, 2, 40), random.uniform(0.2, 1, 40)], -1)
    marks = marks.astype(np.float32)
    plane = np.zeros((90, 120), np.float32)
    rule(marks, scale, plane)
    assert np.abs(plane - plainly_ruled(marks, plane.shape, scale)).max() < 1e-3


@pytest.mark.parametrize("height", [270, 540, 1080])
def test_every_share_of_paper_comes_in_its_turn(height: int) -> None:
    laid = strokes.hatching(height, height, (height / 1080,) * 2, 2.5, 50.0)
    laid_by = np.cumsum(np.bincount(laid.order.reshape(-1), minlength=256)) / laid.order.size
    assert np.abs(laid_by * 256 - np.arange(1, 257)).max() < 0.6


def test_small_pictures_melt_their_strokes_into_tone() -> None:
    contrasts = [strokes.hatching(side, side, (side / 1080,) * 2, 2.5, 50.0).contrast
                 for side in (1080, 540, 270, 135)]
    assert contrasts == sorted(contrasts, reverse=True)
    assert contrasts[0] == 1
    assert contrasts[-1] == 0


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 150.0])
def test_strokes_run_as_asked(angle: float) -> None:
    """The structure tensor of a light grey, where only the first strokes lie, against the angle."""
    laid = strokes.hatching(540, 540, (1, 1), 4.0, angle)
    light = lay(np.full((540, 540, 3), 215, np.uint8), laid.order, 1.0)[..., 0].astype(np.float64)
    down, right = np.gradient(light)
    across = 0.5 * np.arctan2(2 * (right * down).sum(), (right**2 - down**2).sum())
    measured = np.degrees(np.pi / 2 - across) % 180
    assert abs((measured - angle + 90) % 180 - 90) < 8


def test_strokes_lie_on_the_screen_and_not_on_what_moves() -> None:
    look, grey = PencilStylizer(), np.full((270, 480, 3), 150, np.uint8)
    one, other = (look.finish(frame, grey, look.analyze(frame, None)) for frame in
                  (frame_of(photo(270, 480)), frame_of(np.roll(photo(270, 480), 9, axis=1))))
    assert np.array_equal(one, other)
    assert one.std() > 5


def test_colors_are_laid_in_strokes_of_their_own_color() -> None:
    laid = strokes.hatching(540, 540, (1, 1), 2.5, 50.0)
    red = np.broadcast_to(np.array([250, 120, 90], np.uint8), (540, 540, 3))
    hatched = lay(red, laid.order, 1.0).astype(np.float64)
    assert np.abs(hatched.mean(axis=(0, 1)) - red[0, 0]).max() < 1
    assert (hatched[..., 0] >= hatched[..., 1]).all()
    assert (hatched[..., 1] >= hatched[..., 2]).all()
