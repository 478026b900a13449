"""What is carried is forgotten in seconds, and learns nothing of a flash."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylizers import InkStylizer, OilStylizer, Stylizer, pace
from tests.stylizers.stack import frame_of, photo


@given(st.integers(1, 240), st.floats(0.01, 0.99))
def test_a_second_forgets_as_much_at_every_frame_rate(fps: int, alpha: float) -> None:
    assert pace.stays(Fraction(1, fps), alpha) ** fps == pytest.approx(
        pace.stays(Fraction(1), alpha), rel=1e-6)
    assert pace.stays(Fraction(1, 30), alpha) == pytest.approx(1 - alpha)


def test_time_that_goes_back_or_stands_still_changes_nothing() -> None:
    assert pace.stays(Fraction(0)) == pace.stays(Fraction(-1, 30)) == 1
    assert pace.stays(Fraction(0), 1.0) == 0


@pytest.mark.parametrize("look", [InkStylizer(), OilStylizer()])
def test_a_flash_teaches_nothing(look: Stylizer[Any]) -> None:
    before = look.analyze(frame_of(photo()), None)
    bright = dataclasses.replace(frame_of(photo() // 2 + 127), pts=1)
    learned, flash = (look.analyze(dataclasses.replace(bright, flash=lit), before)
                      for lit in (False, True))
    for name in {"tensor", "mean"} & before.to_arrays().keys():
        carried = before.to_arrays()[name]
        assert np.allclose(flash.to_arrays()[name], carried, rtol=1e-6, atol=1e-9)
        assert not np.allclose(learned.to_arrays()[name], carried, rtol=1e-3, atol=1e-6)
