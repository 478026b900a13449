"""4:4:4 codes whose R'G'B' is not clipped come back unchanged, every one of them."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.color import ColorSpaceManager, ColorTags, Matrix, PixelLayout
from tests.color import oracle

EDGE = 0.49
"""How many levels outside 0..1 are rounded rather than clipped, a hair under the half."""


def slabs(bits: int, lumas: np.ndarray, chroma: np.ndarray) -> Iterator[tuple]:
    """Per luma code the planes that hold it with every pair of the chroma codes."""
    dtype = np.uint8 if bits == 8 else np.uint16
    cb, cr = (np.ascontiguousarray(g, dtype) for g in np.meshgrid(chroma, chroma, indexing="ij"))
    for luma in lumas:
        yield np.full(cb.shape, luma, dtype), cb, cr


def changed_inside(
    bits: int, matrix: int, code_range: int, lumas: np.ndarray, chroma: np.ndarray
) -> tuple[int, int]:
    """(codes whose R'G'B' is not clipped, how many of them a round trip changed)."""
    size = len(chroma)
    color = ColorSpaceManager(
        PixelLayout("yuv", bits), ColorTags(matrix=matrix, range=code_range), size, size
    )
    out, inside_count, changed_count = color.empty_planes(), 0, 0
    for planes in slabs(bits, lumas, chroma):
        rgb = oracle.decode((planes[0][:1, :1], planes[1][:, :1], planes[2][:1]),
                            bits, matrix, code_range)  # fmt: skip
        edge = EDGE / color.layout.picture_max
        inside = ((rgb >= -edge) & (rgb <= 1 + edge)).all(-1)
        back = color.to_planes(color.to_rgb(planes).image, out)
        changed = np.zeros_like(inside)
        for before, after in zip(planes, back, strict=True):
            changed |= before != after
        inside_count += int(inside.sum())
        changed_count += int((changed & inside).sum())
    return inside_count, changed_count


def spread(bits: int, count: int) -> np.ndarray:
    """Codes over the whole scale, both ends, the middle and its neighbors among them."""
    top, middle = (1 << bits) - 1, 1 << (bits - 1)
    even = np.linspace(0, top, count).round().astype(int)
    return np.unique(np.concatenate([even, [middle - 1, middle, middle + 1, top - 1, 1]]))


@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("matrix", oracle.MATRICES)
def test_every_seventh_luma_code_at_8_bits(matrix, code_range):
    inside, changed = changed_inside(8, matrix, code_range, np.arange(1, 256, 7), np.arange(256))
    assert inside > 210_000
    assert changed == 0


@pytest.mark.parametrize(("lumas", "chromas", "least"), [
    (21, 121, 28_000), pytest.param(33, 181, 100_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("matrix", oracle.MATRICES)
def test_sampled_codes_at_depth(matrix, code_range, bits, lumas, chromas, least):
    inside, changed = changed_inside(bits, matrix, code_range, spread(bits, lumas),
                                     spread(bits, chromas))
    assert inside > least
    assert changed == 0


@pytest.mark.parametrize("bits", [9, 14, 16])
@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("matrix", [Matrix.BT709, Matrix.BT470BG, Matrix.BT2020_NCL])
def test_sampled_codes_at_other_depths(matrix, code_range, bits):
    inside, changed = changed_inside(bits, matrix, code_range, spread(bits, 17), spread(bits, 291))
    assert inside > 10_000
    assert changed == 0


@pytest.mark.long
@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("matrix", oracle.MATRICES)
def test_all_codes_at_8_bits(matrix, code_range):
    inside, changed = changed_inside(8, matrix, code_range, np.arange(256), np.arange(256))
    assert inside > 1_500_000
    assert changed == 0


@pytest.mark.long
@pytest.mark.parametrize("code_range", oracle.RANGES)
@pytest.mark.parametrize("matrix", [Matrix.BT709, Matrix.BT2020_NCL])
def test_every_eighth_luma_code_at_10_bits(matrix, code_range):
    inside, changed = changed_inside(10, matrix, code_range, np.arange(4, 1024, 8), np.arange(1024))
    assert inside > 10_000_000
    assert changed == 0


@pytest.mark.long
@pytest.mark.parametrize("code_range", oracle.RANGES)
def test_densely_sampled_codes_at_12_bits(code_range):
    sample = spread(12, 65), spread(12, 1366)
    inside, changed = changed_inside(12, Matrix.BT709, code_range, *sample)
    assert inside > 10_000_000
    assert changed == 0
