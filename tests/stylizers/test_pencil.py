"""The drawing against its plain twin in double precision, and what it must and must not do."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.filters import gaussian
from skimage.metrics import structural_similarity

from core.temporal.ema import Ema
from core.temporal.settings import Temporal
from stylizers import Frame, PencilStylizer, strokes
from stylizers.kernels import blur
from tests.stylizers.stack import difference, frame_of, photo

PHOTOS = ["astronaut", "chelsea", "coffee"]
WHITE = 255


def fall(tone: np.ndarray, light: np.ndarray, zone: float) -> np.ndarray:
    depth = 0.25
    divisor = np.where(light > 2 * depth, light, depth + light**2 / (4 * depth))
    share = np.maximum((light - tone) / divisor - 0.02, 0)
    return share**2 / (share + zone)


def plain_drawing(image: np.ndarray, sigma: float = 21.0, shading: float = 0.8,
                  line: float = 1.0) -> np.ndarray:
    """Shading and contours in 0..1, every blur at full size."""
    rows, columns = frame_of(image).scale[::-1]
    grey = image.astype(np.float64) / np.iinfo(image.dtype).max @ (0.2126, 0.7152, 0.0722)
    soft, wide = (gaussian(grey, (length * rows, length * columns), mode="reflect", truncate=6)
                  for length in (2.0, sigma))
    dark, paper = 1 - soft, 0.22
    dark = np.where(dark < 2 * paper, dark**2 / (4 * paper), dark - paper)
    shaded = (1 - 1.25 * shading * dark) / (1 + 1.5 * line * fall(soft, wide, 0.04))
    return shaded / (1 + 4 * line * fall(grey, soft, 0.06))


def plain_strokes(tone: np.ndarray, order: np.ndarray, contrast: float) -> np.ndarray:
    """`tone` 0..1 laid in strokes."""
    pressure = 1 + tone + tone**2
    share = 1 / pressure
    width = np.clip(2 * np.minimum(share, 1 - share), 1e-4, 0.9)
    cover = np.clip((share - (order + 0.5) / 256) / width + 0.5, 0, 1)
    weight = contrast * (1 / 3 + tone * 2 / 3)
    return np.maximum(1 - (1 - tone) * (1 + weight * (pressure * cover - 1)), 0)


def drawn(image: np.ndarray, **values: float) -> np.ndarray:
    return PencilStylizer(**values).process(image)


def unhatched(image: np.ndarray, **values: float) -> np.ndarray:
    return drawn(image, hatching=0, **values)


def flat(tone: int, height: int = 90, width: int = 160) -> np.ndarray:
    return np.full((height, width, 3), tone, np.uint8)


@pytest.mark.parametrize("values", [{}, {"sigma": 5}, {"sigma": 50}, {"shading": 0.0},
                                    {"line": 3.0}])
@pytest.mark.parametrize("name", [
    PHOTOS[0], *(pytest.param(name, marks=pytest.mark.long) for name in PHOTOS[1:])])
def test_it_is_the_plain_drawing(name: str, values: dict[str, float]) -> None:
    image = cv2.resize(getattr(data, name)(), (1440, 1080), interpolation=cv2.INTER_AREA)
    words = {"sigma": "blur_sigma", "line": "line_strength", "shading": "shading"}
    picture = unhatched(image, **{words[key]: value for key, value in values.items()})
    assert np.ptp(picture, axis=2).max() == 0
    expected = plain_drawing(image, **values) * 255
    assert np.abs(picture[..., 0] - expected).mean() < 1
    assert structural_similarity(picture[..., 0].astype(float), expected, data_range=255) > 0.99


@pytest.mark.parametrize("height", [360, 720, pytest.param(1080, marks=pytest.mark.long)])
def test_with_strokes_too(height: int) -> None:
    image = photo(height, height * 4 // 3)
    laid = strokes.hatching(height * 4 // 3, height, frame_of(image).scale, 2.5, 50.0)
    tone = plain_drawing(image)
    expected = plain_strokes(tone, laid.order.astype(np.float64), 0.5 * laid.contrast) * 255
    picture = drawn(image)[..., 0].astype(np.float64)
    assert structural_similarity(picture, expected, data_range=255) > 0.98


def test_16_bits_are_finer_than_8() -> None:
    image = photo(540, 540, np.uint16)
    expected = plain_drawing(image) * 65535
    assert np.abs(unhatched(image)[..., 0] - expected).mean() < 50


@pytest.mark.parametrize("tone", range(0, 256, 15))
def test_strokes_keep_every_tone(tone: int) -> None:
    """On the whole, and so on average in any place as large as a thumbnail shows."""
    smooth, laid = unhatched(flat(tone, 540, 960)), drawn(flat(tone, 540, 960), hatching=1)
    assert np.ptp(smooth) == 0
    places = cv2.resize(laid.astype(np.float32), (16, 9), interpolation=cv2.INTER_AREA)
    assert laid.mean() == pytest.approx(smooth.mean(), abs=0.8)
    assert np.abs(places - smooth[0, 0]).max() < 9


def test_tones_keep_their_order_from_black_to_white() -> None:
    tones = [int(unhatched(flat(tone, 9, 9))[0, 0, 0]) for tone in range(256)]
    assert tones == sorted(tones)
    assert tones[0] < 70, "black is deep graphite"
    assert tones[255] == WHITE
    assert tones[128] < 200, "the plain recipe burns every flat tone out to white"
    assert max(np.diff(tones)) <= 2


def test_a_sky_keeps_its_gradient() -> None:
    ramp = np.broadcast_to(np.linspace(200, 130, 540).astype(np.uint8)[:, None, None],
                           (540, 960, 3))
    sky = unhatched(ramp)[..., 0].mean(axis=1)
    assert sky[5] > 235
    assert 170 < sky[-5] < 215
    assert np.diff(cv2.blur(sky[:, None], (1, 15)).ravel()).max() < 0.3


@pytest.mark.parametrize("tone", [12, 40, 120, 200])
def test_blocks_of_compression_are_not_amplified(tone: int) -> None:
    blocks = np.random.default_rng(4).integers(-2, 3, (68, 120)).astype(np.int16)
    grey = np.kron(blocks, np.ones((8, 8), np.int16))[:540, :960] + tone
    image = np.repeat(grey[..., None].astype(np.uint8), 3, axis=2)
    assert unhatched(image).std() < image.std()


def test_noise_in_the_dark_does_not_explode() -> None:
    noise = np.random.default_rng(1).normal(6, 2, (360, 640, 1)).clip(0, 255).astype(np.uint8)
    assert unhatched(np.repeat(noise, 3, axis=2)).std() < 1.2 * noise.std()


def test_a_dark_shape_has_a_contour_and_no_white_ring_inside() -> None:
    image = flat(230, 540, 540)
    cv2.circle(image, (270, 270), 180, (60, 60, 60), -1)
    row = unhatched(image)[270, :, 0]
    contour, inside, outside = row[88:96].min(), row[200:340], row[:80]
    assert contour < inside.min() - 40
    assert inside.max() <= int(unhatched(flat(60, 9, 9))[0, 0, 0]) + 1
    assert outside.min() > 235


@pytest.mark.parametrize("sigma", [5, 9, 21, 50])
@pytest.mark.parametrize("name", PHOTOS)
def test_the_reduced_blur_does_not_show(name: str, sigma: float) -> None:
    plane = getattr(data, name)().mean(axis=2).astype(np.float32) / 255
    exact = gaussian(plane, sigma, mode="reflect", truncate=blur.REACH)
    error = np.abs(blur.gaussian(plane, sigma, sigma) - exact) * 255
    assert error.max() < 1
    assert error.mean() < 0.15


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 2), (7, 2000)])
def test_a_blur_wider_than_the_picture(size: tuple[int, int]) -> None:
    plane = np.random.default_rng(2).random(size, np.float32)
    blurred = blur.gaussian(plane, 50, 50)
    assert blurred.shape == size
    assert plane.min() <= blurred.min() <= blurred.max() <= plane.max()
    assert blurred.mean() == pytest.approx(plane.mean(), abs=0.02)


def test_the_edge_of_the_picture_is_no_line() -> None:
    """A ramp that ends at the border must not be dodged there as if the border were drawn."""
    ramp = np.linspace(120, 200, 640).astype(np.uint8)
    picture = unhatched(np.broadcast_to(ramp[None, :, None], (360, 640, 3)))
    assert difference(picture[:2], picture[178:180]).max() <= 1
    assert np.diff(picture[180, :, 0].astype(int)).min() >= -1


def test_nothing_moves_on_a_still_scene_and_nothing_trails() -> None:
    """A dark square crosses a grey ground under `ema`; where its shading was, nothing is left."""
    look = PencilStylizer(blur_sigma=5.0)
    steadied = [Ema(Temporal(mode="ema"), look.support()) for _ in range(2)]
    worst = 0
    for index in range(24):
        ground = flat(150, 270, 480)
        crossed = ground.copy()
        left = 20 + 12 * index
        crossed[90:180, left:left + 90] = 40
        drawn_on, empty = (
            steady.step(frame, look.render(frame, look.analyze(frame, None)))
            for steady, frame in zip(steadied, (at(crossed, index), at(ground, index)),
                                     strict=True))
        behind = slice(0, max(0, left - int(look.support() / 4) - 2))
        if behind.stop:
            worst = max(worst, int(difference(drawn_on[:, behind], empty[:, behind]).max()))
    assert worst <= 2


def at(image: np.ndarray, index: int) -> Frame:
    return Frame(image, pts=index, duration=1, time_base=Fraction(1, 25), shot=0, index=index)
