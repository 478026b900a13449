import numpy as np
import pytest

from scripts.sample import RATE, SAMPLE_RATE, score
from scripts.sample.music import PEAK
from scripts.sample.shots import CUTS, FRAMES

BLOCK = SAMPLE_RATE // 100


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return score()


def test_it_is_as_long_as_the_pictures(sound: np.ndarray) -> None:
    assert sound.dtype == np.float32
    assert sound.shape == (2, FRAMES * SAMPLE_RATE / RATE)


def test_it_neither_clips_nor_whispers(sound: np.ndarray) -> None:
    assert np.abs(sound).max() == pytest.approx(PEAK)
    level = np.sqrt((sound[:, :8 * SAMPLE_RATE].reshape(2, 8, -1) ** 2).mean(axis=(0, 2)))
    assert (level > 0.08).all()


def test_it_has_no_direct_current(sound: np.ndarray) -> None:
    assert np.abs(sound.mean(axis=1)).max() < 1e-4


def test_nothing_clicks(sound: np.ndarray) -> None:
    """A click stands out in the second difference, far above its neighborhood."""
    bend = np.abs(np.diff(sound.astype(np.float64), n=2)).max(axis=0)[:-8 * BLOCK]
    peaks = bend[:bend.size // BLOCK * BLOCK].reshape(-1, BLOCK).max(axis=1)
    around = np.median(np.lib.stride_tricks.sliding_window_view(peaks, 9), axis=1)
    assert (peaks[4:-4] < 8 * around + 1e-3).all()


def test_it_starts_and_ends_in_silence(sound: np.ndarray) -> None:
    assert np.abs(sound[:, 0]).max() < 1e-3
    assert np.abs(sound[:, -BLOCK:]).max() < 1e-3


def test_it_is_stereo_and_centered(sound: np.ndarray) -> None:
    assert 0.3 < np.corrcoef(sound)[0, 1] < 0.95
    left, right = np.sqrt((sound ** 2).mean(axis=1))
    assert left == pytest.approx(right, rel=0.1)


@pytest.mark.parametrize("cut", CUTS)
def test_an_accent_falls_on_each_cut(sound: np.ndarray, cut: int) -> None:
    at = int(cut * SAMPLE_RATE / RATE)
    tenth = SAMPLE_RATE // 10
    before, after = (np.sqrt((part ** 2).mean())
                     for part in (sound[:, at - tenth:at], sound[:, at:at + tenth]))
    assert after > 1.3 * before


def test_the_same_sound_every_time(sound: np.ndarray) -> None:
    assert np.array_equal(sound, score())
