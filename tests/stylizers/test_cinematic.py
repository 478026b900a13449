"""The film against its plain twin, and what bloom, grain and vignette must and must not do."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from core.errors import UnreadableLut
from stylizers import CinematicStylizer, Frame, cube
from stylizers.cinematic import LUTS, s_curve
from tests.stylizers.film import same_look
from tests.stylizers.stack import difference, frame_of, photo

BARE = {"grade": "neutral", "contrast": 0, "bloom_strength": 0, "grain_strength": 0,
        "vignette_strength": 0}
"""Nothing at all; tests add one thing."""
GREY = 118


def only(**values: Any) -> CinematicStylizer:
    return CinematicStylizer(**{**BARE, **values})


def flat(tone: int = GREY, height: int = 270, width: int = 480) -> np.ndarray:
    return np.full((height, width, 3), tone, np.uint8)


def at(index: int, shot: int = 0, image: np.ndarray | None = None) -> Frame:
    image = flat() if image is None else image
    return dataclasses.replace(frame_of(image), index=index, shot=shot)


def finished(look: CinematicStylizer, frame: Frame) -> np.ndarray:
    return look.finish(frame, frame.image, look.analyze(frame, None))


def spots() -> np.ndarray:
    """Small lights and large ones on black, at 1080 lines."""
    image = np.zeros((1080, 1440, 3), np.uint8)
    for number, radius in enumerate((1, 2, 5, 12, 40, 90)):
        cv2.circle(image, (130 + 230 * number, 540), radius, (255, 240, 225), -1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("values", [
    {}, {"bloom_strength": 1, "halation": 1}, {"bloom_radius": 6}, {"bloom_radius": 80},
    {"grade": "noir"}, {"grade": "cool-night", "contrast": 1}, {"grade_strength": 0.4},
    {"vignette_strength": 1}, {"bloom_strength": 0, "grade": "vivid"}], ids=str)
@pytest.mark.parametrize(("picture", "dtype"), [
    ("photo", np.uint8), *(pytest.param(name, dtype, marks=pytest.mark.long)
                           for name, dtype in (("photo", np.uint16), ("spots", np.uint8),
                                               ("spots", np.uint16), ("rocket", np.uint8),
                                               ("rocket", np.uint16)))])
def test_it_is_its_plain_twin(picture: str, dtype: type, values: dict[str, Any]) -> None:
    image = {"photo": photo(540, 540), "spots": spots(), "rocket": data.rocket()}[picture]
    image = image.astype(dtype) * dtype(np.iinfo(dtype).max // 255)
    look = CinematicStylizer(grain_strength=0, **values)
    table = cube.read(LUTS / f"{look.params.grade}.cube")
    expected = same_look(image, table, look.params, frame_of(image).scale)
    error = np.abs(look.process(image) / np.iinfo(dtype).max - expected) * 255
    assert error.max() <= 2
    assert error.mean() < 0.4


def test_nothing_asked_for_is_nothing_done() -> None:
    image = photo(120, 160)
    for look in (only(), only(grade="vivid", grade_strength=0)):
        assert np.array_equal(look.process(image), image)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", ["halved.cube", "wild.cube", "curves.cube"])
def test_any_table_is_followed(name: str, dtype: type, tmp_path: Path) -> None:
    """Coarse, beyond 0..1, one-dimensional: within the rounding of the table itself, but for the
    sixteen times too steep noise of the wild one."""
    random = np.random.default_rng(5)
    coarse, wild = random.random((2, 2, 2, 3)), random.uniform(-0.5, 1.6, (9, 9, 9, 3))
    curves = cube.Curves(random.random((40, 3)).astype(np.float32), np.zeros(3), np.ones(3))
    table = {"halved.cube": cube.Cube("", curves, cube.value.sampled("", coarse).grid),
             "wild.cube": cube.value.sampled("", wild),
             "curves.cube": cube.Cube("", curves, None)}[name]
    (tmp_path / name).write_text(cube.text(table))
    image = random.integers(0, 256, (50, 60, 3), np.uint8).astype(dtype)
    image *= dtype(np.iinfo(dtype).max // 255)
    unit = np.iinfo(dtype).max
    picture = only(lut_path=tmp_path / name).process(image)
    expected = np.clip(table(image / unit), 0, 1)
    error = np.abs(picture / unit - expected).max() * 255
    assert error < (0.05 if dtype == np.uint16 else 1.25 if name == "wild.cube" else 0.65)


def test_a_table_of_ones_own_replaces_the_grade(tmp_path: Path) -> None:
    path = tmp_path / "mine.cube"
    path.write_bytes((LUTS / "noir.cube").read_bytes())
    image = photo(90, 90)
    assert np.array_equal(CinematicStylizer(lut_path=path).process(image),
                          CinematicStylizer(grade="noir").process(image))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_steep_curves_are_followed_at_any_strength(dtype: type, tmp_path: Path) -> None:
    """A square root is too steep in the shadows for the points of a grid."""
    rows = (f"{value:.7f} {value:.7f} {value:.7f}" for value in np.sqrt(np.linspace(0, 1, 4096)))
    (tmp_path / "root.cube").write_text("\n".join(["LUT_1D_SIZE 4096", *rows, ""]))
    peak = np.iinfo(dtype).max
    image = np.repeat(np.linspace(0.004, 1, 256)[None, :, None] * peak, 3, axis=2).astype(dtype)
    picture = only(lut_path=tmp_path / "root.cube", grade_strength=0.9).process(image)
    signal = image / peak
    expected = signal + 0.9 * (np.sqrt(signal) - signal)
    assert np.abs(picture / peak - expected).max() < 0.6 / 255


def test_a_broken_table_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0 0\n")
    with pytest.raises(UnreadableLut, match="line 2"):
        CinematicStylizer(lut_path=tmp_path / "bad.cube")


def test_the_curve_keeps_its_ends_and_its_order() -> None:
    tones = np.linspace(0, 1, 1001)
    assert np.abs(s_curve(tones, 0) - tones).max() < 1e-9
    curve = s_curve(tones, 1)
    assert (curve[0], curve[-1]) == (0, 1)
    assert (np.diff(curve) > 0).all()
    slopes = np.diff(curve) * 1000
    assert slopes[420] == pytest.approx(2, abs=0.05)
    assert slopes[:20].max() < 0.3 and slopes[-20:].max() < 0.3


# Bloom


def test_light_spills_over_its_edge_and_not_beyond_its_reach() -> None:
    image = spots()
    look = only(bloom_strength=0.5, bloom_radius=20)
    glow = difference(look.process(image), image)
    beside = glow[540, 1280 + 90 + 12]
    assert beside.min() > 10
    assert glow[:540 - 90 - int(look.support()) - 1].max() == 0


def test_halation_is_red_and_without_it_the_glow_is_white() -> None:
    image = np.zeros((540, 540, 3), np.uint8)
    cv2.circle(image, (270, 270), 60, (255, 255, 255), -1)
    red, _, blue = only(bloom_strength=0.6, halation=1).process(image)[270, 270 + 64].astype(int)
    assert red > blue + 15
    assert np.ptp(only(bloom_strength=0.6, halation=0).process(image), axis=2).max() == 0


def test_a_glow_never_burns_out_what_it_covers() -> None:
    """Screened light comes nearer to white and does not pass it, so tones keep their order."""
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, :, None], (256, 256, 3)).copy()
    picture = only(bloom_strength=1, halation=0, bloom_radius=80).process(ramp).astype(int)
    assert (np.diff(picture[128, :, 0]) >= 0).all()
    assert picture[128, 250, 0] < 255


def test_noise_at_the_threshold_does_not_pump() -> None:
    """Frames of the same grey with other noise glow alike, whatever the grey."""
    random = np.random.default_rng(8)
    look = only(bloom_strength=1, bloom_radius=30)
    for tone in (120, 140, 160, 200):
        means = [look.process((tone + random.normal(0, 3, (270, 480, 3))).astype(np.uint8)).mean()
                 for _ in range(4)]
        assert np.ptp(means) < 0.1


def test_a_light_that_moves_glows_evenly() -> None:
    """The cells the light is gathered in do not show as it crosses them."""
    sums = []
    for step in range(12):
        image = np.zeros((270, 480, 3), np.uint8)
        cv2.circle(image, (240 + step, 135), 3, (255, 255, 255), -1)
        glow = only(bloom_strength=1, bloom_radius=40).process(image).astype(float)
        sums.append((glow / 255)[:, :, 0].max(axis=0)[240 + step + 6])
    assert np.ptp(sums) < 0.05 * np.mean(sums)


# Grain


def test_grain_is_the_same_wherever_a_frame_is_drawn() -> None:
    frames = [at(index, shot) for shot in range(2) for index in range(6)]
    looks = [only(grain_strength=0.05) for _ in range(3)]
    alone = [finished(looks[0], frame) for frame in frames]
    backwards = [finished(looks[1], frame) for frame in frames[::-1]][::-1]
    with ThreadPoolExecutor(4) as pool:
        threads = list(pool.map(lambda frame: finished(looks[2], frame), frames))
    assert all(map(np.array_equal, alone, backwards))
    assert all(map(np.array_equal, alone, threads))


def test_every_frame_has_grain_of_its_own() -> None:
    look = only(grain_strength=0.05)
    grey = flat(height=135, width=240)
    grains = [finished(look, at(index, shot, grey)).astype(float).ravel() - GREY
              for shot in range(3) for index in range(12)]
    likeness = np.corrcoef(grains) - np.eye(len(grains))
    assert np.abs(likeness).max() < 0.1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grain_is_as_strong_as_asked_and_lives_in_the_mid_tones(dtype: type) -> None:
    peak = np.iinfo(dtype).max
    look = only(grain_strength=0.04, grain_size=1.7)

    def deviation(tone: float) -> float:
        image = np.full((1080, 1080, 3), round(tone * peak), dtype)
        return float(finished(look, at(3, image=image)).std() / peak)

    assert deviation(0.5) == pytest.approx(0.04, rel=0.05)
    assert deviation(0.1) < 0.02
    assert deviation(0.95) < 0.01
    assert deviation(0) == deviation(1) == 0


def test_grain_leaves_the_mean_alone() -> None:
    image = photo(540, 540)
    grained = finished(only(grain_strength=0.05), at(1, image=image))
    assert abs(grained.mean() - image.mean()) < 0.2


def test_without_color_grain_is_grey_and_so_it_is_on_black_and_white() -> None:
    for look in (only(grain_strength=0.1, grain_color=0), only(grade="noir", grain_strength=0.1)):
        assert np.ptp(finished(look, at(0)), axis=2).max() == 0
    colored = finished(only(grain_strength=0.1, grain_color=1), at(0))
    assert np.ptp(colored, axis=2).max() > 20


def test_grain_has_no_seam_and_no_pattern() -> None:
    """Likeness to itself: high within a grain, none farther off, across the sheet's border too."""
    image = flat(height=1080, width=1920)
    grain = finished(only(grain_strength=0.05, grain_color=0), at(4, image=image))[..., 0]
    spectrum = np.abs(np.fft.rfft2(grain - grain.mean())) ** 2
    likeness = np.fft.irfft2(spectrum) / (grain.std() ** 2 * grain.size)
    assert likeness[0, 1] > 0.3
    likeness[:12, :12] = likeness[-12:, :12] = likeness[:12, -12:] = likeness[-12:, -12:] = 0
    # Right of the sheet's border lies its beginning again.
    for period in (1152, 1920 - 1152):
        likeness[:, period - 12:period + 12] = 0
    assert np.abs(likeness).max() < 0.03


def test_larger_grains_are_larger() -> None:
    image = flat(height=1080, width=1080)

    def likeness(size: float) -> float:
        grain = finished(only(grain_strength=0.05, grain_size=size), at(0, image=image))
        plane = grain[..., 0].astype(float) - grain[..., 0].mean()
        return float((plane[:, 2:] * plane[:, :-2]).mean() / plane.var())

    assert likeness(1) < likeness(1.7) < likeness(5)
    assert likeness(5) > 0.6


def test_a_preview_has_the_grain_of_the_render_made_smaller() -> None:
    look = only(grain_strength=0.1, grain_color=0)
    full = finished(look, at(7, image=flat(height=1080, width=1920)))
    small = finished(look, at(7, image=flat(height=540, width=960)))[..., 0].astype(float)
    shrunk = cv2.resize(full, (960, 540), interpolation=cv2.INTER_AREA)[..., 0].astype(float)
    assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.95


def test_grain_hides_the_steps_of_an_8_bit_sky() -> None:
    """Averaged over frames, a ramp of a few codes is smooth: no tone is preferred."""
    ramp = np.linspace(150.5, 155.5, 960)
    sky = np.repeat(np.broadcast_to(np.rint(ramp)[None, :, None], (200, 960, 1)), 3, 2)
    look = only(grain_strength=0.02, vignette_strength=0.4)
    columns = np.mean([finished(look, at(k, image=sky.astype(np.uint8))).mean(axis=(0, 2))
                       for k in range(3)], axis=0)
    assert len(np.unique(np.rint(columns * 4))) > 12


# Vignette


def test_the_vignette_is_round_and_leaves_the_middle() -> None:
    picture = finished(only(vignette_strength=0.4), at(0, image=flat(200, 1080, 1920)))
    assert picture[540, 960].tolist() == [200] * 3
    assert picture[540, 960 + 400, 0] == picture[540 - 400, 960, 0]
    assert abs(int(picture[0, 0, 0]) - 200 / (1 + 0.6 * (1 - 100 / 255))) <= 1
    assert np.array_equal(picture, picture[::-1, ::-1])


def test_the_vignette_spares_light_and_keeps_the_order_of_tones() -> None:
    look = only(vignette_strength=1)
    corners = [int(finished(look, at(0, image=flat(tone, 90, 160)))[0, 0, 0])
               for tone in range(0, 256, 5)]
    assert corners == sorted(set(corners))
    assert corners[-1] / 255 > 1.3 * corners[10] / 50


def test_the_vignette_stays_round_on_pixels_that_are_not_square() -> None:
    image = flat(200, 480, 360)
    look = only(vignette_strength=1)
    frame = frame_of(image, Fraction(2))
    picture = look.finish(frame, image, look.analyze(frame, None))
    assert picture[240, 180 + 100, 0] == picture[240 - 200, 180, 0]


def test_black_bars_stay_black() -> None:
    image = photo(270, 480).copy()
    image[:40] = image[-40:] = 0
    look = CinematicStylizer(grade="bleach-bypass", bloom_strength=0, grain_strength=0.1)
    assert look.process(image)[:40].max() == 0
