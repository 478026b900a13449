"""The moving average: against its plain twin, and on clips whose right answer is known."""

import io
import math
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.temporal import Ema, Off, Temporal, stabilizer
from core.temporal.gate import kept_around
from stylizers.frame import Frame

RATE = Fraction(1, 30)
DEPTHS = [np.uint8, np.uint16]


def frame(image, time=Fraction(0), shot=0):
    image.flags.writeable = False
    return Frame(image, pts=time.numerator, duration=1, time_base=Fraction(1, time.denominator),
                 shot=shot, index=0)


def ema(alpha=0.3, support=0.0):
    return stabilizer(Temporal(mode="ema", alpha=alpha), support)


def picture(seed, shape=(24, 33), dtype=np.uint8):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, (*shape, 3), dtype=dtype,
                                                endpoint=True)


def flat(value, shape=(24, 33), dtype=np.uint8):
    return np.full((*shape, 3), value, dtype)


class Twin:
    """The same average written plainly, in float64."""

    def __init__(self, alpha, support):
        self.alpha, self.support, self.past = alpha, support, None

    def step(self, frame, styled):
        top = np.iinfo(styled.dtype).max
        source, target = frame.image / top, styled / top
        if self.past is None or self.past[3] != frame.shot:
            state = target
        else:
            before, styled_before, time, _, state = self.past
            share = 1 - (1 - self.alpha) ** (30 * float(frame.time - time))
            dead = 2 * 3 * 2 / 255**2
            change = np.maximum(((source - before) ** 2).sum(2),
                                ((target - styled_before) ** 2).sum(2))
            near = bell(np.maximum(change - dead, 0))
            keep = (1 - share) * np.minimum(near, self.far(frame, source - before))[..., None]
            state = target + keep * (state - target)
        self.past = source, target, frame.time, frame.shot, state
        return state * top

    def far(self, frame, change):
        height, width = change.shape[:2]
        if not self.support:
            return np.ones((height, width))
        blocks = [[change[y:y + 8, x:x + 8] for x in range(0, width, 8)]
                  for y in range(0, height, 8)]
        square = 3 * np.array([[(block**2).mean() for block in row] for row in blocks])
        spread = 3 * np.array([[block.var() for block in row] for row in blocks])
        noise = np.sort(spread.ravel())[(spread.size - 1) // 4]
        alone = bell(np.maximum(square - 2 * min(noise, 3 * 2 * (3 / 255) ** 2), 0))
        columns, rows = (math.ceil(self.support * scale / 8) + 1 for scale in frame.scale)
        least = np.array([[alone[max(y - rows, 0):y + rows + 1,
                                 max(x - columns, 0):x + columns + 1].min()
                           for x in range(alone.shape[1])] for y in range(alone.shape[0])])
        edged = np.pad(least, 1, mode="edge")
        smooth = sum(edged[y:y + least.shape[0], x:x + least.shape[1]]
                     for y in range(3) for x in range(3)) / 9
        return smooth.repeat(8, 0).repeat(8, 1)[:height, :width]


def bell(change):
    return np.maximum(1 - change / (2 * 0.03**2) / 16, 0) ** 16


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (40, 57), (64, 96)])
@pytest.mark.parametrize("support", [0.0, 150.0])
def test_it_is_its_plain_twin(dtype, shape, support):
    """Something of every size of change, and irregular times."""
    rng = np.random.default_rng(shape)
    top = np.iinfo(dtype).max
    fast, plain = ema(support=support), Twin(0.3, support)
    image, styled, time = picture(0, shape, dtype), picture(1, shape, dtype), Fraction(0)
    for i in range(12):
        size = top * rng.choice([0, 0.004, 0.02, 0.5])
        spot = rng.random((*shape, 1)) < 0.3
        image, styled = ((old + spot * rng.normal(0, size, old.shape)).clip(0, top).astype(dtype)
                         for old in (image, styled))
        now = frame(image, time, shot=i // 8)
        result, expected = fast.step(now, styled), plain.step(now, styled)
        assert result.dtype == dtype and result.shape == styled.shape
        assert np.abs(result - expected).max() <= 0.5 + top * 1e-4
        time += Fraction(int(rng.integers(1, 90)), 1000)


def dodged(image, sigma):
    """A pencil drawing in the plain way: grey over its own blur, which ends at 3 sigmas."""
    grey = image.mean(2, dtype=np.float32)
    size = 2 * math.ceil(3 * sigma) + 1
    quotient = grey / (cv2.GaussianBlur(grey, (size, size), sigma) + 1)
    return np.repeat((quotient * 220).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def trail(support, noise):
    """Largest mean trail, in 8-bit codes, where a square's shading has just been and is no more.

    A square moves over a grey ground, and the same is rendered without it. Both are equal beyond
    the reach of the look, so whatever differs there is a trail. Averages go down its columns.
    """
    side, step, sigma, count = 60, 5, 5.0, 30
    rng = np.random.default_rng(0)
    moving, still, worst = ema(support=support), ema(support=support), 0.0
    for i in range(count):
        ground = np.clip(150 + rng.normal(0, noise, (180, 320, 3)), 0, 255).astype(np.uint8)
        image = ground.copy()
        left = 10 + i * step
        image[60:60 + side, left:left + side] //= 4
        now, empty = frame(image, i * RATE), frame(ground, i * RATE)
        with_square = moving.step(now, dodged(image, sigma)).astype(np.float32)
        without = still.step(empty, dodged(ground, sigma)).astype(np.float32)
        behind = slice(max(left - 60, 0), max(left - math.ceil(3 * sigma), 0))
        if i > 10:
            columns = (with_square - without)[50:70 + side, behind].mean((0, 2))
            worst = max(worst, float(np.abs(columns).max()))
    return worst


def test_nothing_trails_behind_a_moving_square():
    reach = 15 * 1080 / 180
    assert trail(0, noise=0) > 1.5, "the clip shows no trail even without the look's reach"
    assert trail(reach, noise=0) == 0
    assert trail(reach, noise=2) < 1


def test_the_gate_opens_as_far_as_the_look_reaches():
    """30 columns and 10 rows around the block: 4 and 2 blocks whole, and none beyond 6 and 4."""
    before = flat(100, (160, 240))
    now = before.copy()
    now[80:88, 120:128] = 140
    kept = kept_around(now.reshape(160, -1), before.reshape(160, -1), (30.0, 10.0))
    assert kept.shape == (20, 30)
    assert (kept[8:13, 11:20] == 0).all()
    beyond = kept.copy()
    beyond[6:15, 9:22] = 1
    assert np.abs(beyond - 1).max() < 1e-6


def test_noise_does_not_open_the_gate_however_far_the_look_reaches():
    rng = np.random.default_rng(0)
    now, before = (np.clip(128 + rng.normal(0, 3, (240, 720)), 0, 255).astype(np.uint8)
                   for _ in range(2))
    assert kept_around(now, before, (100.0, 100.0)).min() > 0.98


@pytest.mark.parametrize("dtype", DEPTHS)
def test_a_shot_starts_with_its_own_picture(dtype):
    """Bit for bit, though only a trifle has changed, on which the gate stays shut."""
    trifle = np.iinfo(dtype).max // 255
    first, second, third = (picture(1, dtype=dtype) // 2 + i * trifle for i in range(3))
    steady, gray = ema(), flat(100, dtype=dtype)
    assert np.array_equal(steady.step(frame(gray), first), first)
    assert (steady.step(frame(gray, 1 * RATE), second) < second).all()
    assert np.array_equal(steady.step(frame(gray, 2 * RATE, shot=1), third), third)
    assert np.array_equal(steady.step(frame(gray, 3 * RATE, shot=1), third), third)


def test_a_flash_leaves_nothing_behind():
    steady, calm, flash = ema(support=50.0), picture(0) // 2, flat(255)
    for i in range(10):
        styled = flash if i == 5 else calm
        assert np.array_equal(steady.step(frame(styled.copy(), i * RATE), styled), styled)


@pytest.mark.parametrize("dtype", DEPTHS)
def test_a_fade_goes_on_without_a_start(dtype):
    """It lags, by less than d (1 - a) / a for d a frame, and never turns back."""
    unit = np.iinfo(dtype).max // 255
    steady, last = ema(support=50.0), None
    for i in range(60):
        styled = flat((200 - 2 * i) * unit, dtype=dtype)
        result = steady.step(frame(styled, i * RATE), styled)
        lag = (result.astype(np.float64) - styled) / unit
        assert (lag <= 2 * 0.7 / 0.3 + 0.5).all()
        if i:
            assert (lag > 0).all() and (result < last).all()
        last = result


def test_a_dissolve_goes_on_without_a_start():
    first, second = picture(0) // 4 + 90, picture(1) // 4 + 90
    steady, lagged = ema(support=50.0), 0
    for i in range(41):
        share = min(i, 30) / 30
        styled = np.rint(first * (1 - share) + second * share).astype(np.uint8)
        lag = np.abs(steady.step(frame(styled, i * RATE), styled).astype(int) - styled)
        assert lag.max() <= 64 / 30 * 0.7 / 0.3 + 1
        lagged += lag.any()
    assert lagged > 25
    assert not lag.any()


def residue(times):
    """What is left at the last of `times` of a step at 0, too small for the gate: a share."""
    steady = ema()
    steady.step(frame(flat(30000, dtype=np.uint16), Fraction(0)), flat(30000, dtype=np.uint16))
    for time in times:
        steady.step(frame(flat(30200, dtype=np.uint16), time), flat(30200, dtype=np.uint16))
    return (30200 - steady.to_arrays()["state"].mean()) / 200


@pytest.mark.parametrize("steps", [[1, 1, 1, 1, 1, 1], [2, 2, 2], [6], [1, 2, 3], [4, 1, 1]])
def test_trails_are_as_long_in_seconds_at_any_frame_rate(steps):
    """Over a tenth of a second at 60, 30 and 10 frames a second, and at varying ones."""
    times = [sum(steps[:i + 1]) * Fraction(1, 60) for i in range(len(steps))]
    assert residue(times) == pytest.approx(0.7**3, rel=1e-3)


def test_time_that_stands_still_moves_nothing():
    assert residue([Fraction(0), Fraction(0)]) == 1


@pytest.mark.parametrize(("alpha", "codes"), [(0.1, 0.7), (0.3, 1.0), (0.7, 1.0)])
def test_noise_is_averaged_as_theory_has_it(alpha, codes):
    """Noise of up to one 8-bit code leaves the gate shut: variance falls to a / (2 - a)."""
    rng, steady, variances = np.random.default_rng(1), ema(alpha, support=200.0), []
    for i in range(100):
        styled = np.rint(30000 + rng.normal(0, 257 * codes, (64, 64, 3))).astype(np.uint16)
        result = steady.step(frame(styled, i * RATE), styled)
        if i >= 40:
            variances.append(result.var() / (257 * codes)**2)
    assert np.mean(variances) == pytest.approx(alpha / (2 - alpha), rel=0.05)


@pytest.mark.parametrize("dtype", DEPTHS)
def test_the_state_does_not_stick(dtype):
    """A change of one code arrives, though each step towards it is a fiftieth."""
    steady = ema(alpha=0.02)
    steady.step(frame(flat(100, dtype=dtype)), flat(100, dtype=dtype))
    for i in range(1, 60):
        result = steady.step(frame(flat(100, dtype=dtype), i * RATE), flat(101, dtype=dtype))
    assert (result == 101).all()


@pytest.mark.parametrize("dtype", DEPTHS)
def test_alpha_one_is_off(dtype):
    steady = ema(alpha=1.0)
    for i in range(5):
        styled = picture(i, dtype=dtype)
        gray = frame(flat(100, dtype=dtype), i * RATE)
        assert np.array_equal(steady.step(gray, styled), styled)


def test_another_size_starts_afresh():
    steady = ema()
    steady.step(frame(picture(0)), picture(1))
    assert np.array_equal(steady.step(frame(picture(0, (9, 5)), RATE), picture(2, (9, 5))),
                          picture(2, (9, 5)))


def test_nothing_handed_in_is_written_to():
    """Nor does its layout matter: the second stabilizer is given views that run backwards."""
    plain, turned = ema(support=50.0), ema(support=50.0)
    for i in range(3):
        image, styled = picture(0) // 64 + i, picture(1) // 64 + 3 * i
        image.flags.writeable = styled.flags.writeable = False
        backwards = image[::-1].copy()[::-1], styled[:, ::-1].copy()[:, ::-1]
        expected = plain.step(frame(image, i * RATE), styled)
        assert np.array_equal(turned.step(frame(backwards[0], i * RATE), backwards[1]), expected)
        assert np.array_equal(backwards[1], styled)
        assert expected.flags.c_contiguous


@given(st.integers(0, 6), st.sampled_from(DEPTHS), st.tuples(st.integers(1, 20),
       st.integers(1, 20)), st.sampled_from([0.0, 300.0]), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_restored_stabilizer_goes_on_as_before(stop, dtype, shape, support, seed):
    rng = np.random.default_rng(seed)
    unit = np.iinfo(dtype).max // 255
    clip = [(frame((rng.integers(100, 104, (*shape, 3)) * unit).astype(dtype),
                   Fraction(int(rng.integers(30 * i, 30 * i + 30)), 1001), shot=i // 4),
             (rng.integers(100, 110, (*shape, 3)) * unit).astype(dtype)) for i in range(7)]
    steady = ema(support=support)
    for now, styled in clip[:stop]:
        steady.step(now, styled)
    file = io.BytesIO()
    np.savez(file, **steady.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        restored = stabilizer(Temporal(mode="ema"), support, arrays)
    for now, styled in clip[stop:]:
        assert np.array_equal(restored.step(now, styled), steady.step(now, styled))
    ours, theirs = steady.to_arrays(), restored.to_arrays()
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_saved_arrays_are_not_written_to_afterwards():
    steady = ema()
    steady.step(frame(flat(100)), flat(100))
    saved = steady.to_arrays()
    steady.step(frame(flat(100), RATE), flat(101))
    assert (saved["state"] == 100).all()


def test_off_hands_everything_through():
    off = stabilizer(Temporal(), 50.0)
    styled = picture(1)
    assert isinstance(off, Off)
    assert off.step(frame(picture(0)), styled) is styled
    assert off.to_arrays() == {}


def test_ema_is_what_ema_asks_for():
    assert isinstance(ema(), Ema)


@given(st.builds(Temporal, mode=st.sampled_from(["off", "ema"]),
                 alpha=st.floats(0, 1, exclude_min=True)))
def test_settings_survive_json(value):
    assert Temporal.model_validate_json(value.model_dump_json()) == value


@pytest.mark.parametrize("values", [{"mode": "median"}, {"alpha": 0}, {"alpha": 1.01},
                                    {"alpha": math.nan}, {"alfa": 0.3}])
def test_settings_refuse_what_makes_no_sense(values):
    with pytest.raises(ValidationError):
        Temporal(**values)


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Temporal().alpha = 0.5
