"""Fades are found where they begin and end, and nothing else is taken for one."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from core.scenes.fades import Level, fades_in

RATE = Fraction(1, 25)


def scene(seed: int) -> np.ndarray:
    patches = np.random.default_rng(seed).integers(0, 256, (5, 9, 3), dtype=np.uint8)
    return cv2.resize(patches, (80, 45), interpolation=cv2.INTER_LINEAR)


def film(levels: list[float], color: int, *, cuts: tuple[int, ...] = (),
         flashes: tuple[int, ...] = (), rate: Fraction = RATE) -> list[Level]:
    """A still picture, noisy as a camera's, shown so strongly over black or white."""
    chance, still = np.random.default_rng(3), scene(4).astype(float)
    shown = []
    for number, level in enumerate(levels):
        picture = color + (still - color) * level + chance.normal(0, 1, still.shape)
        small = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        shown.append(Level.of(small, number * rate, cut=number in cuts, flash=number in flashes))
    return shown


def ramp(count: int) -> list[float]:
    return [n / count for n in range(1, count + 1)]


@pytest.mark.parametrize(("color", "name"), [(0, "black"), (255, "white")])
@pytest.mark.parametrize("count", [6, 25, 100])
def test_a_fade_out_and_one_in_are_found(color: int, name: str, count: int) -> None:
    levels = [1.0] * 60 + ramp(count)[::-1] + [0.0] * 20 + ramp(count) + [1.0] * 60
    out, into = fades_in(film(levels, color))
    assert (out.kind, out.color, into.kind, into.color) == ("out", name, "in", name)
    # The last steps are too faint to be told from the end, at either side.
    slack = RATE * max(2, count // 12)
    for found, expected in ((out.start, 60), (out.end, 60 + count), (into.start, 79 + count),
                            (into.end, 79 + 2 * count)):
        assert abs(found - expected * RATE) <= slack


@pytest.mark.parametrize("levels", [
    [1.0] * 50, [1.0] * 20 + [0.0] * 20 + [1.0] * 20, [0.0] * 50, [1.0] * 20 + [0.4] * 20,
    [1.0] * 20 + [0.5, 0.0, 0.0, 0.5] + [1.0] * 20], ids=str)
def test_what_is_none_is_not_found(levels: list[float]) -> None:
    cuts = tuple(n for n in range(1, len(levels)) if abs(levels[n] - levels[n - 1]) == 1)
    assert fades_in(film(levels, 0, cuts=cuts)) == []


def test_a_shot_that_comes_by_a_cut_out_of_black_fades_out_only() -> None:
    levels = [1.0] * 30 + ramp(20)[::-1] + [0.0] * 10 + [0.5 + 0.5 * part for part in ramp(20)]
    assert [fade.kind for fade in fades_in(film(levels, 0, cuts=(60,)))] == ["out"]


def test_a_shot_may_begin_with_the_black_that_another_faded_to() -> None:
    levels = [1.0] * 30 + ramp(20)[::-1] + [0.0] * 10
    assert [fade.kind for fade in fades_in(film(levels, 0, cuts=(50,)))] == ["out"]


def test_a_flash_of_white_is_no_fade() -> None:
    levels = [1.0] * 20 + [0.7, 0.4, 0.2, 0.0, 0.2, 0.4, 0.7] + [1.0] * 20
    assert len(fades_in(film(levels, 255))) == 2
    assert fades_in(film(levels, 255, flashes=tuple(range(20, 27)))) == []


def test_a_fade_is_measured_in_time() -> None:
    levels = [1.0] * 20 + ramp(6)[::-1] + [0.0] * 9
    assert len(fades_in(film(levels, 0, rate=Fraction(1, 24)))) == 1
    assert fades_in(film(levels, 0, rate=Fraction(1, 120))) == []


def test_no_frames_have_no_fades() -> None:
    assert fades_in([]) == []
