"""What is decided where tags are silent, and what is refused."""

import pytest

from core.color import (
    ChromaLocation,
    ColorSpaceManager,
    ColorTags,
    Matrix,
    PixelLayout,
    Primaries,
    Range,
    Transfer,
)
from core.errors import InvalidParameter, UnsupportedVideo

YUV, RGB, GRAY = PixelLayout("yuv", 8, 1, 1), PixelLayout("rgb"), PixelLayout("gray")


def resolved(layout: PixelLayout, width: int = 1920, height: int = 1080, **tags: int):
    return ColorSpaceManager(layout, ColorTags(**tags), width, height).resolved


@pytest.mark.parametrize(
    ("width", "height", "matrix"),
    [
        (1920, 1080, Matrix.BT709), (1280, 720, Matrix.BT709), (960, 720, Matrix.BT709),
        (1280, 534, Matrix.BT709), (1279, 719, Matrix.SMPTE170M), (720, 576, Matrix.SMPTE170M),
        (608, 1080, Matrix.BT709), (3840, 2160, Matrix.BT709),
    ],
)  # fmt: skip
def test_an_unspecified_matrix_follows_the_size(width, height, matrix):
    decided = resolved(YUV, width, height)
    assert decided.matrix == matrix
    name = "BT.709" if matrix == Matrix.BT709 else "BT.601"
    assert decided.note.startswith(f"the matrix is unspecified and taken as {name}; the range")


@pytest.mark.parametrize(
    ("layout", "expected"), [(YUV, Range.LIMITED), (RGB, Range.FULL), (GRAY, Range.FULL)]
)
def test_an_unspecified_range_follows_the_model(layout, expected):
    decided = resolved(layout, matrix=Matrix.BT709)
    assert decided.range == expected
    assert "range" in decided.note
    assert "matrix" not in decided.note


def test_full_tags_leave_nothing_to_note():
    decided = resolved(YUV, matrix=Matrix.BT470BG, range=Range.FULL)
    assert (decided.matrix, decided.range, decided.note) == (Matrix.BT470BG, Range.FULL, "")


@pytest.mark.parametrize(
    ("matrix", "tagged", "expected"),
    [
        (Matrix.BT709, ChromaLocation.UNSPECIFIED, ChromaLocation.LEFT),
        (Matrix.BT2020_NCL, ChromaLocation.UNSPECIFIED, ChromaLocation.TOP_LEFT),
        (Matrix.BT2020_NCL, ChromaLocation.LEFT, ChromaLocation.LEFT),
        (Matrix.BT709, ChromaLocation.CENTER, ChromaLocation.CENTER),
        (Matrix.BT709, 99, ChromaLocation.LEFT),
    ],
)
def test_chroma_location(matrix, tagged, expected):
    assert resolved(YUV, matrix=matrix, chroma_location=tagged).chroma_location == expected


@pytest.mark.parametrize("matrix", [3, 10, 11, 12, 13, 14, 15, 16, 17, 99])
def test_foreign_matrices_are_refused_with_a_way_out(matrix):
    with pytest.raises(UnsupportedVideo) as refusal:
        resolved(YUV, matrix=matrix)
    assert str(matrix) in refusal.value.message
    assert refusal.value.hint


def test_subsampled_gbr_is_refused():
    with pytest.raises(UnsupportedVideo):
        resolved(YUV, matrix=Matrix.IDENTITY)
    assert resolved(PixelLayout("yuv"), matrix=Matrix.IDENTITY).matrix == Matrix.IDENTITY


@pytest.mark.parametrize("layout", [RGB, GRAY])
def test_rgb_and_gray_take_only_weights_from_the_matrix(layout):
    assert resolved(layout, matrix=Matrix.IDENTITY).matrix == Matrix.BT709
    assert resolved(layout, matrix=Matrix.ICTCP).matrix == Matrix.BT709
    assert resolved(layout, primaries=Primaries.BT2020).matrix == Matrix.BT2020_NCL
    assert resolved(layout, matrix=Matrix.SMPTE240M).matrix == Matrix.SMPTE240M


def test_luma_weights_of_every_matrix_in_use():
    for code in (0, 1, 4, 5, 6, 7, 8, 9):
        color = ColorSpaceManager(PixelLayout("yuv"), ColorTags(matrix=code), 64, 64)
        assert sum(color.luma_weights) == pytest.approx(1.0)


def test_hdr_is_a_matter_of_transfer():
    assert ColorTags(transfer=Transfer.PQ).is_hdr
    assert ColorTags(transfer=Transfer.HLG).is_hdr
    assert not ColorTags(transfer=Transfer.BT709, primaries=Primaries.BT2020).is_hdr


@pytest.mark.parametrize(
    "layout",
    [
        {"model": "yuv", "bits": 7}, {"model": "yuv", "bits": 17}, {"model": "cmyk"},
        {"model": "rgb", "subsampling_x": 1}, {"model": "yuv", "subsampling_y": 3},
        {"model": "yuv", "subsampling_x": -1},
    ],
)  # fmt: skip
def test_impossible_layouts_are_refused(layout):
    with pytest.raises(InvalidParameter):
        PixelLayout(**layout)


def test_plane_shapes_round_up():
    layout = PixelLayout("yuv", 8, 1, 1, has_alpha=True)
    assert layout.plane_shapes(5, 3) == ((3, 5), (2, 3), (2, 3), (3, 5))
    assert PixelLayout("yuv", 8, 2, 2).plane_shapes(5, 9)[1] == (3, 2)
    assert PixelLayout("gray", 8).plane_shapes(5, 3) == ((3, 5),)
    with pytest.raises(InvalidParameter):
        ColorSpaceManager(layout, ColorTags(), 0, 4)
