"""Temporal metrics on clips whose right answer is known."""

import math

import cv2
import numpy as np
import pytest

from core.metrics import SteadinessMeter
from core.metrics.edges import ghost_mask, gradient
from core.metrics.flicker import BLOCK, FlickerSums, block_luma
from core.metrics.flow import flow_between, trusted
from core.metrics.unit import unit_luma, unit_rgb
from core.metrics.warp_error import pair_error
from tests.temporal_clips import codes, gliding, texture


def measured(source, styled=None, output=None, shots=None):
    styled = source if styled is None else styled
    output = styled if output is None else output
    meter = SteadinessMeter()
    for i, pictures in enumerate(zip(source, styled, output, strict=True)):
        meter.update(*pictures, shot=shots[i] if shots else 0)
    return meter.result()


def noisy(clip, size, seed=0):
    rng = np.random.default_rng(seed)
    return [codes(picture + rng.normal(0, size, picture.shape)) for picture in clip]


GLIDE = [gliding(0, 2 * i) for i in range(6)]


def test_an_ideal_output_has_no_warping_error():
    """With the exact flow, whole pixels, and what leaves the picture left out."""
    now, then = (unit_rgb(gliding(0, 3 * i)) for i in range(2))
    exact = np.zeros((*now.shape[:2], 2), np.float32)
    exact[..., 0] = 3
    mask = trusted(exact, -exact)
    assert mask[:, :-3].all()
    assert not mask[:, -3:].any()
    assert pair_error(now, then, exact, mask) < 1e-12
    assert pair_error(now, then, np.zeros_like(exact), mask) > 1e-3


def test_what_moves_uncovers_exactly_its_strip():
    """A square 40 wide goes 6 to the right: the 6 columns it leaves are not to be trusted."""
    forward, backward = (np.zeros((60, 120, 2), np.float32) for _ in range(2))
    forward[10:50, 20:60, 0] = 6
    backward[10:50, 26:66, 0] = -6
    hidden = ~trusted(backward, forward)[15:45]
    strip = np.zeros_like(hidden)
    strip[:, 20:26] = True
    strip[:, 65] = True  # motion breaks behind the square's last column, and in the strip's
    assert np.array_equal(hidden, strip)


def test_the_flow_finds_the_motion_of_a_texture():
    now, then = (unit_luma(unit_rgb(gliding(0, 2.5 * i))) for i in range(2))
    found = flow_between(now, then)[30:-30, 40:-40]
    assert np.abs(np.median(found, axis=(0, 1)) - (2.5, 0)).max() < 0.1


def test_noise_in_the_output_is_its_warping_error():
    """Twice its variance, or less where interpolation averages it."""
    result = measured(GLIDE, output=noisy(GLIDE, 5))
    assert result.styled.warp_error == result.source.warp_error
    added = result.output.warp_error - result.source.warp_error
    assert 1.2 < added / (5 / 255)**2 < 2.05


def test_the_excess_left_is_that_of_the_output():
    result = measured(GLIDE, noisy(GLIDE, 6), noisy(GLIDE, 3, seed=1))
    assert result.excess_left == pytest.approx(1 / 4, rel=0.15)
    assert measured(GLIDE, noisy(GLIDE, 6)).excess_left == pytest.approx(1)


def test_a_cut_is_no_error():
    clip = [*GLIDE, *[255 - picture for picture in GLIDE]]
    marked = measured(clip, shots=[0] * 6 + [1] * 6)
    assert marked.output.warp_error < 0.1 * measured(clip).output.warp_error


def test_a_pulsing_look_flickers_and_a_pulsing_source_does_not():
    ground = codes(120 + texture(0, (96, 128), 10))
    light = [1 + 0.03 * (-1) ** i for i in range(10)]
    still, pulsing = [ground] * 10, [codes(ground * gain) for gain in light]
    alone = measured(still, pulsing).output.flicker
    assert alone == pytest.approx(4 * 0.03 * 120, rel=0.05)
    assert measured(pulsing).output.flicker < 0.05 * alone
    assert measured(still).output.flicker == 0


def test_flicker_is_explained_as_a_regression_would():
    rng = np.random.default_rng(0)
    picture, source = rng.normal(size=(2, 50, 3, 4))
    sums = [FlickerSums.of(p, s) for p, s in zip(picture, source, strict=True)]
    total = sums[0]
    for other in sums[1:]:
        total = total.plus(other)
    left = picture - (picture * source).sum(0) / (source**2).sum(0) * source
    assert total.index() == pytest.approx(255 * math.sqrt((left**2).mean()))


def test_blocks_are_means():
    luma = np.random.default_rng(0).random((3 * BLOCK, 2 * BLOCK), np.float32)
    expected = luma.reshape(3, BLOCK, 2, BLOCK).mean((1, 3))
    assert np.abs(block_luma(luma) - expected).max() < 1e-6


def test_blur_costs_sharpness():
    blurred = [cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in GLIDE]
    result = measured(GLIDE, output=blurred)
    assert result.styled.sharpness == 1
    assert result.output.sharpness < 0.8


def test_a_ghost_counts_where_neither_source_nor_look_has_an_edge():
    ground = np.full((80, 120, 3), 150, np.uint8)
    ground[20:50, 20:50] = 40
    ghost = ground.copy()
    ghost[20:50, 70:90] = 130
    clean = measured([ground] * 2)
    haunted = measured([ground] * 2, output=[ghost] * 2)
    meant = measured([ground] * 2, [ghost] * 2)
    assert clean.output.ghosting == meant.output.ghosting == 0
    assert haunted.output.ghosting > 0


def test_an_edge_of_the_source_excuses_what_is_near_it():
    """The gradient of a step covers two pixels, and its reach two more on either side."""
    luma = np.zeros((20, 30), np.float32)
    luma[:, 15:] = 1
    slopes = gradient(luma)
    assert (slopes[:, 14:16] == 0.5).all()
    assert slopes[:, :14].max() == slopes[:, 16:].max() == 0
    mask = ghost_mask(slopes, np.zeros_like(slopes))
    assert mask[:, :12].all()
    assert mask[:, 18:].all()
    assert not mask[:, 12:18].any()


def test_nothing_measured_is_not_a_number():
    result = SteadinessMeter().result()
    assert math.isnan(result.output.warp_error)
    assert math.isnan(result.output.flicker)
    assert math.isnan(result.excess_left)


def test_sixteen_bits_are_measured_as_eight():
    deep = [picture.astype(np.uint16) * 257 for picture in GLIDE]
    shallow, result = measured(GLIDE), measured(deep)
    assert result.output.warp_error == pytest.approx(shallow.output.warp_error, rel=1e-3)
    assert result.output.sharpness == shallow.output.sharpness
