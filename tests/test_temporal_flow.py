"""The average along motion: its kernel against a plain twin, and clips of known right answers."""

import io
from fractions import Fraction

import cv2
import numpy as np
import pytest

from core.temporal import Flow, Temporal, stabilizer
from core.temporal.carry import CELL, SPAN, carry
from core.temporal.motion import Finder, Reduced
from stylizers import IdentityStylizer, PencilStylizer
from stylizers.steadying import TONES, Steadying
from tests.temporal_clips import RATE, codes, frame, gliding, texture, trail

DEPTHS = [np.uint8, np.uint16]


def flow(alpha=0.3, support=0.0, steadying=TONES):
    return stabilizer(Temporal(mode="flow", alpha=alpha), support, steadying=steadying)


def still(seed=0, shape=(90, 120), dtype=np.uint8):
    return codes(128 + texture(seed, shape, 20)).astype(dtype) * dtype(np.iinfo(dtype).max // 255)


def cubic(past, y, x, v, u):
    """Catmull-Rom at (y + v, x + u), the edge repeated; written plainly."""
    height, width = past.shape[:2]
    total = np.zeros(3)
    top, left = int(np.floor(v)), int(np.floor(u))
    for j in range(4):
        for i in range(4):
            row = min(max(y + top + j - 1, 0), height - 1)
            column = min(max(x + left + i - 1, 0), width - 1)
            total += weight(v - top - j + 1) * weight(u - left - i + 1) * past[row, column]
    return total


def weight(t):
    t = abs(t)
    if t < 1:
        return 1.5 * t**3 - 2.5 * t**2 + 1
    return -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0.0


def plainly_carried(past, styled, motion, keep, spread, slack, give):
    """`carry` pixel by pixel, in float64."""
    height, width = styled.shape[:2]
    edged = np.pad(styled.astype(float), ((1, 1), (1, 1), (0, 0)), mode="edge")
    result = np.empty(styled.shape)
    for y in range(height):
        for x in range(width):
            u, v = motion[y // CELL, x // CELL].astype(float)
            k = enlarged(keep, y, x)
            s = styled[y, x].astype(float)
            about = edged[y:y + 3, x:x + 3].reshape(9, 3)
            apart = [np.maximum(abs(about[i] - s), abs(about[8 - i] - s)) for i in range(4)]
            reach = spread * np.min(apart, axis=0) + (slack + give * np.max(apart, axis=0)) * k**4
            result[y, x] = s + k * np.clip(cubic(past, y, x, v, u) - s, -reach, reach)
    return result.clip(0, np.iinfo(styled.dtype).max)


def enlarged(cells, y, x):
    """Linear between the centers of cells, the edge repeated."""
    places = [np.clip((at + 0.5) / CELL - 0.5, 0, size - 1)
              for at, size in zip((y, x), cells.shape, strict=True)]
    low = [int(place) for place in places]
    high = [min(at + 1, size - 1) for at, size in zip(low, cells.shape, strict=True)]
    b, a = (place - at for place, at in zip(places, low, strict=True))
    return ((1 - b) * ((1 - a) * cells[low[0], low[1]] + a * cells[low[0], high[1]])
            + b * ((1 - a) * cells[high[0], low[1]] + a * cells[high[0], high[1]]))


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("give", [0.0, 0.3])
@pytest.mark.parametrize("shape", [(1, 1), (3, 9), (17, 30), (24, 64)])
def test_carrying_is_its_plain_twin(dtype, shape, give):
    rng = np.random.default_rng(shape)
    top = np.iinfo(dtype).max
    past = (rng.random((*shape, 3)) * top).astype(np.float32)
    styled = rng.integers(0, top, (*shape, 3), dtype=dtype, endpoint=True)
    cells = tuple(-(-size // CELL) for size in shape)
    motion = rng.normal(0, 4, (*cells, 2)).astype(np.float32)
    motion[rng.random(cells) < 0.3] = 0
    keep = rng.random(cells).astype(np.float32)
    rows = (shape[0], 3 * shape[1])
    state, picture = np.empty(rows, np.float32), np.empty(rows, dtype)
    carry(past.reshape(rows), styled.reshape(rows), motion, keep, np.float32(1.5),
          np.float32(0.04 * top), np.float32(give), SPAN, state, picture)
    expected = plainly_carried(past, styled, motion, keep, 1.5, 0.04 * top, give).reshape(rows)
    assert np.abs(state - expected).max() <= 1e-4 * top
    assert np.abs(picture - expected).max() <= 0.5 + 1e-4 * top


GROUNDS = [(0, 0), (12, 0), (12, 2), (0, 2)]
"""Contrast of the ground and noise over it."""


@pytest.mark.parametrize(("look", "contrast", "noise"), [
    (IdentityStylizer(), 12, 2), (PencilStylizer(), 12, 2), (PencilStylizer(), 0, 0),
    *(pytest.param(IdentityStylizer(), *ground, marks=pytest.mark.long)
      for ground in GROUNDS if ground != (12, 2)),
    *(pytest.param(PencilStylizer(), *ground, marks=pytest.mark.long)
      for ground in GROUNDS if ground not in ((12, 2), (0, 0)))],
    ids=lambda it: getattr(it, "name", None))
@pytest.mark.parametrize("mode", ["ema", "flow"])
def test_nothing_trails_behind_a_moving_square(look, contrast, noise, mode):
    assert trail(look, mode, contrast, noise) < 2


def test_a_gliding_texture_is_followed():
    """Noise laid over each picture anew is averaged though the texture moves under it."""
    rng, steady, errors = np.random.default_rng(0), flow(), []
    for i in range(16):
        image = gliding(0, 2.3 * i)
        styled = codes(image + rng.normal(0, 4, image.shape))
        result = steady.step(frame(image, i * RATE), styled)
        if i > 8:
            inner = np.s_[20:-20, 20:-20]
            errors.append([((one[inner].astype(float) - image[inner])**2).mean()
                           for one in (styled, result)])
    before, after = np.mean(errors, axis=0)
    assert after < 0.5 * before


@pytest.mark.parametrize("dtype", DEPTHS)
def test_noise_in_still_places_is_averaged_as_theory_has_it(dtype):
    """Variance falls to a / (2 - a) where a is the share of the new picture."""
    rng, steady, variances = np.random.default_rng(0), flow(), []
    unit = np.iinfo(dtype).max // 255
    ground = 128 + texture(0, (90, 120), 20)
    for i in range(40):
        image = np.clip(np.rint((ground + rng.normal(0, 1, ground.shape)) * unit), 0,
                        255 * unit).astype(dtype)
        result = steady.step(frame(image, i * RATE), image)
        if i > 15:
            exact = steady.to_arrays()["state"].reshape(image.shape) / unit
            variances.append((exact - ground).var() / (1 + 1 / 12 / unit**2))
            assert np.abs(result / unit - exact).max() <= 0.51
    assert np.mean(variances) == pytest.approx(0.3 / 1.7, rel=0.05)


@pytest.mark.parametrize("dtype", DEPTHS)
def test_a_shot_starts_with_its_own_picture(dtype):
    steady, image = flow(), still(dtype=dtype)
    brighter = (image + np.iinfo(dtype).max // 255).astype(dtype)
    assert np.array_equal(steady.step(frame(image), image), image)
    assert not np.array_equal(steady.step(frame(image, RATE), brighter), brighter)
    assert np.array_equal(steady.step(frame(image, 2 * RATE, shot=1), image), image)


def test_a_cut_that_nobody_marked_starts_afresh():
    steady, first, second = flow(), still(0), still(1)[:, ::-1].copy()
    steady.step(frame(first), first)
    assert np.array_equal(steady.step(frame(second, RATE), second), second)


@pytest.mark.parametrize("mode", ["ema", "flow"])
def test_what_was_before_a_flash_is_kept_through_it(mode):
    steady, image = stabilizer(Temporal(mode=mode), 0.0), still()
    brighter, flash = image + 2, np.full_like(image, 250)
    steady.step(frame(image), image)
    before = steady.to_arrays()
    assert steady.step(frame(flash, RATE, flash=True), flash) is flash
    after = steady.to_arrays()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    result = steady.step(frame(image, 2 * RATE), brighter)
    assert (result < brighter).mean() > 0.9


def fade_lags(amount, steadying=TONES):
    """By how many codes each picture of a fade by `amount` a picture is behind, on average."""
    steady, lags = flow(support=70.0, steadying=steadying), []
    base = 130 + texture(0, (90, 120), 20)
    for i in range(20):
        image = codes(base + amount * i)
        result = steady.step(frame(image, i * RATE), image)
        lags.append((result.astype(float) - image).mean() * -np.sign(amount))
    return lags


@pytest.mark.parametrize("amount", [-3, -1, 1, 3])
def test_a_fade_lags_by_less_than_two_codes(amount):
    """And never starts afresh. The first picture of it cannot be told from a pulse."""
    lags = fade_lags(amount)
    assert max(lags[5:]) < 2
    assert min(lags[1:]) > 0


def test_a_fade_would_lag_further_but_for_the_bound():
    assert max(fade_lags(3, Steadying(lag=1e6))[5:]) > 4


@pytest.mark.parametrize("steps", [[1, 1, 1, 1], [2, 2], [4], [1, 3]])
def test_trails_are_as_long_in_seconds_at_any_frame_rate(steps):
    """A quarter of a code, too little to count as a creep, after four 30ths of a second."""
    steady, time = flow(), Fraction(0)
    image = still(dtype=np.uint16)
    steady.step(frame(image), image)
    for step in steps:
        time += step * RATE
        steady.step(frame(image, time), image + np.uint16(64))
    left = (image + 64.0 - steady.to_arrays()["state"].reshape(image.shape)).mean() / 64
    assert left == pytest.approx(0.7**4, rel=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (5, 40), (20, 20), (77, 101)])
@pytest.mark.parametrize("dtype", DEPTHS)
def test_any_size_comes_out_as_it_went_in(shape, dtype):
    steady, image = flow(support=70.0), still(shape=shape, dtype=dtype)
    for i in range(3):
        result = steady.step(frame(image, i * RATE), image)
        assert np.array_equal(result, image)
        assert result.dtype == dtype


def test_another_size_starts_afresh():
    steady, large, small = flow(), still(), still(shape=(40, 50))
    steady.step(frame(large), large)
    assert np.array_equal(steady.step(frame(small, RATE), small), small)


def clip(dtype=np.uint8, count=8):
    """Motion, a cut, a flash, noise and irregular times."""
    rng, time = np.random.default_rng(0), Fraction(0)
    unit = np.iinfo(dtype).max // 255
    for i in range(count):
        image = gliding(i // 5, 1.7 * i, (120, 160)).astype(dtype) * dtype(unit)
        noise = rng.integers(0, 4 * unit, image.shape)
        styled = np.minimum(image + noise, np.iinfo(dtype).max).astype(dtype)
        yield frame(image, time, shot=i // 5, flash=i == 3), styled
        time += Fraction(int(rng.integers(1, 90)), 1000)


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("stop", range(8))
def test_a_restored_stabilizer_goes_on_bit_for_bit(stop, dtype):
    settings = Temporal(mode="flow", deflicker=0.5)
    whole = stabilizer(settings, 70.0)
    expected = [whole.step(now, styled) for now, styled in clip(dtype)]
    first = stabilizer(settings, 70.0)
    pictures = list(clip(dtype))
    for now, styled in pictures[:stop]:
        first.step(now, styled)
    file = io.BytesIO()
    np.savez(file, **first.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        second = stabilizer(settings, 70.0, arrays)
    for (now, styled), picture in zip(pictures[stop:], expected[stop:], strict=True):
        assert np.array_equal(second.step(now, styled), picture)


def test_saved_arrays_are_not_written_to_afterwards():
    steady, image = flow(), still()
    steady.step(frame(image), image)
    steady.step(frame(image, RATE), image)
    saved = {name: array.copy() for name, array in steady.to_arrays().items()}
    kept = steady.to_arrays()
    for i in range(2, 5):
        steady.step(frame(image, i * RATE), image + 1)
    assert all(np.array_equal(saved[name], kept[name]) for name in saved)


def test_the_number_of_threads_changes_nothing():
    before, results = cv2.getNumThreads(), []
    try:
        for threads in (1, 2, 4):
            cv2.setNumThreads(threads)
            steady = flow(support=70.0)
            results.append([steady.step(now, styled) for now, styled in clip(count=5)])
    finally:
        cv2.setNumThreads(before)
    for other in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))


def test_both_depths_are_steadied_alike():
    eight, sixteen = flow(support=70.0), flow(support=70.0)
    for now, styled in clip(count=5):
        deep = frame(now.image.astype(np.uint16) * 257, now.time, now.shot, now.flash)
        low = eight.step(now, styled)
        high = sixteen.step(deep, styled.astype(np.uint16) * 257)
        assert np.abs(high / 257 - low).max() <= 1


def test_nothing_handed_in_is_written_to():
    steady = flow(support=70.0)
    for now, styled in clip():
        styled.flags.writeable = False
        image, drawn = now.image.copy(), styled.copy()
        steady.step(now, styled)
        assert np.array_equal(now.image, image)
        assert np.array_equal(styled, drawn)


def test_motion_leads_to_where_things_were():
    now, before = (Reduced.of(image, image, (0.0, 0.0)).gray
                   for image in (gliding(0, 4.5), gliding(0, 0)))
    backward, forward = Finder().find(now, before)
    inner = np.s_[30:-30, 30:-30]
    assert np.abs(backward[inner] - (-4.5, 0)).max() < 0.3
    assert np.abs(forward[inner] - (4.5, 0)).max() < 0.3


def test_flow_is_what_flow_asks_for():
    assert isinstance(flow(), Flow)
