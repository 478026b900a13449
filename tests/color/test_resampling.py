"""Subsampled chroma: against a float64 twin, and the law that narrowing undoes widening."""

import numpy as np
import pytest

from core.color import ChromaLocation, ColorSpaceManager, ColorTags, Matrix, PixelLayout, Range
from core.color.resampling import (
    REACH,
    Axis,
    Siting,
    down_rows,
    down_taps,
    pads,
    up_rows,
    up_weights,
)
from tests.color import oracle

LOCATIONS = [location for location in ChromaLocation if location]
SUBSAMPLINGS = [(0, 0), (1, 0), (1, 1), (0, 1), (2, 0), (2, 2), (2, 1), (1, 2), (0, 2)]
SIZES = [(1, 1), (1, 2), (2, 1), (1, 9), (9, 1), (2, 2), (3, 3), (5, 4), (4, 5), (13, 11), (16, 24)]
X_PHASE = {ChromaLocation.CENTER: 0.5, ChromaLocation.TOP: 0.5, ChromaLocation.BOTTOM: 0.5}
Y_PHASE = {
    ChromaLocation.LEFT: 0.5,
    ChromaLocation.CENTER: 0.5,
    ChromaLocation.BOTTOM_LEFT: 1.0,
    ChromaLocation.BOTTOM: 1.0,
}


def manager(bits: int, subsampling: tuple, location: int, shape: tuple) -> ColorSpaceManager:
    tags = ColorTags(Matrix.BT709, Range.LIMITED, chroma_location=location)
    return ColorSpaceManager(PixelLayout("yuv", bits, *subsampling), tags, shape[1], shape[0])


def random_planes(color: ColorSpaceManager, reach: float, seed: int) -> tuple:
    """Middle gray luma and chroma up to `reach` 8-bit codes off neutral, inside R'G'B'."""
    rng, layout = np.random.default_rng(seed), color.layout
    unit = 1 << (layout.bits - 8)
    return tuple(
        (unit * 128 + rng.uniform(-reach, reach, shape) * unit).astype(layout.dtype)
        for shape in color.plane_shapes
    )


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("length", range(1, 20))
def test_narrowing_rows_undoes_widening_rows(siting, length):
    axis = Axis(length, siting)
    (near_far, weight), (rows, weights) = up_rows(axis), down_rows(axis)
    up, down = np.zeros((length, axis.count)), np.zeros((axis.count, length))
    for place, ((near, far), share) in enumerate(zip(near_far, weight, strict=True)):
        up[place, near] += 1 - share
        up[place, far] += share
    np.add.at(down, (np.arange(axis.count)[:, None], rows), weights)
    assert np.allclose(down @ up, np.eye(axis.count), atol=1e-12)
    assert np.allclose(down.sum(1), 1.0)


@pytest.mark.parametrize("siting", [s for s in Siting if s is not Siting.TRAILING])
@pytest.mark.parametrize("length", range(1, 20))
def test_the_horizontal_tables_say_the_same_as_the_vertical_ones(siting, length):
    axis = Axis(length, siting)
    source = np.full(axis.count * axis.step + 2 * REACH, -1)
    source[REACH : REACH + length] = np.arange(length)
    for to, origin in pads(axis):
        source[to] = source[origin]
    assert (source >= 0).all()
    across, rows = np.zeros((axis.count, length)), np.zeros((axis.count, length))
    taps = down_taps(siting)[:4] if siting is Siting.BLOCK else down_taps(siting)
    first = REACH if siting is Siting.BLOCK else 0
    for sample in range(axis.count):
        for k, tap in enumerate(taps):
            across[sample, source[first + sample * axis.step + k]] += tap
    np.add.at(rows, (np.arange(axis.count)[:, None], down_rows(axis)[0]), down_rows(axis)[1])
    assert np.allclose(across, rows)
    weights = up_rows(axis)[1]
    if axis.step == 2 and length > 1:
        assert up_weights(siting) == (weights[0], weights[1])


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("subsampling", SUBSAMPLINGS, ids=str)
def test_deep_planes_come_back_unchanged_whatever_the_chroma(subsampling, location, shape):
    color = manager(10, subsampling, location, shape)
    planes = random_planes(color, 35.0, seed=hash(shape) % 1000)
    image, clipped = color.to_rgb(planes)
    assert clipped == 0
    for before, after in zip(planes, color.to_planes(image), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("subsampling", SUBSAMPLINGS, ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (7, 10), (12, 5), (17, 33)], ids=str)
def test_decoding_matches_the_twin(shape, subsampling, location, bits):
    color = manager(bits, subsampling, location, shape)
    planes = random_planes(color, 100.0, seed=3)
    (height, width), (sx, sy) = shape, subsampling
    wide = [
        oracle.widened(
            oracle.widened(plane, width, sx, X_PHASE.get(location, 0.0) if sx else 0.0).T,
            height, sy, Y_PHASE.get(location, 0.0) if sy else 0.0,
        ).T
        for plane in planes[1:]
    ]  # fmt: skip
    expected = oracle.decode((planes[0], *wide), bits, Matrix.BT709, Range.LIMITED)
    image, clipped = color.to_rgb(planes)
    assert np.abs(image - np.clip(expected, 0, 1) * color.layout.picture_max).max() <= 0.51
    assert clipped in oracle.clipped(expected, color.layout.picture_max)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("subsampling", SUBSAMPLINGS, ids=str)
@pytest.mark.parametrize("shape", [(2, 2), (8, 7), (12, 5), (16, 33)], ids=str)
def test_encoding_matches_the_twin(shape, subsampling, location, bits):
    """Odd heights with chroma below the last row have their own rule; the law tests cover it."""
    color = manager(bits, subsampling, location, shape)
    peak, rng = color.layout.picture_max, np.random.default_rng(5)
    rgb = rng.integers(0, peak + 1, (*shape, 3)).astype(color.layout.dtype)
    full = oracle.encode(rgb / peak, bits, Matrix.BT709, Range.LIMITED)
    sx, sy = subsampling
    chroma = [
        oracle.narrowed(
            oracle.narrowed(plane, sx, X_PHASE.get(location, 0.0)).T,
            sy, Y_PHASE.get(location, 0.0),
        ).T
        for plane in full[1:]
    ]  # fmt: skip
    for plane, expected in zip(color.to_planes(rgb), [full[0], *chroma], strict=True):
        assert np.abs(plane - np.clip(expected, 0, color.layout.max_code)).max() <= 0.51


def smooth_picture(color: ColorSpaceManager) -> np.ndarray:
    """Slow waves of all colors, nowhere near the edges of R'G'B'."""
    y, x = np.mgrid[0 : color.height, 0 : color.width]
    waves = [0.5 + 0.3 * np.sin(x / 37 + k) * np.cos(y / (41 + 5 * k)) for k in range(3)]
    return (np.stack(waves, -1) * color.layout.picture_max).astype(color.layout.dtype)


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("bits", [8, 10, 12])
def test_smooth_420_comes_back(bits, location):
    """At 8 bits the rounding of R'G'B' moves a rare chroma sample by one code; luma never."""
    allowed = 0.0 if bits > 8 else 0.03 if location == ChromaLocation.CENTER else 0.005
    color = manager(bits, (1, 1), location, (360, 640))
    planes = color.to_planes(smooth_picture(color))
    back = color.to_planes(color.to_rgb(planes).image)
    assert np.array_equal(planes[0], back[0])
    for before, after in zip(planes[1:], back[1:], strict=True):
        change = np.abs(before.astype(int) - after)
        assert change.max() <= (1 if allowed else 0)
        assert (change > 0).mean() <= allowed


def test_a_second_round_trip_changes_nothing_more_than_the_first():
    color = manager(8, (1, 1), ChromaLocation.LEFT, (90, 160))
    first = color.to_rgb(color.to_planes(smooth_picture(color))).image
    second = color.to_rgb(color.to_planes(first)).image
    assert np.abs(first.astype(int) - second).max() <= 3


def test_overshoot_is_clipped_to_the_codes():
    """A hard edge between opposite colors drives the negative lobes past the scale."""
    tags = ColorTags(Matrix.BT709, Range.FULL, chroma_location=ChromaLocation.LEFT)
    color = ColorSpaceManager(PixelLayout("yuv", 8, 1, 1), tags, 32, 2)
    rgb = np.zeros((2, 32, 3), np.uint8)
    rgb[:, :15] = 0, 0, 255
    rgb[:, 15:] = 255, 255, 0
    blue = color.to_planes(rgb)[1][0]
    assert blue[:7].tolist() == [255] * 7
    assert blue[9:].tolist() == [1] * 7 or blue[9:].tolist() == [0] * 7
    assert ((blue[7:9] < 100) | (blue[7:9] > 150)).all()
