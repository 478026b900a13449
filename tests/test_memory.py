"""Nothing reads or writes past a frame: what lies around one never shows, and is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.color import ColorSpaceManager, ColorTags, PixelLayout
from core.io import VideoProbe
from core.io.deinterlace import Deinterlacer
from core.io.encoders import VideoSpec
from core.io.picture import Picture
from core.io.uniform import Uniform
from stylizers.composite import mix_plane, recolor
from tests.clips import Film, noise
from tests.stylizers.stack import LOOKS, frame_of, looks, photo, run

SIZES = [(1, 1), (2, 2), (3, 5), (17, 9)]
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("styles", [("comic",), *(
    pytest.param((look,), marks=pytest.mark.long) for look in LOOKS if look != "comic")])
def test_no_kernel_indexes_outside_its_arrays(styles: Sequence[str], tmp_path: Path) -> None:
    """Compiled, an index outside goes unnoticed; as plain Python it is an error."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bounds", str(tmp_path), *styles], cwd=ROOT, check=False,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-60:] + done.stderr[-2000:]


def guarded(samples: np.ndarray, guard: int) -> np.ndarray:
    """The same samples as a view, with others all around."""
    shape = samples.shape[0] + 4, samples.shape[1] + 6, *samples.shape[2:]
    wide = np.full(shape, guard, samples.dtype)
    wide[2:-2, 3:-3] = samples
    return wide[2:-2, 3:-3]


def untouched(view: np.ndarray, guard: int) -> bool:
    inside = np.zeros(view.base.shape, bool)
    inside[2:-2, 3:-3] = True
    return bool((view.base[~inside] == guard).all())


LAYOUTS = [PixelLayout("yuv", 8, 1, 1), PixelLayout("yuv", 10, 1, 0), PixelLayout("yuv", 8, 2, 2),
           PixelLayout("rgb", 16, has_alpha=True), PixelLayout("gray", 8)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_color_conversion_stays_inside_its_planes(layout: PixelLayout, size: tuple[int, int]
                                                  ) -> None:
    manager = ColorSpaceManager(layout, ColorTags(), *size)
    planes = [noise(0, shape, layout.bits).astype(layout.dtype)
              for shape in layout.plane_shapes(*size)]
    image = manager.to_rgb(tuple(planes)).image
    back = manager.to_planes(image)
    for guard in (0, layout.max_code):
        views = tuple(guarded(plane, guard) for plane in planes)
        assert np.array_equal(manager.to_rgb(views).image, image)
        manager.to_planes(guarded(image, guard), out=views)
        assert all(np.array_equal(view, plane) for view, plane in zip(
            views[:3], back[:3], strict=True))
        assert all(untouched(view, guard) for view in views)


@pytest.mark.parametrize("size", [
    size if size == (3, 5) else pytest.param(size, marks=pytest.mark.long) for size in SIZES])
@pytest.mark.parametrize("look", LOOKS)
def test_looks_see_nothing_around_a_frame(look: str, size: tuple[int, int]) -> None:
    stack, image = looks(look), photo(*size)
    pictures = []
    for guard in (0, 255):
        view = guarded(image, guard)
        pictures.append(run(stack, frame_of(view)))
        assert untouched(view, guard)
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("size", SIZES)
def test_compositing_stays_inside_its_planes(size: tuple[int, int]) -> None:
    low, high = (photo(*size)[..., part] for part in (0, 1))
    weight = (photo(*size)[..., 2] / np.float32(255)).astype(np.float32)
    mixed = mix_plane(low, high, weight)
    styled = recolor(photo(*size), np.ascontiguousarray(photo(*size)[::-1]))
    for guard in (0, 255):
        around = guarded(low, guard), guarded(high, guard), guarded(weight, guard)
        assert np.array_equal(mix_plane(*around), mixed)
        assert np.array_equal(recolor(guarded(photo(*size), guard),
                                      guarded(photo(*size)[::-1], guard)), styled)


def cut_out(guard: int, size: tuple[int, int], pixel_format: str, number: int,
            interlaced: bool = False) -> av.VideoFrame:
    """A frame that lies inside a larger one of FFmpeg's, as cropping leaves it."""
    wide = Picture.blank(size[0] + 32, size[1] + 32, pixel_format)
    sizes = wide.layout.plane_shapes(*size)
    for plane, (rows, columns) in zip(wide.planes, sizes, strict=True):
        plane[:] = guard
        inset = tuple(16 if part == whole else 8 for part, whole in zip(
            (rows, columns), size[::-1], strict=True))
        plane[inset[0]:inset[0] + rows, inset[1]:inset[1] + columns] = noise(
            number, (rows, columns), wide.layout.bits)
    graph = av.filter.Graph()
    source = graph.add_buffer(width=size[0] + 32, height=size[1] + 32, format=wide.native.format,
                              time_base=Fraction(1, 25))
    graph.link_nodes(source, graph.add("crop", f"{size[0]}:{size[1]}:16:16:exact=1"),
                     graph.add("setfield", "tff" if interlaced else "prog"),
                     graph.add("buffersink")).configure()
    wide.native.pts = number
    graph.vpush(wide.native)
    return graph.vpull()


FORMATS = ["yuv420p", "yuv422p10le", "gbrp", "gray", "yuva444p"]
ODD = [(16, 16), (18, 22), (33, 17), (64, 48)]


@pytest.mark.parametrize("size", ODD)
@pytest.mark.parametrize("pixel_format", FORMATS)
def test_views_end_with_the_last_sample(pixel_format: str, size: tuple[int, int]) -> None:
    picture = Picture.of(cut_out(200, size, pixel_format, 0))
    for view, plane in zip(picture.planes, picture.layout.plane_shapes(*size), strict=True):
        assert view.shape == plane
        assert np.array_equal(view, noise(0, plane, picture.layout.bits))
        first, behind = np.lib.array_utils.byte_bounds(view)
        used = view.strides[0] * (view.shape[0] - 1) + view.shape[1] * view.itemsize
        assert behind - first == used


@pytest.mark.parametrize("size", ODD)
@pytest.mark.parametrize("pixel_format", FORMATS)
def test_filters_see_nothing_around_a_frame(pixel_format: str, size: tuple[int, int],
                                            tmp_path: Path) -> None:
    """Deinterlacing, then scaling to a first frame of another size."""
    first = VideoProbe.probe(Film(pixel_format, size=(40, 30), frames=1, codec="rawvideo",
                                  options={}).write(tmp_path / "a.nut"))
    seen = []
    for guard in (0, 255):
        frames = [cut_out(guard, size, pixel_format, number, interlaced=True)
                  for number in range(3)]
        made = map(Uniform(first), Deinterlacer().run(frames))
        seen.append([np.concatenate([plane.ravel() for plane in Picture.of(frame).planes])
                     for frame in made])
    assert len(seen[0]) == 3
    assert all(map(np.array_equal, *seen))


@pytest.mark.parametrize("codec", ["h264", "ffv1"])
def test_encoders_see_nothing_around_a_frame(codec: str) -> None:
    spec = VideoSpec(codec, "yuv420p", 34, 18, Fraction(25))
    packets = []
    for guard in (0, 255):
        context = spec.open()
        frame = cut_out(guard, (34, 18), "yuv420p", 0)
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        packets.append([bytes(packet) for packet in (*context.encode(frame),
                                                     *context.encode(None))])
    assert packets[0] == packets[1]
