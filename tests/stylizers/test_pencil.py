"""The drawing against its plain recipe in floating point, and what it must not do in the dark."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.filters import gaussian

from stylizers import PencilStylizer
from stylizers.kernels import blur
from tests.stylizers.stack import difference, frame_of, photo

PHOTOS = ["astronaut", "chelsea", "coffee"]
WHITE = 255


def plain_recipe(image: np.ndarray, sigma: tuple[float, float], depth: float) -> np.ndarray:
    """Grey, invert, blur, color dodge, in 0..1 and double precision; `sigma` in rows, columns."""
    grey = image.astype(np.float64) / np.iinfo(image.dtype).max @ (0.2126, 0.7152, 0.0722)
    divisor = 1 - gaussian(1 - grey, sigma, mode="reflect", truncate=6)
    if depth:
        divisor = np.where(divisor < 2 * depth, depth + divisor**2 / (4 * depth), divisor)
    return np.clip(grey / np.maximum(divisor, 1e-9), 0, 1)


def drawn(image: np.ndarray, **values: float) -> np.ndarray:
    return PencilStylizer(**values).process(image)


@pytest.mark.parametrize("sigma", [5, 21, 50])
@pytest.mark.parametrize("name", PHOTOS)
def test_it_is_the_recipe(name: str, sigma: float) -> None:
    image = cv2.resize(getattr(data, name)(), (960, 720), interpolation=cv2.INTER_AREA)
    expected = plain_recipe(image, (sigma * 720 / 1080,) * 2, depth=0.3) * 255
    picture = drawn(image, blur_sigma=sigma)
    assert np.ptp(picture, axis=2).max() == 0
    error = np.abs(picture[..., 0] - expected)
    assert error.max() < 2
    assert error.mean() < 0.35


def test_in_the_light_it_is_the_textbook_recipe() -> None:
    image = 160 + data.chelsea() // 3
    expected = plain_recipe(image, (21 * image.shape[0] / 1080,) * 2, depth=0) * 255
    assert np.abs(drawn(image)[..., 0] - expected).max() < 1.5


def test_16_bits_are_finer_than_8() -> None:
    image = photo(540, 540, np.uint16)
    expected = plain_recipe(image, (10.5, 10.5), depth=0.3) * 65535
    assert np.abs(drawn(image)[..., 0] - expected).mean() < 30


def test_lengths_follow_the_shape_of_a_pixel() -> None:
    image = photo(540, 480)
    look = PencilStylizer()
    frame = frame_of(image, Fraction(2))
    picture = look.render(frame, look.analyze(frame, None))
    expected = plain_recipe(image, (10.5, 5.25), depth=0.3) * 255
    assert np.abs(picture[..., 0] - expected).max() < 2


@pytest.mark.parametrize("tone", range(0, 256, 15))
def test_a_flat_tone_stays_flat(tone: int) -> None:
    picture = drawn(np.full((90, 160, 3), tone, np.uint8))
    assert np.ptp(picture) == 0


def test_dark_tones_keep_their_order() -> None:
    """The plain recipe turns every flat tone white: here black is black and grey is grey."""
    tones = [int(drawn(np.full((9, 9, 3), tone, np.uint8))[0, 0, 0]) for tone in range(256)]
    assert tones == sorted(tones)
    assert tones[0] == 0
    assert tones[38] < WHITE * 0.55
    assert tones[160:] == [WHITE] * 96


def test_noise_in_the_dark_does_not_explode() -> None:
    noise = np.random.default_rng(1).normal(6, 2, (360, 640, 1)).clip(0, 255).astype(np.uint8)
    image = np.repeat(noise, 3, axis=2)
    assert plain_recipe(image, (7, 7), depth=0).std() * 255 > 50
    assert drawn(image).std() < 8


def test_a_dark_shape_has_no_white_ring_inside() -> None:
    image = np.full((540, 540, 3), 230, np.uint8)
    cv2.circle(image, (270, 270), 180, (8, 8, 8), -1)
    inside = np.zeros((540, 540), np.uint8)
    cv2.circle(inside, (270, 270), 178, 1, -1)
    assert plain_recipe(image, (10.5, 10.5), depth=0)[270, 270] > 0.99
    assert drawn(image)[inside == 1].max() < 40


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
    picture = drawn(np.broadcast_to(ramp[None, :, None], (360, 640, 3)))
    assert difference(picture[:2], picture[178:180]).max() <= 1
    assert picture.min() > 225
