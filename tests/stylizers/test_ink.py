"""The ink against a plain one, and what it must do with light, noise and time."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from stylizers import Frame, InkStylizer
from stylizers.kernels.tensor import DIRECTIONS
from tests.stylizers.stack import difference, frame_of, photo
from tests.stylizers.test_flow import plain_pass

WHITE_BOARD = {"paper": 0.0, "dryness": 0.0, "wash": 0.0}


def plain_ink(image: np.ndarray, unit: float) -> np.ndarray:
    """Tones 0..1 of the default look, but for its paper, `unit` pixels to a reference pixel."""
    grey = image / 255 @ (0.2126, 0.7152, 0.0722)

    def blur(plane: np.ndarray, sigma: float) -> np.ndarray:
        return ndimage.gaussian_filter(plane, sigma * unit, mode="reflect", truncate=6)

    across, down = (ndimage.sobel(grey, axis) / 8 * unit for axis in (1, 0))
    xx, xy, yy = (blur(part, 6) for part in (across**2, across * down, down**2))
    turn = np.arctan2(2 * xy, xx - yy) / 2 + np.pi / 2
    way = np.floor(turn / np.pi * DIRECTIONS + 0.5).astype(int) % DIRECTIONS
    lift = (0.45 * (1 - grey.mean()) / (grey.mean() * 0.55)) ** 0.6
    more = 1.5 * np.sqrt(1.6**2 - 1)
    fine = blur(lift * grey / (1 + (lift - 1) * grey), 1.5)
    wide = blur(fine, more)
    level = 0.1 * 7.5**0.4
    sure = (0.2 * (xx + yy) + 0.8 * np.hypot(xx - yy, 2 * xy)) / (xx + yy + 2e-5)
    sharp = np.minimum(blur(wide, 1.5 * more), level + 0.1) + 3 * 12**0.65 * sure * (fine - wide)
    for _ in range(2):
        sharp = plain_pass(sharp, way, 12**0.75 * unit / np.sqrt(2), (1.0, 1.0))
    rows, columns = np.gradient(np.pad(sharp, 1, mode="edge"))
    steep = np.hypot(rows, columns)[1:-1, 1:-1]
    light = (sharp - level) / np.maximum(steep, 1 / (1.5 * (80 / 1.5) ** 0.45)) + 0.5
    place = np.clip(wide / 0.8, 0, 1) * 3
    rise = np.clip((place % 1 - 0.5) * 2 + 0.5, 0, 1)
    tone = (np.floor(place) + rise * rise * (3 - 2 * rise)) / 3
    return np.clip(light, 0, 1) * (1 - 0.25 * (1 - tone))


def rendered(image: np.ndarray, **values: float | str) -> np.ndarray:
    look, frame = InkStylizer(**values), frame_of(image)
    return look.render(frame, look.analyze(frame, None))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_it_is_the_plain_one(name: str) -> None:
    image = cv2.resize(getattr(data, name)(), (480, 360), interpolation=cv2.INTER_AREA)
    error = np.abs(rendered(image)[..., 0] / 255 - plain_ink(image, 1 / 3))
    assert error.mean() < 0.004
    assert np.quantile(error, 0.99) < 0.02


@pytest.mark.parametrize(("parameter", "values"), [
    ("black_level", (0.0, 0.3, 0.6, 1.0)), ("line_width", (2.0, 4.0, 8.0)),
    ("detail", (0.2, 0.5, 0.8)), ("wash", (0.0, 0.5, 1.0))])
def test_more_of_it_is_more_ink(parameter: str, values: tuple[float, ...]) -> None:
    image = 120 + photo(1080, 1080) // 2 if parameter != "black_level" else photo(1080, 1080)
    look = {**WHITE_BOARD, "black_level": 0.3}
    ink = [255 - rendered(image, **{**look, parameter: value}).mean() for value in values]
    assert ink == sorted(set(ink))


def test_what_a_codec_leaves_on_a_wall_is_not_drawn() -> None:
    """Faint steps every eight pixels, just where the tone turns to black: no line, no speckle."""
    ramp = np.linspace(40, 110, 1920)[None] + np.zeros((540, 1))
    blocks = np.random.default_rng(11).integers(-1, 2, (68, 240)).repeat(8, 0).repeat(8, 1)[:540]
    image = np.repeat((ramp + blocks).astype(np.uint8)[..., None], 3, axis=2)
    row = rendered(image, **WHITE_BOARD)[..., 0].astype(float)
    rim = (row > 64).argmax(axis=1)
    assert np.ptp(rim) < 60  # of 1920: the blocks alone could move it by three times that
    assert np.abs(np.diff(row, axis=0)).max() < 40


def test_light_skin_is_drawn_too() -> None:
    """The plain difference of Gaussians draws no line where all around it is light."""
    image = np.full((540, 540, 3), 235, np.uint8)
    cv2.ellipse(image, (270, 270), (150, 90), 0, 20, 160, (185, 185, 185), 3, cv2.LINE_AA)
    assert rendered(image, **WHITE_BOARD).min() < 60


def test_paper_stays_bare_and_black_is_filled() -> None:
    for tone, expected in ((255, 255), (0, 0)):
        assert np.ptp(rendered(np.full((90, 120, 3), tone, np.uint8))) == 0
        assert rendered(np.full((90, 120, 3), tone, np.uint8), wash=0.0)[0, 0, 0] == expected


def test_a_knife_leaves_rims_a_pixel_wide() -> None:
    """Lines drawn on a coarse grid are neither jagged nor blurred when enlarged."""
    image = np.full((1080, 1080, 3), 250, np.uint8)
    cv2.circle(image, (540, 540), 300, (10, 10, 10), -1, cv2.LINE_AA)
    drawn = rendered(image, **WHITE_BOARD, hardness=1.0, line_width=5.0)[..., 0]
    around = 2 * np.pi * 300
    assert 0.4 * around < np.sum((drawn > 20) & (drawn < 235)) < 2 * around
    y, x = np.mgrid[:1080, :1080] - 540
    sector = ((np.arctan2(y, x) + np.pi) / (2 * np.pi) * 24).astype(int) % 24
    wide = np.bincount(sector.ravel(), (1 - drawn / 255).ravel())
    shape = np.bincount(sector.ravel(), (250 - image[..., 0].ravel()) / 240)
    assert np.abs(wide - shape).max() / (around / 24) < 1.5  # pixels, everywhere around it


def film(count: int, fps: int, moving: bool = False, sigma: float = 3) -> list[Frame]:
    noise = np.random.default_rng(8)
    still = photo(540, 720).astype(np.float64)
    frames = []
    for index in range(count):
        image = np.roll(still, 2 * index, axis=1) if moving else still
        image = (image + noise.normal(0, sigma, image.shape)).clip(0, 255).astype(np.uint8)
        frames.append(Frame(image, index, 1, Fraction(1, fps), 0, index))
    return frames


def drawn(look: InkStylizer, frames: list[Frame]) -> list[np.ndarray]:
    analysis, pictures = None, []
    for frame in frames:
        analysis = look.analyze(frame, analysis)
        pictures.append(look.render(frame, analysis)[..., 0].astype(float))
    return pictures


def flicker(pictures: list[np.ndarray]) -> float:
    return float(np.abs(np.diff(pictures, axis=0)).mean())


def test_noise_makes_no_stroke_boil() -> None:
    """Flow steadies the lines: they change less than the film's grain that they are drawn from."""
    frames = film(5, 25)
    source = flicker([frame.image[..., 1].astype(float) for frame in frames])
    drawing = flicker(drawn(InkStylizer(**WHITE_BOARD), frames))
    assert drawing < 0.7 * source
    assert drawing < 0.6 * flicker(drawn(InkStylizer(**WHITE_BOARD, smoothness=0), frames))


def test_the_flow_of_a_still_scene_settles() -> None:
    look = InkStylizer()
    clean = look.analyze(film(1, 25, sigma=0)[0], None).tensor
    analysis, errors = None, []
    for frame in film(12, 25, sigma=12):
        single = look.analyze(frame, None).tensor
        analysis = look.analyze(frame, analysis)
        errors.append([np.abs(tensor - np.median(single - clean) - clean).mean()
                       for tensor in (analysis.tensor, single)])
    carried, alone = np.array(errors[6:]).mean(axis=0)
    assert carried < 0.9 * alone


def test_what_is_carried_follows_in_seconds_not_in_frames() -> None:
    look = InkStylizer()
    ends = []
    for fps in (10, 30):
        still, moved = film(1, fps, sigma=0)[0], film(fps // 2 + 1, fps, sigma=0)[1:]
        analysis = look.analyze(still, None)
        for frame in moved:
            turned = np.ascontiguousarray(frame.image[::-1, ::-1])
            analysis = look.analyze(Frame(turned, frame.pts, 1, frame.time_base, 0, 0), analysis)
        ends.append(analysis.tensor)
    assert np.abs(ends[0] - ends[1]).max() < 1e-4 * np.abs(ends[0]).max()


def test_a_flash_of_light_does_not_jump_the_exposure() -> None:
    frames = film(3, 25)
    bright = Frame(np.clip(frames[1].image.astype(int) + 80, 0, 255).astype(np.uint8), 1, 1,
                   Fraction(1, 25), 0, 1)
    look = InkStylizer()
    first = look.analyze(frames[0], None)
    after = look.analyze(bright, first)
    alone = look.analyze(bright, None)
    share = 1 - 0.7 ** (30 / 25)
    assert after.mean - first.mean == pytest.approx(share * (alone.mean - first.mean))


def test_paper_does_not_move_with_the_picture() -> None:
    look = InkStylizer(dryness=0.5, paper=1.0)
    image = np.full((540, 720, 3), 255, np.uint8)
    whites = []
    for shift in (0, 5):
        image[:, 100 + shift:200 + shift] = 0
        frame = frame_of(image.copy())
        analysis = look.analyze(frame, None)
        whites.append(look.finish(frame, look.render(frame, analysis), analysis)[:, 300:])
        image[:] = 255
    assert np.array_equal(*whites)
    assert np.ptp(whites[0]) > 8


def test_a_reduced_render_takes_the_analysis_of_the_whole() -> None:
    image = cv2.GaussianBlur(photo(1080, 1080), (0, 0), 3)
    half = cv2.resize(image, (540, 540), interpolation=cv2.INTER_AREA)
    look = InkStylizer(line_width=6.0)
    analysis = look.analyze(frame_of(image), None)
    whole = cv2.resize(look.render(frame_of(image), analysis), (540, 540),
                       interpolation=cv2.INTER_AREA)
    assert difference(look.render(frame_of(half), analysis), whole).mean() < 3
