"""A second opinion: FFmpeg's scaler with its exact flags, on content smooth enough to compare."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from core.color import ChromaLocation, ColorSpaceManager, ColorTags, Matrix, PixelLayout, Range

EXACT = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
FORMATS = {"yuv444p": (0, 0), "yuv422p": (1, 0), "yuv420p": (1, 1)}
SPACES = {Matrix.BT709: Colorspace.ITU709, Matrix.SMPTE170M: Colorspace.ITU601}
RANGES = {Range.LIMITED: ColorRange.MPEG, Range.FULL: ColorRange.JPEG}
HEIGHT, WIDTH = 96, 128


def manager(name: str, matrix: Matrix, code_range: Range) -> ColorSpaceManager:
    tags = ColorTags(matrix, code_range, chroma_location=ChromaLocation.LEFT)
    return ColorSpaceManager(PixelLayout("yuv", 8, *FORMATS[name]), tags, WIDTH, HEIGHT)


def smooth_picture() -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    waves = [0.5 + 0.3 * np.sin(x / 29 + k) * np.cos(y / (31 + 5 * k)) for k in range(3)]
    return (np.stack(waves, -1) * 255).astype(np.uint8)


def views(frame: av.VideoFrame) -> tuple[np.ndarray, ...]:
    """The planes of a frame without its padding, writable and not copied."""
    return tuple(
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    )


@pytest.mark.parametrize("code_range", RANGES)
@pytest.mark.parametrize("matrix", SPACES)
@pytest.mark.parametrize("name", FORMATS)
def test_decoding_agrees_with_swscale(name, matrix, code_range):
    color = manager(name, matrix, code_range)
    frame = av.VideoFrame(WIDTH, HEIGHT, name)
    planes = color.to_planes(smooth_picture(), views(frame))
    theirs = frame.reformat(
        format="rgb24", interpolation=EXACT, src_colorspace=SPACES[matrix],
        dst_colorspace=SPACES[matrix], src_color_range=RANGES[code_range],
        dst_color_range=ColorRange.JPEG,
    ).to_ndarray()  # fmt: skip
    difference = np.abs(color.to_rgb(planes).image.astype(int) - theirs)[2:-2, 2:-2]
    assert difference.max() <= 2
    assert difference.mean() < 0.5


@pytest.mark.parametrize("code_range", RANGES)
@pytest.mark.parametrize("matrix", SPACES)
@pytest.mark.parametrize("name", FORMATS)
def test_encoding_agrees_with_swscale(name, matrix, code_range):
    """It makes limited codes first and stretches those, hence the looser mean at full range."""
    color, picture = manager(name, matrix, code_range), smooth_picture()
    theirs = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
        format=name, interpolation=EXACT, src_colorspace=SPACES[matrix],
        dst_colorspace=SPACES[matrix], src_color_range=ColorRange.JPEG,
        dst_color_range=RANGES[code_range],
    )  # fmt: skip
    for ours, other in zip(color.to_planes(picture), views(theirs), strict=True):
        difference = np.abs(ours.astype(int) - other)[2:-2, 2:-2]
        assert difference.max() <= 2
        assert difference.mean() < (0.5 if code_range == Range.LIMITED else 0.7)
