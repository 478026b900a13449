"""Laws of strength, mask and kept colors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import InvalidParameter
from stylizers.composite import mix, mix_plane, recolor
from tests.stylizers.stack import photo

law = settings(deadline=None)  # the first example compiles the kernels
WEIGHTS = st.floats(0, 1)
LUMA = np.array([0.2126, 0.7152, 0.0722])


@st.composite
def pairs(draw: st.DrawFn, channels: tuple[int, ...] = (3,)) -> tuple[np.ndarray, np.ndarray]:
    """Two pictures of one size and depth, read-only."""
    dtype = draw(st.sampled_from([np.uint8, np.uint16]))
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9))) + channels
    one, other = (draw(hnp.arrays(dtype, shape)) for _ in range(2))
    one.flags.writeable = other.flags.writeable = False
    return one, other


@st.composite
def masks(draw: st.DrawFn, shape: tuple[int, ...]) -> np.ndarray:
    kind = draw(st.sampled_from([np.uint8, np.float32, np.float64]))
    elements = None if kind == np.uint8 else st.floats(0, 1, width=32)
    return draw(hnp.arrays(kind, shape[:2], elements=elements))


def proportion(mask: np.ndarray, like: np.ndarray) -> np.ndarray:
    weight = mask / 255 if mask.dtype == np.uint8 else mask.astype(np.float64)
    return weight.reshape(weight.shape + (1,) * (like.ndim - 2))


@law
@given(pairs(), WEIGHTS)
def test_a_mean_is_rounded_to_the_nearest_code(pair: tuple[Any, Any], weight: float) -> None:
    below, above = pair
    exact = below + (above.astype(np.float64) - below) * weight
    mixed = mix(below, above, weight)
    assert mixed.dtype == below.dtype
    assert np.abs(mixed - exact).max() <= 0.5 + 1e-9


@law
@given(st.data(), st.sampled_from([(), (3,)]), WEIGHTS)
def test_a_mask_is_a_weight_for_every_pixel(data: st.DataObject, channels: tuple[int, ...],
                                            strength: float) -> None:
    below, above = data.draw(pairs(channels))
    mask = data.draw(masks(below.shape))
    weight = proportion(mask, below) * strength
    exact = below + (above.astype(np.float64) - below) * weight
    mixed = (mix if channels else mix_plane)(below, above, mask, strength)
    assert np.abs(mixed - exact).max() <= 0.5 + 1e-9


@law
@given(pairs())
def test_nothing_and_everything_are_exact(pair: tuple[Any, Any]) -> None:
    below, above = pair
    height, width = below.shape[:2]
    for dtype, full in ((np.uint8, 255), (np.float32, 1), (np.float64, 1), (np.bool_, True)):
        assert np.array_equal(mix(below, above, np.zeros((height, width), dtype)), below)
        assert np.array_equal(mix(below, above, np.full((height, width), full, dtype)), above)
    assert np.array_equal(mix(below, above, 0), below)
    assert np.array_equal(mix(below, above, 1.0), above)
    assert np.array_equal(mix(below, above, 1.0, 0.0), below)


@law
@given(pairs(), WEIGHTS)
def test_a_number_is_a_mask_of_one_value(pair: tuple[Any, Any], weight: float) -> None:
    below, above = pair
    mask = np.full(below.shape[:2], weight)
    assert np.array_equal(mix(below, above, mask), mix(below, above, weight))
    assert np.array_equal(mix(below, above, np.ones(mask.shape), weight),
                          mix(below, above, weight))


@law
@given(pairs(), WEIGHTS)
def test_a_plane_is_mixed_as_a_channel(pair: tuple[Any, Any], weight: float) -> None:
    below, above = pair
    assert np.array_equal(mix_plane(below[..., 1], above[..., 1], weight),
                          mix(below, above, weight)[..., 1])


@law
@given(pairs(), WEIGHTS)
def test_like_on_like_is_itself(pair: tuple[Any, Any], weight: float) -> None:
    assert np.array_equal(mix(pair[0], pair[0], weight), pair[0])
    assert np.array_equal(recolor(pair[0], pair[0]), pair[0])


@pytest.mark.parametrize("value", [np.nan, -3.0, -np.inf])
def test_no_weight_is_below_nothing(value: float) -> None:
    below, above = photo(8, 8), 255 - photo(8, 8)
    assert np.array_equal(mix(below, above, np.full((8, 8), value)), below)


def test_no_weight_is_above_everything() -> None:
    below, above = photo(8, 8), 255 - photo(8, 8)
    assert np.array_equal(mix(below, above, np.full((8, 8), 7.0)), above)


@law
@given(pairs())
def test_luma_of_one_and_color_of_the_other(pair: tuple[Any, Any]) -> None:
    styled, source = pair
    peak = np.iinfo(source.dtype).max
    luma = styled @ LUMA
    differences = source - (source @ LUMA)[..., None]
    # R and B from their differences to Y; G from what then is left of Y.
    red, blue = luma + differences[..., 0], luma + differences[..., 2]
    green = (luma - LUMA[0] * red - LUMA[2] * blue) / LUMA[1]
    exact = np.clip(np.stack([red, green, blue], axis=2), 0, peak)
    assert np.abs(recolor(styled, source) - exact).max() <= 0.5 + peak * 2e-6


def test_recolored_pictures_keep_the_drawing() -> None:
    source = photo() // 3 + 80
    styled = np.repeat(photo()[..., :1] // 4 + 90, 3, axis=2)
    picture = recolor(styled, source)
    assert np.abs(picture @ LUMA - styled @ LUMA).max() < 1


@pytest.mark.parametrize("other", [np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4, 3), np.uint16)])
def test_pictures_that_do_not_fit_are_refused(other: np.ndarray) -> None:
    for combine in (recolor, lambda one, two: mix(one, two, 0.5)):
        with pytest.raises(InvalidParameter):
            combine(np.zeros((4, 4, 3), np.uint8), other)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"The mask is 5 x 4, the picture 4 x 4\."):
        mix(np.zeros((4, 4, 3), np.uint8), np.ones((4, 4, 3), np.uint8),
            np.zeros((4, 5), np.uint8))
