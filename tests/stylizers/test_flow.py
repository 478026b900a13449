"""Which way a picture runs, against skimage, and smoothing along it, against plain indexing."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data
from skimage.feature import structure_tensor as plain_tensor

from stylizers.kernels.flow import along
from stylizers.kernels.tensor import DIRECTIONS, directions, structure_tensor


def waves(angle: float, side: int = 200) -> np.ndarray:
    """Stripes that run at `angle`, 0 to the right and a quarter turn down."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return (0.5 + 0.5 * np.sin((x * np.sin(angle) - y * np.cos(angle)) / 2)).astype(np.float32)


def steps_between(one: np.ndarray, other: np.ndarray | float) -> np.ndarray:
    apart = np.abs(one.astype(float) - other) % DIRECTIONS
    return np.minimum(apart, DIRECTIONS - apart)


def test_the_tensor_is_the_one_of_skimage() -> None:
    plane = data.camera().astype(np.float32) / 255
    rr, rc, cc = plain_tensor(plane.astype(np.float64), sigma=4, mode="reflect", order="rc")
    ours = np.moveaxis(structure_tensor(plane, (1.0, 1.0), 4), -1, 0)
    # Their Sobel is a weighted mean, a fourth of a sum; their Gaussian ends at three sigmas.
    for expected, found in zip((cc, rc, rr), ours, strict=True):
        scale = np.abs(expected).max() / np.abs(found[16:-16, 16:-16]).max()
        error = np.abs(expected / scale - found)[16:-16, 16:-16]
        assert error.max() < 0.02 * np.abs(found).max()


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_stripes_run_as_they_do(degrees: int) -> None:
    angle = np.radians(degrees)
    found = directions(structure_tensor(waves(angle), (1.0, 1.0), 4))[20:-20, 20:-20]
    assert steps_between(found, angle / np.pi * DIRECTIONS).max() < 1.01


def test_directions_are_the_arc_tangent() -> None:
    tensor = np.random.default_rng(5).normal(size=(120, 90, 3)).astype(np.float32)
    turn = np.arctan2(2 * tensor[..., 1], tensor[..., 0] - tensor[..., 2])
    expected = (turn / 2 + np.pi / 2) / np.pi * DIRECTIONS
    assert steps_between(directions(tensor), 0 * turn + expected).max() < 0.51


def test_wide_pixels_are_seen_as_wide() -> None:
    narrow = waves(np.radians(30), 400)[:, ::2]
    found = directions(structure_tensor(narrow, (2.0, 1.0), 8))[40:-40, 20:-20]
    assert steps_between(found, DIRECTIONS / 6).max() < 1.01


@pytest.mark.parametrize("pixel", [(1.0, 1.0), (2.0, 1.0)])
def test_smoothing_is_the_plain_sum(pixel: tuple[float, float]) -> None:
    random = np.random.default_rng(6)
    plane = random.random((40, 50), np.float32)
    way = random.integers(0, DIRECTIONS, (40, 50)).astype(np.uint8)
    sigma = 3.0
    expected = plane
    for _ in range(2):
        expected = plain_pass(expected, way, sigma / np.sqrt(2), pixel)
    assert np.abs(along(plane, way, sigma, pixel) - expected).max() < 1e-5


def test_smoothing_only_what_is_wanted_changes_none_of_it() -> None:
    random = np.random.default_rng(8)
    plane = random.random((120, 150), np.float32)
    way = random.integers(0, DIRECTIONS, (120, 150)).astype(np.uint8)
    wanted = np.zeros((120, 150), np.uint8)
    wanted[40:52, 70:75] = wanted[100:, 147:] = 255
    whole, part = along(plane, way, 3.0, (1, 1)), along(plane, way, 3.0, (1, 1), wanted)
    assert np.array_equal(part[wanted > 0], whole[wanted > 0])
    assert not part[:20].any()


def plain_pass(plane: np.ndarray, way: np.ndarray, sigma: float, pixel: tuple[float, float]
               ) -> np.ndarray:
    """A Gaussian of seven points 3/4 sigma apart, each taken at the nearest sample."""
    padded = np.pad(plane.astype(np.float64), 20, mode="symmetric")
    y, x = np.mgrid[:plane.shape[0], :plane.shape[1]] + 20
    angle = way * (np.pi / DIRECTIONS)
    total = weights = 0
    for place in np.arange(-3, 4) * 0.75:
        weight = np.exp(-place**2 / 2)
        rows = np.rint(np.sin(angle) * place * sigma / pixel[1]).astype(int)
        columns = np.rint(np.cos(angle) * place * sigma / pixel[0]).astype(int)
        total, weights = total + weight * padded[y + rows, x + columns], weights + weight
    return total / weights


def test_stripes_stay_and_noise_across_them_goes() -> None:
    stripes = waves(np.radians(25))
    way = np.full(stripes.shape, round(25 / 180 * DIRECTIONS), np.uint8)
    noisy = stripes + np.random.default_rng(7).normal(0, 0.2, stripes.shape).astype(np.float32)
    inside = np.s_[20:-20, 20:-20]
    assert np.abs(along(stripes, way, 5, (1, 1)) - stripes)[inside].mean() < 0.06
    left = (along(noisy, way, 5, (1, 1)) - along(stripes, way, 5, (1, 1)))[inside]
    assert left.std() < 0.08
