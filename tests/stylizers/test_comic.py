"""The print against a plain one, its tones, its screens, and its lines."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest

from core.errors import InvalidParameter
from stylizers import ComicStylizer, create
from stylizers.kernels import screen
from tests.stylizers.stack import difference, frame_of, photo

ANGLES = (15.0, 75.0, 0.0, 45.0)
PLAIN: dict[str, Any] = {"paper": 0, "saturation": 1}
"""White paper and the inks as they come: then a tone is printed as it was."""


def patch(color: tuple[int, int, int], side: int = 1080, dtype: type = np.uint8) -> np.ndarray:
    return np.full((side, side, 3), color, dtype)


def separated(image: np.ndarray, black: float) -> np.ndarray:
    """Inks C, M, Y, K (H, W, 4) that multiply to the picture, with skeleton black."""
    light = image / np.iinfo(image.dtype).max
    dark = 1 - light.max(axis=2)
    key = dark * (black + (1 - black) * dark**2 * (2 - dark**2))
    inks = 1 - light / np.maximum(1 - key, 1e-6)[..., None]
    return np.dstack([inks, key])


def plain_print(image: np.ndarray, dot: float, black: float, samples: int = 8) -> np.ndarray:
    """0..1: every pixel as the mean of samples x samples points, each with ink or without.

    Round dots grow as the area they cover: pi r^2, and less where they have grown together.
    """
    height, width = image.shape[:2]
    cells, side = screen._supercell(screen._frequencies(dot, ANGLES, (1.0, 1.0)))
    inks = np.clip(separated(image, black), 0, 1).repeat(samples, 0).repeat(samples, 1)
    rows, columns = ((np.arange(length * samples) + 0.5) / samples for length in (height, width))
    points = np.stack(np.meshgrid(columns + screen._SHIFT[0], rows + screen._SHIFT[1]), -1) / side
    light = np.ones((*inks.shape[:2], 3))
    for number in range(4):
        phase = points @ cells[number].T + screen._PHASES[number]
        radius = np.hypot(*np.moveaxis(phase - np.rint(phase), -1, 0))
        inked = area_within(radius) < inks[..., number]
        light[..., number if number < 3 else slice(None)] *= ~(
            inked if number < 3 else inked[..., None])
    return cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA)


def area_within(radius: np.ndarray) -> np.ndarray:
    """Share of a unit cell within `radius` of its middle."""
    beyond = np.arccos(np.clip(0.5 / np.maximum(radius, 0.5), 0, 1))
    caps = 4 * (radius**2 * beyond - 0.5 * np.sqrt(np.maximum(radius**2 - 0.25, 0)))
    return np.pi * radius**2 - caps


@pytest.mark.parametrize("dot", [
    pytest.param(3, marks=pytest.mark.long), 5, pytest.param(8, marks=pytest.mark.long)])
def test_dots_are_the_plain_ones_but_for_their_rims(dot: float) -> None:
    from stylizers.kernels.halftone import printed

    image = cv2.GaussianBlur(photo(1080, 1080), (0, 0), 2)[400:600, 400:700]
    expected = plain_print(image, dot, black=0.6)
    tile = screen.tile(dot, ANGLES, screen.ROUND, (1.0, 1.0))
    look = np.array([1, 1, 1, 1, 0, 0.6, 1], np.float32)
    drawn = printed(image, tile, np.zeros(image.shape[:2], np.uint8), 1.0, look)
    error = np.abs(drawn / 255 - expected)
    rim = (expected > 0.02) & (expected < 0.98)
    assert 0.1 < rim.mean() < 0.5
    assert error[~rim].mean() < 0.008
    assert np.quantile(error[~rim], 0.98) < 0.08
    assert error[rim].mean() < 0.07


@pytest.mark.parametrize("pitch", [2.0, 3.0, 4.7, 8.0, 16.0])
def test_whole_cells_turn_the_screens_by_next_to_nothing(pitch: float) -> None:
    wanted = screen._frequencies(pitch, ANGLES, (1.0, 1.0))
    cells, side = screen._supercell(wanted)
    across, down = (cells / side)[:, 0].T
    assert np.abs(np.degrees(np.arctan2(down, across)) - ANGLES).max() < 0.25
    assert np.abs(np.hypot(across, down) * pitch - 1).max() < 0.005


@pytest.mark.parametrize(("color", "angle", "channel"), [
    ((128, 255, 255), 15, 0), ((255, 128, 255), 75, 1), ((255, 255, 128), 0, 2),
    ((128, 128, 128), 45, 0)])
def test_every_ink_has_its_angle(color: tuple[int, int, int], angle: int, channel: int) -> None:
    plane = ComicStylizer(**PLAIN, dot_size=8, black=1.0).process(patch(color))[..., channel]
    power = np.abs(np.fft.rfft2(plane - plane.mean()))
    row, column = np.unravel_index(power.argmax(), power.shape)
    down = np.fft.fftfreq(1080)[row] * 8
    across = np.fft.rfftfreq(1080)[column] * 8
    assert np.hypot(across, down) == pytest.approx(1, abs=0.02)
    turned = np.degrees(np.arctan2(down, across)) - angle
    assert min(turned % 90, -turned % 90) < 1  # a square grid is the same a right angle on


@pytest.mark.parametrize("values", [{}, {"dot_size": 2}, {"dot_size": 4}, {"dot_size": 8},
                                    {"dot_shape": "diamond"}, {"dot_shape": "line"},
                                    {"inks": "black"}, {"black": 0.0}, {"black": 1.0},
                                    {"dot_strength": 0.5}])
def test_greys_keep_their_tone(values: dict[str, Any]) -> None:
    look = ComicStylizer(**PLAIN, **values)
    for tone in range(0, 256, 51):
        mean = look.process(patch((tone,) * 3)).mean(axis=(0, 1))
        assert np.abs(mean - tone).max() < (5 if values else 2)
        assert np.ptp(mean) < 3


@pytest.mark.parametrize("color", [(200, 60, 40), (40, 90, 160), (230, 190, 150), (60, 120, 50)])
def test_colors_keep_their_tone(color: tuple[int, int, int]) -> None:
    mean = ComicStylizer(**PLAIN).process(patch(color)).mean(axis=(0, 1))
    assert np.abs(mean - color).max() < 2.5


def test_a_photo_is_not_darkened() -> None:
    image = photo(1080, 1080)
    drawn = ComicStylizer(**PLAIN, edge_detail=0).process(image)
    assert np.abs(drawn.mean(axis=(0, 1)) - image.mean(axis=(0, 1))).max() < 6


def test_black_is_black_and_white_is_paper() -> None:
    assert ComicStylizer().process(patch((0, 0, 0), 300)).max() == 0
    assert np.ptp(ComicStylizer(paper=1).process(patch((255,) * 3)), axis=(0, 1)).max() == 0
    assert ComicStylizer(paper=0).process(patch((255,) * 3)).min() == 255


def test_screens_do_not_move_with_the_picture() -> None:
    """A picture that pans: wherever a tone comes to lie, it is drawn by the dots of that place."""
    look = ComicStylizer(dot_size=6, edge_detail=0)
    tones = {tone: look.process(patch((tone,) * 3)) for tone in (90, 170)}
    for shift in (0, 1, 7, 100):
        image = patch((90,) * 3)
        image[:, 300 + shift:] = 170
        drawn = look.process(image)
        assert np.array_equal(drawn[:, :270 + shift], tones[90][:, :270 + shift])
        assert np.array_equal(drawn[:, 330 + shift:], tones[170][:, 330 + shift:])


def test_too_fine_for_dots_is_plain_tone() -> None:
    drawn = ComicStylizer(**PLAIN).process(patch((90, 140, 200), 360))
    assert difference(drawn, patch((90, 140, 200), 360)).max() <= 1


def test_sizes_look_alike_from_afar() -> None:
    image = photo(1080, 1080)
    half = cv2.resize(image, (540, 540), interpolation=cv2.INTER_AREA)
    look = ComicStylizer(dot_size=6)
    large = cv2.resize(look.process(image), (540, 540), interpolation=cv2.INTER_AREA)
    seen = [cv2.GaussianBlur(picture, (0, 0), 5) for picture in (large, look.process(half))]
    error = difference(*seen)
    assert error.mean() < 2.5
    assert np.quantile(error, 0.99) < 12


def test_dots_follow_the_shape_of_a_pixel() -> None:
    look = ComicStylizer(**PLAIN, dot_size=8, inks="black", angles=(0, 0, 0, 0))
    frame = frame_of(patch((128,) * 3)[:, :540], Fraction(2))
    plane = look.finish(frame, frame.image, look.analyze(frame, None))[..., 0].astype(float)
    power = np.abs(np.fft.rfft2(plane - plane.mean()))
    assert power[:, 0].argmax() in (1080 // 8, 1080 - 1080 // 8)
    assert power[0].argmax() == pytest.approx(540 // 4, abs=1)


def test_lines_lie_black_over_the_dots() -> None:
    image = patch((220, 180, 120))
    image[:, 540:] = (120, 80, 60)
    drawn = ComicStylizer(edge_thickness=4).process(image)
    lines = drawn[:, 500:580].max(axis=2).max(axis=0) == 0
    assert 2 <= lines.sum() <= 12


def test_a_thicker_pen_draws_thicker_lines() -> None:
    image = patch((200, 200, 200))
    image[:, 540:] = 60
    inked = [int((ComicStylizer(inks="black", edge_thickness=width, dot_strength=0)
                  .process(image)[540, 500:580, 0] < 20).sum()) for width in (1, 2, 3, 5)]
    assert inked == sorted(set(inked))


def test_noise_makes_no_line_boil() -> None:
    """Canny, as the plain recipe draws it, flips a third of its pixels from frame to frame."""
    noise = np.random.default_rng(4)
    still = photo(1080, 1080).astype(np.float64)
    films = [np.clip(still + noise.normal(0, 4, still.shape), 0, 255).astype(np.uint8)
             for _ in range(2)]
    from stylizers.outline import outlines

    lines = [outlines(film, 2, 0.008, (1.0, 1.0))[0] > 127 for film in films]
    canny = [cv2.Canny(cv2.cvtColor(film, cv2.COLOR_RGB2GRAY), 50, 150) > 0 for film in films]
    flipped, plain = (np.mean(one != other) / np.mean(one | other) for one, other in (lines, canny))
    assert flipped < 0.12
    assert flipped < plain / 3


@pytest.mark.parametrize("given", ["10,20,30,40", " 10, 20, 30, 40 ", [10, 20, 30, 40],
                                   (10.0, 20.0, 30.0, 40.0)])
def test_angles_as_typed_and_as_stored(given: object) -> None:
    assert create("comic", {"angles": given}).params.angles == (10, 20, 30, 40)


@pytest.mark.parametrize("given", ["", "15,75,0", "15,75,0,45,60", "15,75,0,91", "15,75,-1,45",
                                   "a,b,c,d", "15;75;0;45", 15, [1, 2, 3], [1, 2, 3, None], "nan"])
def test_other_angles_are_refused(given: object) -> None:
    with pytest.raises(InvalidParameter, match=r"angles=.*4 values .* each 0 to 90"):
        create("comic", {"angles": given})
