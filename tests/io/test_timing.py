"""Files that do not tell when their pictures are shown, against FFmpeg's command line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from core.io import VideoProbe, VideoReader
from core.io.containers import open_input
from core.io.decoder import decoder_of
from core.io.index import index_packets
from core.io.probe import main_video
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film, Sound, clicks_in, flashes, flashes_in, hashes, times_of
from tests.io.command_line import shown_by_ffmpeg

REORDERED = {"preset": "veryfast", "qp": "10", "bf": "3", "g": "8"}
FILMS = {
    "h264.avi": Film(codec="libx264", options=REORDERED, frames=40),
    "ntsc.avi": Film(codec="libx264", options=REORDERED, frames=40,
                     time_base=Fraction(1001, 30000)),
    "xvid.avi": Film(codec="mpeg4", options={"bf": "2", "g": "8", "b": "900000"}, frames=40),
    "plain.avi": Film(codec="libx264", options=REORDERED | {"bf": "0"}, frames=40),
    "long.mxf": Film(codec="libx264", options=REORDERED, frames=40, sounds=[
        Sound("pcm_s16le", seconds=1.6)]),
    "bare.h264": Film(codec="libx264", options=REORDERED, frames=40),
    "bare.hevc": Film(codec="libx265", frames=40, options={
        "x265-params": "bframes=3:keyint=8:log-level=none"}),
    "bare.mjpeg": Film(codec="mjpeg", pixel_format="yuvj420p", options={}, frames=40),
    "bare.m2v": Film(codec="mpeg2video", options={"bf": "2", "g": "8"}, frames=40),
}
CONTRADICTS_ITSELF = ("long.mxf",)
"""Of its last pictures FFmpeg says that they come all at once."""


def render(source: Path, target: Path, **options: Fraction) -> Path:
    return Pipeline(source, target, chunk_duration=1, recipe=Recipe.build({
        "layers": [{"style": "identity"}], "preset": "speed", "output": {"codec": "ffv1"}}),
        **options).process().path


@pytest.mark.parametrize("name", FILMS)
def test_pictures_come_when_ffmpeg_shows_them(name: str, tmp_path: Path) -> None:
    path = FILMS[name].write(tmp_path / name)
    expected = [time for time, _ in shown_by_ffmpeg(path)]
    with VideoReader(path) as reader:
        base = reader.metadata.time_base
        seen = [timed.pts for timed in reader.pictures()]
        origin = reader.metadata.container_start
    assert reader.report.warnings() == []
    checked = -3 if name in CONTRADICTS_ITSELF else None
    assert len(seen) == len(expected) == 40
    assert max(abs(pts * base - origin - time) for pts, time in list(zip(
        seen, expected, strict=True))[:checked]) <= (base if name.startswith("bare") else 0)
    assert index_packets(reader.metadata).shown_pts().tolist() == seen


@pytest.mark.parametrize("name", FILMS)
def test_a_range_shows_what_the_whole_shows_then(name: str, tmp_path: Path) -> None:
    path = FILMS[name].write(tmp_path / name)
    index = index_packets(VideoProbe.probe(path))
    with VideoReader(path) as reader:
        every = {timed.pts: timed.picture.planes[0] for timed in reader.pictures()}
        for start in index.shown_pts()[[5, 20, 24, 33, 39]].tolist():
            timed = next(reader.pictures(start, None, index.access()))
            assert timed.pts == start
            assert (timed.picture.planes[0] == every[start]).all()


def test_sound_stays_with_pictures_that_are_only_told_when_to_be_decoded(tmp_path: Path) -> None:
    source = Film(codec="libx264", options=REORDERED, frames=40, paint=flashes(20), sounds=[
        Sound("mp3", seconds=1.6, clicks=(0.8,))]).write(tmp_path / "a.avi")
    apart = clicks_in(source)[0] - float(shown_by_ffmpeg(source)[20][0])
    target = render(source, tmp_path / "b.mkv")
    assert clicks_in(target)[0] - float(flashes_in(target)[0]) == pytest.approx(apart, abs=0.0011)


def test_a_bare_stream_takes_a_range(tmp_path: Path) -> None:
    source = FILMS["bare.h264"].write(tmp_path / "a.h264")
    whole, part = render(source, tmp_path / "whole.mkv"), render(
        source, tmp_path / "part.mkv", start=Fraction(4, 5), end=Fraction(6, 5))
    assert hashes(part) == hashes(whole)[20:30]
    assert times_of(part) == [Fraction(n, 25) for n in range(10)]


def test_a_stream_that_appears_on_the_way(shared: Path, tmp_path: Path) -> None:
    source = shared / "faults" / "06_flv_new_stream.flv"
    target = render(source, tmp_path / "out.mkv")
    expected = shown_by_ffmpeg(source)
    assert len(expected) == 74
    assert [look for _, look in shown_by_ffmpeg(target)] == [look for _, look in expected]


def test_packets_that_are_only_referred_to_promise_no_picture(shared: Path) -> None:
    """As encoders of VP9 write them that do not join them to the next one."""
    with VideoReader(shared / "media" / "androidx__roadtrip-vp92-10bit.webm") as reader:
        index = index_packets(reader.metadata)
        assert index.frames == 72 < len(index.pts)
        assert index.shown_pts().tolist() == [timed.pts for timed in reader.pictures()]


def test_packets_without_content_are_no_damage(shared: Path) -> None:
    """The picture stays as it was, as FFmpeg has it."""
    source = shared / "faults" / "25_theora_still_moments.ogv"
    with VideoReader(source) as reader:
        base, pictures = reader.metadata.time_base, list(reader.pictures())
    assert reader.report.warnings() == []
    assert [timed.pts * base for timed in pictures] == [
        time for time, _ in shown_by_ffmpeg(source)]


def test_theora_is_decoded_by_one_thread(shared: Path) -> None:
    """With more FFmpeg's own pictures differ from run to run."""
    source = shared / "faults" / "25_theora_still_moments.ogv"
    with open_input(source) as container:
        stream = main_video(container, source)
        decoder_of(stream, threads=8)
        assert stream.codec_context.thread_count == 1
