"""Planes as decoders hand them out: padded, read-only, odd; and pictures of other models."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.color import ColorSpaceManager, ColorTags, Matrix, PixelLayout, Range
from core.errors import InvalidParameter
from tests.color import oracle

YUV420 = PixelLayout("yuv", 8, 1, 1)


def manager(layout: PixelLayout = YUV420, shape: tuple = (10, 14), **tags: int):
    return ColorSpaceManager(layout, ColorTags(**tags), shape[1], shape[0])


def random_planes(color: ColorSpaceManager, seed: int = 0) -> tuple:
    rng, layout = np.random.default_rng(seed), color.layout
    return tuple(
        rng.integers(0, layout.max_code + 1, shape).astype(layout.dtype)
        for shape in color.plane_shapes
    )


def padded(plane: np.ndarray) -> np.ndarray:
    """The same samples as a read-only window of wider rows, as FFmpeg allocates them."""
    wide = np.full((plane.shape[0], plane.shape[1] + 5), 77, plane.dtype)
    wide[:, : plane.shape[1]] = plane
    window = wide[:, : plane.shape[1]]
    window.flags.writeable = False
    return window


def unaligned(plane: np.ndarray) -> np.ndarray:
    """The same samples in rows that are an odd number of bytes apart."""
    stride = plane.shape[1] * plane.itemsize + 1
    buffer = np.zeros(stride * plane.shape[0], np.uint8)
    view = np.ndarray(plane.shape, plane.dtype, buffer, strides=(stride, plane.itemsize))
    view[:] = plane
    return view


VIEWS = {
    "unaligned": unaligned,
    "padded": padded,
    "upside down": lambda plane: np.ascontiguousarray(plane[::-1])[::-1],
    "interleaved": lambda plane: np.repeat(plane, 2, 1)[:, ::2],
    "transposed": lambda plane: np.ascontiguousarray(plane.T).T,
}


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("view", VIEWS)
def test_how_planes_lie_in_memory_does_not_matter(view, bits):
    color = manager(PixelLayout("yuv", bits, 1, 1))
    planes = random_planes(color)
    wanted, got = color.to_rgb(planes), color.to_rgb(tuple(map(VIEWS[view], planes)))
    assert np.array_equal(wanted.image, got.image)
    assert wanted.clipped == got.clipped


def test_writing_leaves_the_padding_alone():
    color = manager()
    rgb = color.to_rgb(random_planes(color)).image
    frames = [np.full((rows, columns + 3), 99, np.uint8) for rows, columns in color.plane_shapes]
    windows = tuple(frame[:, :-3] for frame in frames)
    assert color.to_planes(rgb, windows) is windows
    for frame, window, wanted in zip(frames, windows, color.to_planes(rgb), strict=True):
        assert np.array_equal(window, wanted)
        assert (frame[:, -3:] == 99).all()


@pytest.mark.parametrize("view", [name for name in VIEWS if name != "padded"])
def test_writing_reaches_planes_however_they_lie(view):
    color = manager()
    rgb = color.to_rgb(random_planes(color)).image
    out = tuple(VIEWS[view](plane) for plane in color.empty_planes())
    color.to_planes(rgb, out)
    for plane, wanted in zip(out, color.to_planes(rgb), strict=True):
        assert np.array_equal(plane, wanted)


def test_a_picture_may_be_any_view():
    color = manager()
    rgb = color.to_rgb(random_planes(color)).image
    reverse = np.ascontiguousarray(rgb[::-1, ::-1])[::-1, ::-1]
    reverse.flags.writeable = False
    for plane, wanted in zip(color.to_planes(reverse), color.to_planes(rgb), strict=True):
        assert np.array_equal(plane, wanted)


def test_read_only_planes_are_not_written():
    color = manager()
    rgb = color.to_rgb(random_planes(color)).image
    with pytest.raises(InvalidParameter, match="read-only"):
        color.to_planes(rgb, tuple(padded(plane) for plane in color.empty_planes()))


def test_planes_and_pictures_of_other_sizes_or_types_are_refused():
    color = manager()
    planes = random_planes(color)
    rgb = color.to_rgb(planes).image
    with pytest.raises(InvalidParameter, match="measure"):
        color.to_rgb((planes[0], planes[1][:-1], planes[2]))
    with pytest.raises(InvalidParameter, match="uint8"):
        color.to_rgb(tuple(plane.astype(np.uint16) for plane in planes))
    with pytest.raises(InvalidParameter, match="uint16"):
        color.to_planes(rgb.astype(np.uint16))
    with pytest.raises(InvalidParameter, match="picture"):
        color.to_planes(rgb[1:])


def test_a_pixel_outside_counts_once():
    """Luma above white with extreme chroma leaves all of R', G', B' outside at once."""
    color = manager(PixelLayout("yuv", 8), (2, 3), matrix=Matrix.BT709, range=Range.LIMITED)
    planes = tuple(np.full((2, 3), code, np.uint8) for code in (126, 128, 128))
    assert color.to_rgb(planes).clipped == 0
    planes[0][1, 1], planes[1][1, 1], planes[2][1, 1] = 255, 255, 255
    assert color.to_rgb(planes).clipped == 1
    planes[0][0, 0] = 240
    picture = color.to_rgb(planes)
    assert picture.clipped == 2
    assert picture.image[0, 0].tolist() == [255, 255, 255]


def test_threads_share_a_manager():
    color = manager(shape=(120, 160))
    inputs = [random_planes(color, seed) for seed in range(12)]
    serial = [color.to_rgb(planes).image for planes in inputs]
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(lambda planes: color.to_rgb(planes).image, inputs))
        back = list(pool.map(color.to_planes, threaded))
    for wanted, image, planes in zip(serial, threaded, back, strict=True):
        assert np.array_equal(wanted, image)
        for plane, alone in zip(planes, color.to_planes(wanted), strict=True):
            assert np.array_equal(plane, alone)


def all_codes(bits: int) -> np.ndarray:
    dtype = np.uint8 if bits == 8 else np.uint16
    return np.arange(1 << bits).astype(dtype).reshape(1 << (bits // 2), -1)


@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 16])
@pytest.mark.parametrize("code_range", oracle.RANGES)
def test_every_rgb_code_keeps_its_level_and_comes_back(code_range, bits):
    codes = all_codes(bits)
    planes = codes, codes[::-1], codes.T[:, :].reshape(codes.shape)
    color = manager(PixelLayout("rgb", bits), codes.shape, range=code_range)
    image, clipped = color.to_rgb(planes)
    levels = oracle.to_signal(np.stack(planes, -1), bits, code_range, chroma=False)
    peak = color.layout.picture_max
    assert np.array_equal(image, np.floor(np.clip(levels, 0, 1) * peak + 0.5))
    assert clipped in oracle.clipped(levels, peak)
    inside = ((levels >= 0) & (levels <= 1)).all(-1)
    for before, after in zip(planes, color.to_planes(image), strict=True):
        assert np.array_equal(before[inside], after[inside])
    assert inside.all() == (code_range == Range.FULL)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("code_range", oracle.RANGES)
def test_every_gray_code_keeps_its_level_and_comes_back(code_range, bits):
    codes = all_codes(bits)
    color = manager(PixelLayout("gray", bits), codes.shape, range=code_range)
    image, clipped = color.to_rgb((codes,))
    levels = oracle.to_signal(codes, bits, code_range, chroma=False)
    assert (image == image[..., :1]).all()
    assert clipped in oracle.clipped(levels[..., None], color.layout.picture_max)
    inside = (levels >= 0) & (levels <= 1)
    (back,) = color.to_planes(image)
    assert np.array_equal(back[inside], codes[inside])


def test_colors_become_gray_by_the_luma_weights():
    color = manager(PixelLayout("gray", 8), (1, 3), matrix=Matrix.SMPTE170M)
    pure = np.eye(3, dtype=np.uint8)[None] * np.uint8(255)
    (gray,) = color.to_planes(pure)
    assert gray[0].tolist() == [round(255 * weight) for weight in (0.299, 0.587, 0.114)]
    assert color.luma_weights == pytest.approx((0.299, 0.587, 0.114))


@pytest.mark.parametrize("bits", range(8, 17))
def test_every_alpha_code_comes_back(bits):
    codes = all_codes(bits)
    color = manager(PixelLayout("rgb", bits, has_alpha=True), codes.shape)
    picture = color.alpha_to_picture(codes)
    assert picture.dtype == color.layout.dtype
    assert picture.min() == 0
    assert picture.max() == color.layout.picture_max
    levels = codes.astype(float) * color.layout.picture_max / color.layout.max_code
    assert np.array_equal(picture, np.floor(levels + 0.5))
    assert np.array_equal(color.alpha_to_plane(picture), codes)
    assert not np.may_share_memory(picture, codes)


def test_alpha_is_written_kept_or_opaque():
    color = manager(PixelLayout("yuv", 10, 1, 1, has_alpha=True))
    planes = random_planes(color)
    image = color.to_rgb(planes).image
    assert np.array_equal(image, color.to_rgb(planes[:3]).image)
    assert (color.to_planes(image)[3] == 1023).all()
    picture = color.alpha_to_picture(planes[3])
    assert np.array_equal(color.to_planes(image, alpha=picture)[3], planes[3])
    out = color.empty_planes()
    out[3][:] = 5
    assert (color.to_planes(image, out)[3] == 5).all()
    assert np.array_equal(color.to_planes(image, out, alpha=picture)[3], planes[3])
    assert len(color.to_planes(image, out[:3])) == 3
    with pytest.raises(InvalidParameter, match="alpha"):
        color.to_planes(image, out[:3], alpha=picture)
    with pytest.raises(InvalidParameter, match="alpha"):
        manager(PixelLayout("yuv", 10, 1, 1)).to_planes(image, alpha=picture)


def test_importing_is_cheap():
    probe = "import sys, core.color; print([m for m in ('numba', 'av', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
