"""Picture against picture: scikit-image is the oracle, and laws where there is none."""

import math

import numpy as np
import pytest
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from core.metrics.drift import drift, tint
from core.metrics.similarity import EQUAL, edge_coherence, psnr, ssim
from core.metrics.unit import unit_luma, unit_rgb
from tests.temporal_clips import codes, texture


def pictures(dtype=np.uint8, noise=12):
    photograph = data.astronaut()[60:300, 100:340]
    noisy = codes(photograph + np.random.default_rng(3).normal(0, noise, photograph.shape))
    scale = np.iinfo(dtype).max // 255
    return [picture.astype(dtype) * dtype(scale) for picture in (photograph, noisy)]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("noise", [1, 12, 60])
def test_ssim_and_psnr_are_those_of_scikit_image(dtype, noise):
    one, other = (unit_rgb(picture) for picture in pictures(dtype, noise))
    lumas = [unit_luma(picture).astype(np.float64) for picture in (one, other)]
    wanted = structural_similarity(*lumas, data_range=1, gaussian_weights=True, sigma=1.5,
                                   use_sample_covariance=False)
    assert ssim(*lumas) == pytest.approx(wanted, abs=2e-5)
    assert psnr(one, other) == pytest.approx(
        peak_signal_noise_ratio(one.astype(np.float64), other, data_range=1), abs=1e-4)


@pytest.mark.parametrize("level", [0, 0.5, 1])
def test_a_flat_picture_is_like_itself(level):
    flat = np.full((40, 60), level, np.float32)
    assert ssim(flat, flat) == pytest.approx(1, abs=1e-6)
    assert ssim(flat, 1 - flat) == pytest.approx(
        structural_similarity(flat, 1 - flat, data_range=1, gaussian_weights=True,
                              use_sample_covariance=False), abs=1e-4)


def test_equal_pictures_stand_at_the_top():
    one = unit_rgb(pictures()[0])
    assert psnr(one, one) == EQUAL
    assert edge_coherence(unit_luma(one), unit_luma(one)) == 1


def test_what_is_smaller_than_a_window_has_no_ssim():
    assert math.isnan(ssim(np.zeros((10, 99)), np.zeros((10, 99))))


def test_edges_that_move_or_vanish_cost_coherence():
    luma = unit_luma(unit_rgb(codes(128 + texture(0, (120, 160), 25))))
    shifted = [edge_coherence(luma, np.roll(luma, by, 1)) for by in (0, 1, 4)]
    assert shifted == sorted(shifted, reverse=True)
    assert shifted[0] - shifted[-1] > 0.1
    assert edge_coherence(luma, 1 - luma) == pytest.approx(1, abs=1e-4)  # an edge has no sign
    assert edge_coherence(luma, np.full_like(luma, 0.5)) < 0.6


def test_a_tint_is_no_drift_but_its_change_is():
    source = [unit_rgb(codes(100 + 20 * i + texture(i, (60, 80), 10))) for i in range(3)]
    steady = [tint(picture, picture * np.float32([1, 0.8, 0.6])) for picture in source]
    reddened = tint(source[1], np.minimum(source[1] * np.float32([1.2, 0.8, 0.6]), 1))
    assert drift(steady[0], steady[0]) == 0
    assert drift(steady[1], steady[0]) < 2 < drift(reddened, steady[0])
