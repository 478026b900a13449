"""Flat shading against a guided filter written plainly, and how many tones it leaves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy import ndimage

from stylizers import ComicStylizer
from stylizers.shading import flattened
from tests.stylizers.stack import difference, photo

UNIT = (1.0, 1.0)


def luma(image: np.ndarray) -> np.ndarray:
    return image / np.iinfo(image.dtype).max @ (0.2126, 0.7152, 0.0722)


def plain_guided(grey: np.ndarray, sigma: float, edge: float) -> np.ndarray:
    """The guided filter of He, Sun and Tang 2010, its own guide, in Gaussian windows."""
    def window(plane: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(plane, sigma, mode="reflect", truncate=5)

    mean = window(grey)
    variance = window(grey**2) - mean**2
    slope = variance / (variance + edge)
    return window(slope) * grey + window(mean - slope * mean)


def test_smoothing_is_the_guided_filter() -> None:
    image = photo(540, 540)
    expected = plain_guided(luma(image), 8, 0.004)
    error = np.abs(luma(flattened(image, 0.5, UNIT)) - expected) * 255
    assert error.mean() < 1.5
    assert np.quantile(error, 0.98) < 6


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_flat_tones_stay_and_texture_goes(dtype: type) -> None:
    peak = np.iinfo(dtype).max
    noise = np.random.default_rng(9).normal(0, 0.02, (200, 300, 1))
    image = np.repeat((peak * (0.5 + noise)).astype(dtype), 3, axis=2)
    drawn = flattened(image, 0.5, UNIT)
    assert drawn.dtype == dtype
    assert drawn.std() < 0.25 * image.std()
    assert drawn.mean() == pytest.approx(image.mean(), rel=0.01)
    flat = np.full((200, 300, 3), peak // 3, dtype)
    assert difference(flattened(flat, 0.5, UNIT), flat).max() <= peak // 255


def test_edges_stay() -> None:
    image = np.full((200, 300, 3), 60, np.uint8)
    image[:, 150:] = 200
    drawn = flattened(image, 0.5, UNIT)[100, :, 0].astype(int)
    assert drawn[150] - drawn[149] > 110


def test_a_ramp_becomes_a_few_tones() -> None:
    ramp = np.repeat(np.tile(np.linspace(0, 255, 1500), (60, 1))[..., None], 3, 2).astype(np.uint8)
    drawn = flattened(ramp, 1.0, UNIT)[30, :, 0]
    counts = np.bincount(drawn, minlength=256)
    assert np.sort(counts)[-6:].sum() > 0.4 * ramp.shape[1]
    assert (np.diff(drawn.astype(int)) >= -1).all()
    assert np.diff(drawn.astype(int)).max() < 8  # soft rims, nothing that could flip


def test_colors_stay_as_saturated() -> None:
    image = cv2.GaussianBlur(photo(540, 540), (0, 0), 2)
    drawn = flattened(image, 1.0, UNIT).astype(float)
    bright = (image.min(axis=2) > 30) & (drawn.max(axis=2) < 250)
    before, after = (picture[bright] / picture[bright].sum(axis=1, keepdims=True)
                     for picture in (image.astype(float), drawn))
    assert np.quantile(np.abs(before - after), 0.999) < 0.01


def test_noise_flips_no_tone() -> None:
    noise = np.random.default_rng(10)
    still = photo(540, 540).astype(float)
    films = [np.clip(still + noise.normal(0, 3, still.shape), 0, 255).astype(np.uint8)
             for _ in range(2)]
    drawn = [luma(flattened(film, 0.9, UNIT)) for film in films]
    flicker = np.abs(drawn[0] - drawn[1])
    assert flicker.mean() < 0.7 * np.abs(luma(films[0]) - luma(films[1])).mean()
    assert np.quantile(flicker, 0.999) < 1 / 8  # less than a step


def test_a_source_pixel_reaches_as_far_as_declared() -> None:
    look = ComicStylizer(flatness=0.8)
    image = np.full((540, 540, 3), 128, np.uint8)
    changed = image.copy()
    changed[268:272, 268:272] = 255
    far = np.nonzero(difference(flattened(changed, 0.8, (0.5, 0.5)),
                                flattened(image, 0.8, (0.5, 0.5))).max(axis=2))
    assert max(np.abs(place - 269.5).max() for place in far) <= look.support() * 0.5 + 1
    assert ComicStylizer().support() == 0
