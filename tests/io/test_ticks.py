"""Clocks finer than MP4 and MOV can count in."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import Film, times_of
from tests.io.test_packetwriter import rendered

NANO = Fraction(1, 10**9)


def _film(path: Path, *seconds: str) -> Path:
    return Film(frames=len(seconds), codec="ffv1", time_base=NANO, pts=[
        int(Fraction(time) * 10**9) for time in seconds]).write(path)


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "webm"])
def test_long_pictures_on_a_clock_of_nanoseconds_keep_their_times(container: str, tmp_path: Path
                                                                  ) -> None:
    source = _film(tmp_path / "a.nut", "0", "5", "5.04", "9")
    result = rendered(source, tmp_path / f"b.{container}")
    assert times_of(result.path) == [0, 5, Fraction("5.04"), 9]
    assert not [said for said in result.warnings if "rounded" in said]


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_times_that_no_clock_holds_are_rounded_and_that_is_said(container: str, tmp_path: Path
                                                                ) -> None:
    source = _film(tmp_path / "a.nut", "0", "5.000000001", "5.000000002", "12.123456789")
    result = rendered(source, tmp_path / f"b.{container}")
    apart = [abs(one - other) for one, other in
             zip(times_of(source), times_of(result.path), strict=True)]
    assert 0 < max(apart) <= Fraction(2, 10**8)
    assert all(one < other for one, other in itertools.pairwise(times_of(result.path)))
    assert [said for said in result.warnings if "rounded to 1/100000000 s" in said]
