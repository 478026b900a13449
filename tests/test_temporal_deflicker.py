"""Pulsing put into a look comes out again; what the source does stays."""

from fractions import Fraction

import numpy as np
import pytest

from core.temporal import Temporal, stabilizer
from tests.temporal_clips import RATE, codes, frame, moving_square, texture

LEAD_IN = 30
"""Pictures over which the level is found where pulses come regularly: a second."""
LONG_LEAD_IN = 210
"""Where they come at random, their mean is only known so well: 5 % / sqrt(3 * 210) = 0.2 %."""


def deflicker(strength=1.0):
    return stabilizer(Temporal(deflicker=strength), 0.0)


def ground(dtype=np.uint8):
    return codes(120 + texture(0, (60, 80), 12)).astype(dtype) * dtype(np.iinfo(dtype).max // 255)


def lit(image, gain):
    top = np.iinfo(image.dtype).max
    return np.clip(np.rint(image * gain), 0, top).astype(image.dtype)


def gains_left(gains, steady, dtype=np.uint8):
    image, left = ground(dtype), []
    for i, gain in enumerate(gains):
        result = steady.step(frame(image, i * RATE), lit(image, gain))
        left.append(result.mean() / image.mean())
    return np.array(left)


PULSES = {
    "up and down": 1 + 0.05 * (-1.0) ** np.arange(150),
    "four times a second": 1 + 0.05 * np.sin(2 * np.pi * 4 * np.arange(150) / 30),
}


def at_random(seed, count=330):
    """Gains about 1, exactly: what their mean is off by is no pulsing."""
    pulses = np.random.default_rng(seed).uniform(-0.05, 0.05, count)
    return 1 + pulses - pulses.mean()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("pulse", PULSES)
def test_pulses_of_five_percent_are_brought_within_half_a_percent(pulse, dtype):
    left = gains_left(PULSES[pulse], deflicker(), dtype)
    assert np.abs(left[LEAD_IN:] - 1).max() < 0.005


@pytest.mark.parametrize(("gains", "lead_in"), [
    (PULSES["up and down"][:50], LEAD_IN),
    pytest.param(at_random(0, 260), LONG_LEAD_IN, marks=pytest.mark.long)],
    ids=["up and down", "at random"])
def test_a_moving_square_on_noise_keeps_its_light(gains, lead_in):
    """With pulsing of 5 %, as of the source alone."""
    steady, count = deflicker(), len(gains)
    for i, (_, image, _) in enumerate(moving_square(6, 2, count, (240, 160 + 7 * count))):
        result = steady.step(frame(image, i * RATE), lit(image, gains[i]))
        if i > lead_in:
            assert result.mean() / image.mean() == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_pulses_at_random_are_too(seed):
    left = gains_left(at_random(seed), deflicker())
    assert np.abs(left[LONG_LEAD_IN:] - 1).max() < 0.005
    steps = np.abs(np.diff(left[2 * LEAD_IN:]))
    assert steps.max() < 0.005, "from one picture to the next it holds sooner"


def test_half_the_strength_takes_out_half():
    pulses = PULSES["up and down"]
    left = gains_left(pulses, deflicker(0.5))[LEAD_IN:]
    assert np.abs(left - 1).max() == pytest.approx(0.025, abs=0.003)


def test_what_the_source_does_stays():
    """A fade, a sudden light and a flicker of its own, all drawn as they are."""
    rng, steady, image = np.random.default_rng(0), deflicker(), ground()
    for i in range(90):
        gain = (1 - i / 150) * (1.3 if i > 40 else 1) * (1 + rng.uniform(-0.05, 0.05))
        now = lit(image, gain)
        assert np.abs(steady.step(frame(now, i * RATE), now).astype(int) - now).max() <= 1


def test_a_look_that_turns_lighter_for_good_is_let_go():
    """The picture is never held back by more than the greatest gain, nor for long."""
    left = gains_left([1.0] * 60 + [1.4] * 60, deflicker())
    assert (left[60:] / 1.4 > np.exp(-0.151)).all()
    assert left[-1] / 1.4 > 0.97


@pytest.mark.parametrize("mode", ["off", "ema", "flow"])
def test_a_shot_starts_with_its_own_picture_and_a_flash_passes(mode):
    steady, image = stabilizer(Temporal(mode=mode, deflicker=1.0), 0.0), ground()
    for i in range(5):
        steady.step(frame(image, i * RATE), lit(image, 1 + 0.05 * (-1) ** i))
    bright = np.full_like(image, 240)
    before = steady.to_arrays()
    assert steady.step(frame(bright, 5 * RATE, flash=True), bright) is bright
    assert all(np.array_equal(before[name], array) for name, array in steady.to_arrays().items())
    lighter = lit(image, 1.05)
    assert np.array_equal(steady.step(frame(image, 6 * RATE, shot=1), lighter), lighter)


def test_black_pictures_stay_black():
    steady, black = deflicker(), np.zeros((20, 30, 3), np.uint8)
    for i in range(4):
        assert not steady.step(frame(black, i * RATE), black).any()


def test_the_frame_rate_changes_nothing_in_seconds():
    """A look turns lighter at once, and is let go as soon at 15 frames a second as at 60."""
    held = []
    for rate in (60, 30, 15):
        steady, image = deflicker(), ground(np.uint16)
        for i in range(4 * rate + 1):
            light = lit(image, 1.1 if i > 3 * rate else 1)
            result = steady.step(frame(image, Fraction(i, rate)), light)
        held.append(result.mean() / image.mean())
    assert np.ptp(held) < 0.02
