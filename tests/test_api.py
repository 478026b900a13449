"""The public API, in the names and shapes users script against."""

import logging
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import core.io
import stylizers
from core.errors import EncodeFailed, InputError, InvalidParameter, RenderError
from core.io import VideoProbe, VideoReader, VideoWriter
from core.pipeline import Pipeline
from stylizers import PencilStylizer
from tests.clips import Film, Sound, frames_of, noise, samples, times_of

WIDTH, HEIGHT, FPS = 64, 48, 25


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return Film(frames=6, codec="libx264", sounds=[Sound(seconds=0.3, clicks=(0.1,))]).write(
        tmp_path / "video.mp4")


def test_the_names_are_exported() -> None:
    assert {"VideoMetadata", "VideoProbe", "VideoReader", "VideoWriter"} == set(core.io.__all__)
    assert {"IdentityStylizer", "PencilStylizer", "Stylizer", "StyleParams", "STYLES"} <= set(
        stylizers.__all__)
    for module in (core.io, stylizers):
        assert all(hasattr(module, name) for name in module.__all__)


def test_a_video_is_read_and_written_frame_by_frame(video: Path, tmp_path: Path) -> None:
    metadata = VideoProbe.probe(str(video))
    assert (metadata.width, metadata.height, metadata.rate) == (WIDTH, HEIGHT, FPS)
    output = tmp_path / "output.mp4"
    with VideoReader(str(video)) as reader, VideoWriter(
            str(output), metadata.width, metadata.height, metadata.rate) as writer:
        for frame in reader.read_frames():
            assert frame.shape == (HEIGHT, WIDTH, 3) and frame.dtype == np.uint8
            assert not frame.flags.writeable
            writer.write_frame(frame)
    assert times_of(output) == [Fraction(number, FPS) for number in range(6)]


def test_a_hardware_codec_falls_back_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture
                                                 ) -> None:
    """On a machine with NVENC nothing falls back, and nothing is said."""
    output = tmp_path / "output.mp4"
    with caplog.at_level(logging.WARNING, "brushreel"), VideoWriter(
            output, 320, 240, FPS, codec="h264_nvenc") as writer:
        writer.write_frame(np.full((240, 320, 3), 90, np.uint8))
    assert VideoProbe.probe(output).codec == "h264"
    fell_back = writer.spec.codec == "h264"
    assert fell_back or writer.spec.codec == "h264_nvenc"
    assert any("h264_nvenc" in remark for remark in writer.remarks) == fell_back
    assert ("h264_nvenc does not open" in caplog.text) == fell_back


def test_the_writer_makes_tagged_bt709_limited(tmp_path: Path) -> None:
    output = tmp_path / "output.mp4"
    colors = {(255, 255, 255): (235, 128, 128), (0, 0, 0): (16, 128, 128),
              (255, 0, 0): (63, 102, 240), (0, 0, 255): (32, 240, 118)}  # H.273, by hand
    with VideoWriter(output, WIDTH, HEIGHT, FPS, crf=0) as writer:
        for color in colors:
            writer.write_frame(np.full((HEIGHT, WIDTH, 3), color, np.uint8))
    tags = VideoProbe.probe(output).tags
    assert (tags.matrix, tags.range, tags.primaries, tags.transfer) == (1, 1, 1, 1)
    for frame, expected in zip(frames_of(output), colors.values(), strict=True):
        found = tuple(int(plane[20, 20]) for plane in samples(frame))
        assert found == expected


def test_the_writer_counts_at_its_rate(tmp_path: Path) -> None:
    output = tmp_path / "output.mp4"
    with VideoWriter(output, WIDTH, HEIGHT, 30000 / 1001) as writer:
        for number in range(5):
            writer.write_frame(np.full((HEIGHT, WIDTH, 3), number * 40, np.uint8))
    assert times_of(output) == [Fraction(1001 * number, 30000) for number in range(5)]


def test_an_abandoned_file_never_appears(tmp_path: Path) -> None:
    output = tmp_path / "output.mp4"
    with pytest.raises(KeyboardInterrupt), VideoWriter(output, WIDTH, HEIGHT, FPS) as writer:
        writer.write_frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_the_writer_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        VideoWriter(tmp_path / "output.avi", WIDTH, HEIGHT, FPS)
    with pytest.raises(InvalidParameter), VideoWriter(
            tmp_path / "output.mp4", WIDTH, HEIGHT, FPS) as writer:
        writer.write_frame(np.zeros((HEIGHT, WIDTH + 1, 3), np.uint8))


def test_sound_needs_a_track_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="no sound track"), VideoWriter(
            tmp_path / "output.mp4", WIDTH, HEIGHT, FPS) as writer:
        writer.write_sound(np.zeros((100, 2), np.float32))


def test_what_cannot_get_its_name_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "output.mp4"
    with pytest.raises(EncodeFailed), VideoWriter(output, WIDTH, HEIGHT, FPS) as writer:
        writer.write_frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        output.mkdir()
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.skipif(os.name == "nt", reason="no file is called so there")
def test_a_colon_in_a_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with VideoWriter("take:1.mp4", WIDTH, HEIGHT, FPS) as writer:
        writer.write_frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert VideoProbe.probe("take:1.mp4").width == WIDTH


def test_the_source_is_known_by_any_name(video: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.hardlink_to(video)
    with pytest.raises(InputError, match="the source itself"):
        Pipeline(video, other, PencilStylizer(), overwrite=True).plan()


def test_a_video_is_rendered_in_one_call(video: Path, tmp_path: Path) -> None:
    told = []
    result = Pipeline(input_path=str(video), output_path=str(tmp_path / "output.mp4"),
                      stylizer=PencilStylizer(), chunk_duration=30, use_temporal=True
                      ).process(progress_callback=told.append)
    assert result.path == tmp_path / "output.mp4" and result.frames == 6
    assert times_of(result.path) == times_of(video)
    rendering = [progress for progress in told if progress.stage == "render"]
    assert [progress.frames for progress in rendering] == [1, 2, 3, 4, 5, 6]
    assert {progress.total for progress in told} == {6}
    assert told[-1].stage == "mux" and told[-1].frames == 6


def test_steadying_is_asked_for_by_name(tmp_path: Path) -> None:
    """True is ema, which changes a picture that flickers; False is off."""
    source = Film(frames=6, codec="libx264", paint=lambda number, shape, bits: np.full(
        shape, (100 + 2 * (number % 2)) << (bits - 8))).write(tmp_path / "video.mp4")
    found = {}
    for steady in (False, True):
        result = Pipeline(source, tmp_path / f"{steady}.mp4", _brighter,
                          use_temporal=steady).process()
        found[steady] = [samples(frame)[0].mean() for frame in frames_of(result.path)]
    assert np.ptp(found[True][2:]) < np.ptp(found[False][2:])


def _brighter(image: np.ndarray) -> np.ndarray:
    return np.minimum(image, 235) + np.uint8(20)


def test_a_function_is_a_look(video: Path, tmp_path: Path) -> None:
    seen = []

    def upside_down(image: np.ndarray) -> np.ndarray:
        seen.append(image.flags.writeable)
        return image[::-1]

    result = Pipeline(video, tmp_path / "output.mp4", upside_down).process()
    assert seen == [False] * 6
    before, after = (samples(next(frames_of(path)))[0].astype(int)
                     for path in (video, result.path))
    assert np.abs(before[::-1] - after).max() < 12
    assert any("cannot be resumed" in said for said in result.warnings)


def test_a_function_with_a_version_can_be_resumed(video: Path, tmp_path: Path) -> None:
    def same(image: np.ndarray) -> np.ndarray:
        return image

    same.version = "1"
    assert Pipeline(video, tmp_path / "output.mp4", same).process().warnings == ()


def test_a_function_that_returns_another_size_is_refused(video: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="shape"):
        Pipeline(video, tmp_path / "output.mp4", lambda image: image[1:]).process()
    assert not (tmp_path / "output.mp4").exists()


def test_a_look_draws_a_still() -> None:
    """CartoonStylizer joins this import with its look; until then the pencil stands for both."""
    frame = noise(0, (HEIGHT, WIDTH * 3), 8).astype(np.uint8).reshape(HEIGHT, WIDTH, 3)
    result = PencilStylizer(blur_sigma=21.0).process(frame)
    assert result.shape == frame.shape and result.dtype == np.uint8
    assert not np.array_equal(result, frame)


def test_a_pipeline_needs_exactly_one_thing_to_draw(video: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        Pipeline(video, tmp_path / "output.mp4")
    with pytest.raises(InvalidParameter):
        Pipeline(video, tmp_path / "output.mp4", PencilStylizer(), chunk_duration=0.5).process()
