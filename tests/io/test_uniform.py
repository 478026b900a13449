"""One size, format and color coding for all frames; what the container crops is not drawn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.color import ColorTags, Matrix, PixelLayout, Range
from core.color.manager import ColorSpaceManager
from core.errors import UnsupportedVideo
from core.io import VideoProbe, VideoReader
from core.io.crop import Crop, crop_of, shown_of
from core.io.picture import Picture, planar_format
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film, frames_of, hashes, samples, slope

CROPPED = "10_cropped_by_container.mkv"


def rendered(source: Path, target: Path) -> Path:
    Pipeline(source, target, recipe=Recipe.build(
        {"layers": [{"style": "identity"}], "output": {"codec": "ffv1"}})).process()
    return target


# ---- what the container crops ----

@pytest.fixture
def cropped(request: pytest.FixtureRequest, shared: Path, tmp_path: Path) -> Path:
    """The same film in Matroska, and in QuickTime, whose muxer writes a `clap`."""
    source = shared / "faults" / CROPPED
    if request.param == "mkv":
        return source
    path = tmp_path / f"cropped.{request.param}"
    with av.open(str(source)) as before, av.open(str(path), "w") as after:
        stream = after.add_stream_from_template(before.streams.video[0], opaque=True)
        for packet in before.demux(before.streams.video[0]):
            if packet.size:
                packet.stream = stream
                after.mux(packet)
    return path


@pytest.mark.parametrize("cropped", ["mkv", "mov", "mp4"], indirect=True)
def test_what_the_container_crops_is_not_drawn(cropped: Path, tmp_path: Path) -> None:
    found = VideoProbe.probe(cropped)
    assert (found.width, found.height) == (64, 48)
    assert found.crop == Crop(left=16, right=16, top=8, bottom=8)
    assert not found.crop_rounded
    result = rendered(cropped, tmp_path / "out.mkv")
    for before, after in zip(frames_of(cropped), frames_of(result), strict=True):
        whole, shown = samples(before), samples(after)
        assert np.array_equal(shown[0], whole[0][8:56, 16:80])
        assert np.array_equal(shown[1], whole[1][4:28, 8:40])
        assert np.array_equal(shown[2], whole[2][4:28, 8:40])
    assert VideoProbe.probe(result).crop == Crop()


@pytest.mark.parametrize(("size", "crop", "shown"), [
    ((96, 64), Crop(3, 4, 5, 6), (2, 4, 88, 52)), ((96, 64), Crop(100, 0, 0, 0), (0, 0, 96, 64)),
    ((96, 64), Crop(95, 0, 0, 0), (0, 0, 96, 64)), ((5, 3), Crop(2, 0, 0, 1), (2, 0, 2, 2))])
def test_a_crop_takes_whole_chroma_samples(size: tuple[int, int], crop: Crop,
                                           shown: tuple[int, ...]) -> None:
    assert shown_of(av.VideoFrame(*size, "yuv420p"), crop) == shown


def test_most_films_are_not_cropped(tmp_path: Path) -> None:
    for name in ("a.mkv", "a.mp4", "a.nut"):
        path = Film("yuv420p", codec="libx264", frames=2).write(tmp_path / name)
        with av.open(str(path)) as container:
            assert crop_of(container.streams.video[0]) == Crop()


# ---- color that changes on the way ----

WAYS = [
    (ColorTags(Matrix.BT709, Range.LIMITED), ColorTags(Matrix.SMPTE170M, Range.LIMITED)),
    (ColorTags(Matrix.BT2020_NCL, Range.LIMITED), ColorTags(Matrix.BT709, Range.FULL)),
]


@pytest.mark.parametrize(("first", "second"), WAYS)
def test_color_coding_that_changes_is_converted_to_the_first(
        first: ColorTags, second: ColorTags, tmp_path: Path) -> None:
    path = tmp_path / "change.ts"
    parts = [Film(codec="libx264", frames=4, paint=slope, tags=tags, time_base=Fraction(1, 25),
                  pts=range(4 * number, 4 * number + 4)).write(path).read_bytes()
             for number, tags in enumerate((first, second))]
    path.write_bytes(b"".join(parts))
    stored = list(frames_of(path))
    with VideoReader(path) as reader:
        read = [[plane.copy() for plane in timed.picture.planes] for timed in reader.pictures()]
        assert reader.report.recolored_frames == 4
        assert any("4 frames were converted" in said for said in reader.report.warnings())
    layout = PixelLayout("yuv", 8, 1, 1)
    ours, theirs = (ColorSpaceManager(layout, tags, 64, 48) for tags in (first, second))
    for number, (frame, planes) in enumerate(zip(stored, read, strict=True)):
        codes = samples(frame)
        if number >= 4:  # as it should look, coded as the first is
            codes = ours.to_planes(theirs.to_rgb(codes).image)
        assert all(np.abs(a.astype(int) - b.astype(int)).max() <= (2 if number >= 4 else 0)
                   for a, b in zip(planes, codes, strict=True))


def test_limited_range_that_becomes_full_is_converted(shared: Path) -> None:
    source = shared / "faults" / "19_range_changes.ts"
    with VideoReader(source) as reader:
        read = [timed.picture.planes[0].copy() for timed in reader.pictures()]
        assert reader.report.recolored_frames == 25
    for frame, luma in zip(frames_of(source), read, strict=True):
        codes = samples(frame)[0].astype(int)
        meant = 16 + codes * 219 / 255 if frame.color_range == 2 else codes
        assert np.abs(luma - meant).max() <= 1


def test_light_that_changes_is_said(tmp_path: Path) -> None:
    """From HDR to SDR, say: which picture that should give is for a grade to decide."""
    path = tmp_path / "change.ts"
    tags = [ColorTags(Matrix.BT709, Range.LIMITED, primaries, transfer)
            for primaries, transfer in ((9, 16), (1, 1))]
    path.write_bytes(b"".join(
        Film(codec="libx264", frames=4, tags=one, time_base=Fraction(1, 25),
             pts=range(4 * number, 4 * number + 4)).write(path).read_bytes()
        for number, one in enumerate(tags)))
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader.pictures()) == 8
        assert (reader.report.unlike_frames, reader.report.recolored_frames) == (4, 0)
        assert any("transfer change on the way: 4 frames" in said
                   for said in reader.report.warnings())


def test_tags_that_only_become_explicit_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "change.ts"
    parts = [Film(codec="libx264", frames=4, tags=tags, time_base=Fraction(1, 25),
                  pts=range(4 * number, 4 * number + 4)).write(path).read_bytes()
             for number, tags in enumerate((
                 ColorTags(), ColorTags(Matrix.BT470BG, Range.LIMITED)))]
    path.write_bytes(b"".join(parts))
    assert hashes(rendered(path, tmp_path / "out.mkv")) == hashes(path)


# ---- formats with no planes of 8 to 16 bits ----

FLOATS = ["gbrpf32le", "gbrapf32le", "grayf32le", "gbrpf16le", "gbrapf16le", "grayf16le",
          "rgbf32le", "rgbaf16le", "yaf32le", "gbrpf32be"]


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("size", [(1, 1), (17, 3)])
def test_floats_are_rounded_to_16_bits(name: str, size: tuple[int, int]) -> None:
    values = np.array([-0.5, 0, 1e-6, 0.25, 0.5, 1, 1.5, np.nan, np.inf], np.float32)
    frame = av.VideoFrame(*size, name)
    dtype = np.dtype((">" if name.endswith("be") else "<") + ("f2" if "f16" in name else "f4"))
    for plane in frame.planes:
        rows = np.frombuffer(plane, dtype)
        rows[:] = np.resize(values, rows.shape)
    picture = Picture.of(frame)
    assert picture.format == planar_format(name)
    assert picture.layout.bits == 16
    exact = values.astype(dtype).astype(np.float64)
    codes = np.round(np.clip(np.nan_to_num(exact, nan=0, posinf=1), 0, 1) * 65535)
    assert set(np.unique(picture.planes[0])) <= set(codes.astype(np.uint16))
    assert picture.planes[0][0, 0] == 0


def test_float_films_render_and_say_so(shared: Path, tmp_path: Path) -> None:
    source = shared / "faults" / "11_float_exr.mkv"
    result = Pipeline(source, tmp_path / "out.mkv", recipe=Recipe.build(
        {"layers": [{"style": "identity"}], "output": {"codec": "ffv1"}})).process()
    assert any("rounded to 16 bits" in said for said in result.warnings)
    assert VideoProbe.probe(result.path).pixel_format == "gbrp16le"


def test_xyz_becomes_rgb_of_bt709() -> None:
    """The green of SMPTE's bars, whose X, Y and Z digital cinema stores."""
    frame = av.VideoFrame(16, 8, "xyz12le")
    samples_of_row = np.frombuffer(frame.planes[0], "<u2").reshape(8, -1)
    samples_of_row[:, :48] = np.tile(np.array([2659, 3145, 3272], np.uint16) << 4, 16)
    picture = Picture.of(frame)
    assert picture.format == "gbrp12le"
    assert [float(plane.mean()) / 4095 * 255 for plane in picture.planes] == pytest.approx(
        [17, 211, 188], abs=1.5)


@pytest.mark.parametrize("name", ["bgr4", "bayer_rggb8"])
def test_a_format_that_cannot_be_converted_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedVideo, match=name):
        Picture.of(av.VideoFrame(3, 5, name))
