"""The cartoon against its plain twin, what makes it a drawing, and what keeps it still."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from stylizers import CartoonStylizer, Frame, cartoon, lines, palette
from stylizers.cartoon import Sheet
from stylizers.kernels import bilateral, soft_palette
from stylizers.kernels.tensor import structure_tensor
from tests.stylizers import plain_cartoon
from tests.stylizers.stack import difference, frame_of, photo

PRESETS = Path(cartoon.__file__).with_name("presets") / "cartoon.toml"
SCALE = (0.5, 0.5)
PEN = lines.Pen(50, 150, 4)


def picture(name: str, height: int = 1080, width: int = 1440) -> np.ndarray:
    return cv2.resize(getattr(data, name)(), (width, height), interpolation=cv2.INTER_CUBIC)


def film(pictures: list[np.ndarray], step: int = 1, rate: int = 25) -> list[Frame]:
    return [Frame(image, pts=step * index, duration=step, time_base=Fraction(1, rate), shot=0,
                  index=index) for index, image in enumerate(pictures)]


def sheets(frames: list[Frame], **values: Any) -> list[Sheet]:
    look, before, found = CartoonStylizer(**values), None, []
    for frame in frames:
        before = look.analyze(frame, before)
        found.append(before)
    return found


def noisy(still: np.ndarray, count: int, deviation: float) -> list[np.ndarray]:
    noise = np.random.default_rng(5)
    return [np.clip(still + noise.normal(0, deviation, still.shape), 0, 255).round()
            .astype(np.uint8) for _ in range(count)]


def blackness(frame: Frame, sheet: Sheet, **values: Any) -> np.ndarray:
    """How black the lines are, 0..1, everywhere."""
    bare, drawn = (CartoonStylizer(line_strength=strength, contrast=0, **values).render(
        frame, sheet).sum(axis=2, dtype=float) for strength in (0, 1))
    return 1 - drawn / np.maximum(bare, 1)


def inked(frame: Frame, sheet: Sheet, **values: Any) -> np.ndarray:
    """Where lines are drawn."""
    return blackness(frame, sheet, **values) > 0.5


def lined(plane: np.ndarray, pen: lines.Pen = PEN) -> np.ndarray:
    """Where lines are drawn on luma at half the size of 1080p."""
    tensor = structure_tensor(plane, (2, 2), 7)
    plan = lines.planned(plane, tensor, SCALE, pen)
    return lines.drawn(plane, tensor, plan, SCALE, pen) > 65535 * lines.BORDER


QUICK = ("astronaut-default", "coffee-few flat colors", "chelsea-wide filter")
"""One of each kind, for the fast run; the palette of many colors takes longest."""
VALUES = {"default": {}, "few flat colors": {"num_colors": 4, "shading": 0},
          "many colors": {"num_colors": 16}, "wide filter": {"bilateral_d": 21}}


@pytest.mark.parametrize(("name", "values"), [
    pytest.param(name, VALUES[words], id=f"{name}-{words}",
                 marks=() if f"{name}-{words}" in QUICK else pytest.mark.long)
    for name in ("astronaut", "coffee", "chelsea") for words in VALUES])
def test_its_colors_are_the_plain_ones(name: str, values: dict[str, Any]) -> None:
    image = picture(name)
    look = CartoonStylizer(line_strength=0, contrast=0, **values)
    params, frame = look.params, frame_of(image)
    sheet = look.analyze(frame, None)
    drawing = look.render(frame, sheet) / 255
    smooth = plain_cartoon.abstracted(image, params.bilateral_d, params.bilateral_sigma_color,
                                      params.bilateral_sigma_space)
    kept = (params.shading, params.shading ** cartoon._LIVELY)
    plain = plain_cartoon.drawn_to(smooth, sheet.colors, palette.HUE,
                                   palette.softness(sheet.colors, sheet.shares), kept,
                                   params.saturation, cartoon._LIFT * params.brightness)
    # Every fourth pixel tells as much, and CIEDE2000 of all would take a minute.
    away = plain_cartoon.apart(drawing[1::4, 2::4], plain[1::4, 2::4])
    assert away.mean() < 3
    assert np.median(away) < 1.5


@pytest.mark.parametrize("diameter", [3, 5, 9])
def test_the_separable_filter_is_close_to_the_square_one(diameter: int) -> None:
    image = photo(360, 480)
    expected = plain_cartoon.smoothed(image, diameter, 60, 1000, 1)
    planes = np.ascontiguousarray(image.transpose(2, 0, 1), np.float32) / 255
    radius = diameter / 2 - 0.25  # OpenCV's window is round
    bilateral.smooth(planes, (radius, radius), 60 / 255 / np.sqrt(3), (1000, 1000))
    assert np.abs(planes.transpose(1, 2, 0) - expected).mean() * 255 < 1.5
    assert np.corrcoef(planes.transpose(1, 2, 0).ravel(), expected.ravel())[0, 1] > 0.995


def test_the_table_is_the_formula() -> None:
    colors = palette.found(palette.seen(photo(90, 120).reshape(-1, 3) / 255), 8)
    planes = np.random.default_rng(3).random((4, 60, 80), np.float32)
    rgb = planes[:3].transpose(1, 2, 0).astype(np.float64)
    expected = plain_cartoon.drawn_to(rgb, colors, palette.HUE, 0.06, (0.3, 0.5), 1.0)
    nodes = soft_palette.table(palette.shown(colors), np.ones(8), palette.HUE, 0.06, (0.3, 0.5),
                               1.0)
    soft_palette.recolor(planes, nodes)
    assert plain_cartoon.apart(planes[:3].transpose(1, 2, 0), expected).mean() < 0.6
    assert np.allclose(planes[3], rgb @ plain_cartoon.WEIGHTS, atol=1e-5)


@pytest.mark.parametrize("count", [4, 8, 16])
@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
def test_the_palette_is_as_good_as_a_search_at_random(name: str, count: int) -> None:
    samples = palette.seen(picture(name, 90, 120).reshape(-1, 3) / 255)
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 1e-5)
    # OpenCV knows no weights: what counts twice is there twice.
    often = np.repeat(samples, np.round(30 * palette.weighed(samples)).astype(int), axis=0)
    best, _, _ = cv2.kmeans(often.astype(np.float32), count, None, criteria, 5,
                            cv2.KMEANS_PP_CENTERS)
    colors = palette.found(samples, count)
    error = ((often[:, None] - colors) ** 2).sum(axis=2).min(axis=1).sum()
    assert error < 1.2 * best


@pytest.mark.parametrize("tones", [1, 2, 5])
def test_a_picture_of_few_tones_keeps_them(tones: int) -> None:
    image = np.repeat(np.linspace(30, 220, tones).astype(np.uint8), 96 // tones)
    image = np.broadcast_to(image[None, :, None], (64, image.size, 3))
    drawing = CartoonStylizer(line_strength=0, contrast=0, brightness=0).process(image)
    assert np.median(difference(drawing, image)) <= 1


def test_noise_does_not_move_the_palette() -> None:
    found = sheets(film(noisy(photo(270, 480), 10, 4)))
    steps = [np.abs(after.colors - before.colors).max()
             for before, after in pairwise(found)]
    assert max(steps) < 0.004


def test_a_pan_moves_the_palette_in_small_steps_and_swaps_nothing() -> None:
    wide = np.concatenate([photo(270, 480), picture("coffee", 270, 480)], axis=1)
    found = sheets(film([wide[:, 12 * step:12 * step + 480] for step in range(41)]))
    for before, after in pairwise(found):
        present = np.minimum(before.shares, after.shares) > 0.002
        assert np.abs(after.colors - before.colors)[present].max() < 0.04
        near = ((after.colors[:, None] - before.colors) ** 2).sum(axis=2).argmin(axis=1)
        assert np.array_equal(near[present], np.flatnonzero(present))
    # And it has learned the new place as well as one that starts there.
    samples = palette.seen(wide[:, 480:].reshape(-1, 3)[::17] / 255)

    def error(colors: np.ndarray) -> float:
        return float(((samples[:, None] - colors) ** 2).sum(axis=2).min(axis=1).mean())

    assert error(found[-1].colors) < 2 * error(palette.found(samples, 8))


def test_a_new_color_is_found_and_comes_slowly() -> None:
    grey = np.repeat(photo(270, 480).mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    red = grey.copy()
    red[90:180, 180:300] = (220, 20, 30)
    frames = film([grey, *[red] * 30])
    found = sheets(frames)
    look = CartoonStylizer(shading=0, saturation=1, contrast=0, brightness=0)
    spots = [look.render(frame, sheet)[135, 240].astype(float)
             for frame, sheet in zip(frames, found, strict=True)]
    assert np.abs(spots[-1] - (220, 20, 30)).max() < 25
    assert np.abs(np.diff(spots[1:], axis=0)).max() < 90


def test_a_flash_teaches_nothing() -> None:
    image = photo(180, 320)
    first = film([image])[0]
    flash = Frame(np.full_like(image, 250), 1, 1, Fraction(1, 25), shot=0, index=1, flash=True)
    look = CartoonStylizer()
    before = look.analyze(first, None)
    after = look.analyze(flash, before)
    assert np.array_equal(after.colors, before.colors)
    assert np.array_equal(after.shares, before.shares)


def test_what_is_carried_moves_by_real_time() -> None:
    """One step of two frames goes as far as two steps of one, where what is seen stays."""
    dark, light = photo(180, 320), (photo(180, 320) // 2 + 90).astype(np.uint8)
    slow = sheets(film([dark, light], step=2))[-1]
    fast = sheets(film([dark, light, light], step=1))[-1]
    assert slow.contrast == pytest.approx(fast.contrast, abs=1e-6)
    assert slow.contrast != sheets(film([dark, light]))[-1].contrast
    assert np.abs(slow.colors - fast.colors).max() < 0.05


def test_lines_keep_still_under_noise() -> None:
    frames = film(noisy(photo(540, 720), 12, 3))
    found = [blackness(frame, sheet) for frame, sheet in
             list(zip(frames, sheets(frames), strict=True))[4:]]
    least = min(ink.sum() for ink in found)
    assert least > 1000
    assert max(np.abs(one - two).sum() for one, two in pairwise(found)) < 0.05 * least


def test_lines_do_not_trail() -> None:
    def scene(left: int) -> np.ndarray:
        image = np.full((360, 640, 3), 210, np.uint8)
        image[120:240, left:left + 120] = (40, 60, 120)
        return cv2.GaussianBlur(image, (0, 0), 1)

    frames = film([scene(40 + 12 * step) for step in range(10)])
    moving = inked(frames[-1], sheets(frames)[-1])
    alone = inked(frames[-1], sheets(frames[-1:])[0])
    assert np.count_nonzero(alone) > 500
    assert np.count_nonzero(moving != alone) < 0.05 * np.count_nonzero(alone)


def shapes() -> np.ndarray:
    image = np.full((540, 960), 0.85, np.float32)
    cv2.circle(image, (250, 260), 130, 0.2, -1)
    cv2.fillPoly(image, [np.array([[520, 420], [700, 90], [880, 400]])], 0.45)
    return cv2.GaussianBlur(image, (0, 0), 1)


def test_its_edges_are_those_of_canny() -> None:
    plane = shapes()
    edges = cv2.Canny((plane * 255).astype(np.uint8), 50, 150) > 0
    ink = lined(plane)
    far_from_ink = cv2.distanceTransform((~ink).astype(np.uint8), cv2.DIST_L2, 5)
    far_from_edge = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 5)
    assert np.quantile(far_from_ink[edges], 0.97) <= 2
    assert far_from_edge[ink].max() <= 4


@pytest.mark.parametrize("weight", [2.5, 4.0, 8.0])
def test_a_bold_line_is_as_wide_as_asked(weight: float) -> None:
    image = np.full((1080, 1440, 3), 235, np.uint8)
    image[:, 700:] = 20
    frame = frame_of(image)
    sheet = CartoonStylizer().analyze(frame, None)
    width = np.count_nonzero(inked(frame, sheet, line_weight=weight)[540, 600:720])
    assert width == pytest.approx(weight, abs=1.3)


def test_lines_are_smooth_and_on_the_dark_side() -> None:
    image = np.full((1080, 1080, 3), 230, np.uint8)
    cv2.circle(image, (540, 540), 300, (150, 60, 60), -1)
    image = cv2.GaussianBlur(image, (0, 0), 1)
    ours = CartoonStylizer(line_weight=4).process(image)
    bare = CartoonStylizer(line_weight=4, line_strength=0).process(image)
    ink = 1 - ours.sum(axis=2) / bare.sum(axis=2)
    rows, columns = np.nonzero(ink > 0.45)
    radii = np.hypot(rows - 540, columns - 540)
    assert 0.8 < ink.max() <= 0.91
    assert radii.std() < 1.6
    assert radii.mean() < 300
    assert np.count_nonzero((ink > 0.1) & (ink < 0.8)) > 0.2 * radii.size


def test_strong_edges_make_bolder_lines() -> None:
    plane = np.full((540, 540), 0.5, np.float32)
    for left, tone in ((0, 0.31), (270, 0.0)):
        cv2.circle(plane, (left + 135, 270), 90, tone, -1)
    ink = lined(cv2.GaussianBlur(plane, (0, 0), 1))
    faint, bold = (np.count_nonzero(half) for half in np.split(ink, 2, axis=1))
    assert 300 < faint < 0.85 * bold


def foliage() -> np.ndarray:
    noise = np.random.default_rng(11)
    leaves = sum(cv2.GaussianBlur(noise.normal(0, 1, (1080, 1440)).astype(np.float32), (0, 0), size)
                 * size for size in (2, 4, 8))
    tones = np.clip(110 + 110 * leaves, 0, 255)[..., None] * np.array([0.55, 0.9, 0.3])
    return tones.astype(np.uint8)


def test_foliage_is_not_speckled() -> None:
    image = foliage()
    drawing, plain = CartoonStylizer().process(image), plain_cartoon.recipe(image)
    assert np.mean(plain.max(axis=2) == 0) > 0.15
    black = CartoonStylizer(line_strength=0).process(image).sum(axis=2) > 2 * drawing.sum(axis=2)
    assert np.mean(black) < 0.03


def test_a_sky_has_no_bands() -> None:
    down = np.linspace(0, 1, 1080)[:, None, None]
    sky = (1 - down) * np.array([70, 120, 200]) + down * np.array([190, 210, 235])
    sky = np.broadcast_to(sky, (1080, 400, 3)).round().astype(np.uint8)
    steps = np.abs(np.diff(CartoonStylizer().process(sky)[:, 200].astype(int), axis=0))
    assert steps.max() <= 3


def test_night_stays_night_and_not_black() -> None:
    night = (picture("coffee", 540, 720) * 0.16).astype(np.uint8)
    drawing, plain = CartoonStylizer().process(night), plain_cartoon.recipe(night)
    assert drawing.mean() == pytest.approx(night.mean(), rel=0.12)
    assert np.mean(drawing.max(axis=2) < 3) < np.mean(night.max(axis=2) < 3) + 0.02
    # Lines are black by night too; nothing else becomes so.
    bare = CartoonStylizer(line_strength=0).process(night)
    assert np.mean(bare.max(axis=2) < 3) <= np.mean(plain.max(axis=2) < 3)


def test_16_bits_are_finer_than_8() -> None:
    ramp = np.linspace(9000, 50000, 1920).astype(np.uint16)
    image = np.broadcast_to(ramp[None, :, None], (64, 1920, 3))
    tones = CartoonStylizer().process(image)[32, :, 0]
    assert len(np.unique(tones)) > 600
    assert np.count_nonzero(np.diff(tones.astype(int)) < -2) == 0


def test_thresholds_may_come_in_either_order() -> None:
    image = photo(360, 480)
    assert np.array_equal(CartoonStylizer(edge_threshold1=50, edge_threshold2=150).process(image),
                          CartoonStylizer(edge_threshold1=150, edge_threshold2=50).process(image))


def test_a_drawing_of_another_size_takes_the_same_lines() -> None:
    """In a stack or a preview the analysis may have seen a larger picture."""
    image = photo(720, 960)
    look = CartoonStylizer()
    sheet = look.analyze(frame_of(image), None)
    half = cv2.resize(image, (480, 360), interpolation=cv2.INTER_AREA)
    whole = cv2.resize(look.render(frame_of(image), sheet), (480, 360),
                       interpolation=cv2.INTER_AREA)
    assert difference(look.render(frame_of(half), sheet), whole).mean() < 4


@pytest.mark.parametrize("preset", tomllib.loads(PRESETS.read_text(encoding="utf-8")).items(),
                         ids=lambda preset: preset[0])
def test_every_preset_draws_something_else(preset: tuple[str, dict[str, Any]]) -> None:
    values = {name: value for name, value in preset[1].items()
              if name not in ("about", "strength", "keep_colors")}
    assert preset[1]["about"].endswith(".")
    image = photo(270, 360)
    drawn, default = (CartoonStylizer(**chosen).process(image) for chosen in (values, {}))
    assert difference(drawn, default).mean() > 2
