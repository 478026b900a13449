"""Masks that move: read along with the source, and let go of when they are no longer needed."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from core.io import VideoReader
from core.preview import render_still
from core.recipe import Layer
from core.render.masks import Mask
from core.render.stack import Look, look_of
from stylizers.base import Effort
from tests import reels
from tests.clips import Film


@pytest.fixture
def open_readers(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Whatever is being read; closed by hand, not by the garbage collector."""
    reading: list[Path] = []
    enter, leave = VideoReader.__enter__, VideoReader.__exit__

    def entered(self: VideoReader) -> VideoReader:
        reading.append(self.path)
        return enter(self)

    def left(self: VideoReader, *error: object) -> None:
        reading.remove(self.path)
        leave(self, *error)

    monkeypatch.setattr(VideoReader, "__enter__", entered)
    monkeypatch.setattr(VideoReader, "__exit__", left)
    return reading


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    def levels(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:  # noqa: ARG001
        return np.full(shape, 25 * number)

    return Film(frames=10, time_base=Fraction(1, 10), pixel_format="gray",
                paint=levels).write(tmp_path / "mask.mkv")


def test_a_mask_goes_on_from_any_time_after_it_was_closed(mask: Path, open_readers: list[Path]
                                                          ) -> None:
    moving = Mask(mask)
    for number in (0, 4, 7, 2):
        assert round(float(moving.at(Fraction(number, 10), 64, 48).mean()) * 255) == 25 * number
        assert open_readers == [mask]
        moving.close()
        assert open_readers == []


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """Every look of every render, kept, so that nothing is closed because nobody knows it."""
    kept: list[Look] = []

    def opened(layer: Layer, effort: Effort) -> Look:
        kept.append(look_of(layer, effort))
        return kept[-1]

    monkeypatch.setattr("core.render.stack.look_of", opened)
    return kept


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize("steps", [5, 1000])
def test_a_render_leaves_no_mask_open(path: Path, target: Path, open_readers: list[Path],
                                      steps: int) -> None:
    with closing(reels.pipeline(path, target, "masked").run()) as run:
        for _ in zip(range(steps), run, strict=False):
            pass
        if steps == 5:
            assert path.parent / "mask.mkv" in open_readers
    assert open_readers == []


@pytest.mark.usefixtures("looks")
def test_a_still_leaves_no_mask_open(path: Path, open_readers: list[Path]) -> None:
    render_still(path, reels.recipe("masked", path.parent), Fraction(1))
    assert open_readers == []


# ---- what masks are read from ----

RAMP = np.linspace(-0.5, 1.5, 48 * 64, dtype=np.float32).reshape(48, 64)


@pytest.mark.parametrize(("name", "tones"), [
    ("a.tif", RAMP), ("a.tif", np.dstack([RAMP] * 3)), ("a.tif", RAMP.astype(np.float64)),
    ("a.pfm", RAMP), ("a.pfm", np.dstack([RAMP] * 3)),
    ("a.hdr", np.dstack([RAMP.clip(0)] * 3))])
def test_a_mask_of_floats_is_clipped_to_0_and_1(name: str, tones: np.ndarray,
                                                tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / name), tones)
    shown = Mask(tmp_path / name).at(Fraction(0), 64, 48)
    assert shown.dtype == np.float32
    assert np.abs(shown - RAMP.clip(0, 1)).max() < (0.01 if name == "a.hdr" else 1e-5)


def test_a_mask_of_floats_that_are_no_numbers_is_black_there(tmp_path: Path) -> None:
    tones = np.where(RAMP > 0.5, np.nan, 1).astype(np.float32)
    cv2.imwrite(str(tmp_path / "a.tif"), tones)
    assert np.array_equal(Mask(tmp_path / "a.tif").at(Fraction(0), 64, 48), RAMP <= 0.5)


@pytest.mark.parametrize("pixel_format", ["gbrpf32le", "gbrapf32le", "grayf32le"])
def test_an_openexr_mask_is_read(pixel_format: str, tmp_path: Path) -> None:
    frame = av.VideoFrame(64, 48, pixel_format)
    for index, plane in enumerate(frame.planes):
        rows = np.frombuffer(plane, "<f4").reshape(48, -1)
        rows[:, :64] = 0.5 if index == 3 else RAMP
    context = av.CodecContext.create("exr", "w")
    context.width, context.height, context.pix_fmt = 64, 48, pixel_format
    context.time_base = Fraction(1, 25)
    frame.pts = 0
    (tmp_path / "a.exr").write_bytes(bytes([*context.encode(frame), *context.encode(None)][0]))
    share = 0.5 if "rap" in pixel_format else 1
    shown = Mask(tmp_path / "a.exr").at(Fraction(0), 64, 48)
    assert np.abs(shown - share * RAMP.clip(0, 1)).max() < 1e-4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_a_mask_leaves_transparent_is_not_white(dtype: type, tmp_path: Path) -> None:
    top = np.iinfo(dtype).max
    painted = np.full((48, 64, 4), top, dtype)
    painted[:, :32, 3] = 0
    painted[:24, :, :3] = 0
    cv2.imwrite(str(tmp_path / "a.png"), painted)
    shown = Mask(tmp_path / "a.png").at(Fraction(0), 64, 48)
    assert np.all(shown[24:, 32:] == 1)
    assert not shown[:24].any()
    assert not shown[:, :32].any()


def test_a_video_mask_is_turned_as_its_own_tag_says(tmp_path: Path) -> None:
    """White in its upper half as it is stored; a quarter turn shows that on the right."""
    def upper_half(_: int, shape: tuple[int, int], __: int) -> np.ndarray:
        if shape[0] < 48:  # chroma
            return np.full(shape, 128)
        return np.where(np.indices(shape)[0] < 24, 235, 16)

    quarter = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    path = Film(codec="libx264", size=(64, 48), frames=2, matrix=quarter,
                paint=upper_half).write(tmp_path / "mask.mp4")
    shown = Mask(path).at(Fraction(0), 48, 64)
    assert shown[:, :23].max() < 0.05
    assert shown[:, 25:].min() > 0.95
