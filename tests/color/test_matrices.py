"""Kernels against the equations of H.273 on random codes, and the levels everybody knows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.color import ColorSpaceManager, ColorTags, Matrix, PixelLayout, Range
from core.color.matrices import decode_matrix, encode_matrix, luma_weights
from tests.color import oracle

ROUNDING = 0.5 + 1e-2
"""Half a level or code, and what float32 adds at 16 bits."""
SHAPE = 3, 7


def manager(bits: int, matrix: int, code_range: int, shape: tuple = SHAPE) -> ColorSpaceManager:
    tags = ColorTags(matrix=matrix, range=code_range)
    return ColorSpaceManager(PixelLayout("yuv", bits), tags, shape[1], shape[0])


@st.composite
def code_planes(draw) -> tuple:
    bits = draw(st.sampled_from([8, 10, 12, 14, 16]))
    dtype, top = np.uint8 if bits == 8 else np.uint16, (1 << bits) - 1
    codes = st.integers(0, top) | st.sampled_from([0, top, 1 << (bits - 1)])
    planes = tuple(draw(arrays(dtype, SHAPE, elements=codes)) for _ in range(3))
    return bits, planes


@settings(deadline=None, max_examples=150)
@given(code_planes(), st.sampled_from(oracle.MATRICES), st.sampled_from(oracle.RANGES))
def test_decoding_follows_the_equations(drawn, matrix, code_range):
    bits, planes = drawn
    picture = manager(bits, matrix, code_range).to_rgb(planes)
    expected = oracle.decode(planes, bits, matrix, code_range)
    peak = 255 if bits == 8 else 65535
    assert np.abs(picture.image - np.clip(expected, 0, 1) * peak).max() <= ROUNDING
    assert picture.clipped in oracle.clipped(expected, peak)


@settings(deadline=None, max_examples=150)
@given(code_planes(), st.sampled_from(oracle.MATRICES), st.sampled_from(oracle.RANGES))
def test_encoding_follows_the_equations(drawn, matrix, code_range):
    bits, planes = drawn
    peak = 255 if bits == 8 else 65535
    rgb = np.stack(planes, -1) * np.array(peak // ((1 << bits) - 1), planes[0].dtype)
    codes = manager(bits, matrix, code_range).to_planes(rgb)
    for plane, expected in zip(
        codes, oracle.encode(rgb / peak, bits, matrix, code_range), strict=True
    ):
        assert np.abs(plane - np.clip(expected, 0, (1 << bits) - 1)).max() <= ROUNDING


@pytest.mark.parametrize("matrix", oracle.MATRICES)
def test_decoding_inverts_encoding(matrix):
    assert np.allclose(decode_matrix(matrix) @ encode_matrix(matrix), np.eye(3), atol=1e-15)


@pytest.mark.parametrize("matrix", [m for m in oracle.MATRICES if m != Matrix.IDENTITY])
def test_luma_weights_sum_to_one_and_are_the_luma_row(matrix):
    assert sum(luma_weights(matrix)) == pytest.approx(1.0, abs=1e-15)
    assert encode_matrix(matrix)[0] == pytest.approx(luma_weights(matrix))


@pytest.mark.parametrize("matrix", [m for m in oracle.MATRICES if m != Matrix.IDENTITY])
@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_gray_stays_neutral_both_ways(bits, code_range, matrix):
    levels = np.arange(256 if bits == 8 else 65536).astype(np.uint8 if bits == 8 else np.uint16)
    gray = np.repeat(levels[None, :, None], 3, -1)
    color = manager(bits, matrix, code_range, gray.shape)
    planes = color.to_planes(gray)
    middle = 1 << (bits - 1)
    assert (planes[1] == middle).all()
    assert (planes[2] == middle).all()
    image, clipped = color.to_rgb(planes)
    assert (image == image[..., :1]).all()
    assert clipped == 0


@pytest.mark.parametrize("matrix", [m for m in oracle.MATRICES if m != Matrix.IDENTITY])
@pytest.mark.parametrize(
    ("bits", "code_range", "black", "white"),
    [
        (8, Range.LIMITED, 16, 235), (10, Range.LIMITED, 64, 940),
        (12, Range.LIMITED, 256, 3760), (16, Range.LIMITED, 4096, 60160),
        (8, Range.FULL, 0, 255), (10, Range.FULL, 0, 1023), (16, Range.FULL, 0, 65535),
    ],
)  # fmt: skip
def test_black_and_white_are_exact(bits, code_range, black, white, matrix):
    color = manager(bits, matrix, code_range, (1, 2))
    middle = np.full((1, 2), 1 << (bits - 1), color.layout.dtype)
    luma = np.array([[black, white]], color.layout.dtype)
    image, clipped = color.to_rgb((luma, middle, middle))
    assert image[0].tolist() == [[0] * 3, [color.layout.picture_max] * 3]
    assert clipped == 0
    assert np.array_equal(color.to_planes(image)[0], luma)
