"""Clocks that jump: recordings that were joined, against FFmpeg's command line."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.io import VideoProbe, VideoReader
from core.io.index import index_packets
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film, Sound, clicks_in, flashes, flashes_in, hashes, times_of
from tests.io.command_line import shown_by_ffmpeg, since_first

RATE = 25
REORDERED = {"preset": "veryfast", "qp": "20", "bf": "2", "g": "10"}
PARTS = {"equal": (10, 10), "earlier": (10, 0), "much earlier": (500, 0), "a minute": (100, 10),
         "later": (10, 500), "a little later": (10, 14), "there and back": (10, 0, 500, 10)}
SOUND = ("-map", "0:a", "-f", "null", "-")


def part(start: int, number: int, suffix: str, folder: Path, *, sound: bool) -> bytes:
    """A recording of 1.2 s that begins at a time, with a flash and a click in its middle."""
    path = folder / f"{number}{suffix}"
    sounds = [Sound("mp2", start=start, seconds=1.2, clicks=(start + 0.6,))] if sound else []
    Film(pts=range(start * RATE, start * RATE + 30), codec="mpeg2video" if suffix == ".mpg" else
         "libx264", options={"bf": "2", "g": "10"} if suffix == ".mpg" else REORDERED,
         paint=flashes(15), sounds=sounds).write(path)
    return path.read_bytes()


def joined(name: str, suffix: str, folder: Path, *, sound: bool = True) -> Path:
    path = folder / f"joined{suffix}"
    path.write_bytes(b"".join(part(start, number, suffix, folder, sound=sound)
                              for number, start in enumerate(PARTS[name])))
    return path


@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize("suffix", [".ts", ".mpg"])
@pytest.mark.parametrize("name", PARTS)
def test_pictures_come_when_ffmpeg_shows_them(name: str, suffix: str, sound: bool,
                                              tmp_path: Path) -> None:
    path = joined(name, suffix, tmp_path, sound=sound)
    expected = since_first([time for time, _ in shown_by_ffmpeg(path, *(SOUND if sound else ()))])
    with VideoReader(path) as reader:
        base = reader.metadata.time_base
        seen = [timed.pts for timed in reader.pictures()]
    assert reader.report.mended_timestamps == 0
    found = since_first([pts * base for pts in seen])
    assert len(found) == len(expected) == 30 * len(PARTS[name])
    assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) <= base
    index = index_packets(reader.metadata)
    assert index.shown_pts().tolist() == seen
    assert (index.jumps > 0) == (name != "a little later")


def test_reading_may_start_anywhere(tmp_path: Path) -> None:
    """No seeking would find the right part, so the file is read to there."""
    path = joined("there and back", ".ts", tmp_path)
    index = index_packets(VideoProbe.probe(path))
    assert not index.access().by_seeking
    with VideoReader(path) as reader:
        every = {timed.pts: timed.picture.planes[0] for timed in reader.pictures()}
        for start in index.shown_pts()[::17].tolist():
            timed = next(reader.pictures(start, None, index.access()))
            assert timed.pts == start
            assert (timed.picture.planes[0] == every[start]).all()


def _pipeline(source: Path, target: Path, audio: str, **options: Fraction) -> Pipeline:
    return Pipeline(source, target, chunk_duration=1, recipe=Recipe.build({
        "layers": [{"style": "identity"}], "preset": "speed",
        "output": {"codec": "ffv1", "audio": audio}}), **options)


def _render(source: Path, target: Path, audio: str, **options: Fraction) -> Path:
    return _pipeline(source, target, audio, **options).process().path


@pytest.mark.parametrize("audio", ["copy", "flac"])
@pytest.mark.parametrize("suffix", [".ts", ".mpg"])
def test_sound_stays_with_the_picture_behind_a_jump(suffix: str, audio: str,
                                                    tmp_path: Path) -> None:
    source = joined("there and back", suffix, tmp_path)
    target = _render(source, tmp_path / "out.mkv", audio)
    seen, heard = flashes_in(target), clicks_in(target)
    assert len(seen) == len(heard) == 4
    # What MP2 frames of 24 ms leave over at each end of a recording.
    assert np.abs(np.array(seen) - np.array(heard)).max() < 0.06


def test_a_range_is_counted_on_the_clock_without_jumps(tmp_path: Path) -> None:
    source = joined("much earlier", ".ts", tmp_path)
    whole = _render(source, tmp_path / "whole.mkv", "none")
    target = _render(source, tmp_path / "range.mkv", "none", start=Fraction(7, 5),
                     end=Fraction(2))
    first = sum(time < Fraction(7, 5) for time in since_first(times_of(whole)))
    assert hashes(target) == hashes(whole)[first:first + 15]


@pytest.mark.parametrize("limits", [{}, {"start": Fraction("0.9"), "end": Fraction(4)}])
def test_a_render_that_stopped_behind_a_jump_goes_on_there(limits: dict[str, Fraction],
                                                           tmp_path: Path) -> None:
    source, target = joined("there and back", ".ts", tmp_path), tmp_path / "out.mkv"
    straight = _render(source, tmp_path / "straight.mkv", "none", **limits)
    with closing(_pipeline(source, target, "none", **limits).run()) as run:
        next(progress for progress in run if progress.chunk == 2)
    resumed = _pipeline(source, target, "none", **limits).process()
    assert resumed.resumed_frames > 30
    assert (hashes(target), times_of(target)) == (hashes(straight), times_of(straight))
