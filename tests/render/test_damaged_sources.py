"""Sources with holes, without an end, or gone while they are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from core.errors import InputError, UnreadableVideo
from core.io import VideoProbe
from core.io.index import index_packets
from core.io.reader import VideoReader
from tests import reels
from tests.clips import Film, times_of
from tests.render.stopped import FRAMES, stop


def spoil(path: Path, first: int, last: int) -> None:
    """Zero what the pictures first <= number < last are made of."""
    content = path.read_bytes()
    with av.open(str(path)) as container:
        base = container.streams.video[0].time_base
        for packet in container.demux(video=0):
            if packet.size and first <= packet.pts * base * reels.RATE < last:
                assert content.count(bytes(packet)) == 1
                content = content.replace(bytes(packet), bytes(packet.size))
    path.write_bytes(content)


@pytest.fixture
def stills(path: Path) -> Path:
    """Every packet is a picture of its own, and marked so whatever it holds."""
    return Film(codec="mjpeg", pixel_format="yuvj420p", options={"qscale": "2"}, frames=FRAMES,
                time_base=Fraction(1, reels.RATE), paint=reels.shots(*reels.CUTS)).write(
                    path.with_name("stills.mkv"))


@pytest.mark.parametrize("look", ["afterglow, steady", *(
    pytest.param(look, marks=pytest.mark.long) for look in ("identity", "numbers"))])
@pytest.mark.parametrize(("first", "last"), [(0, 10), (20, 30), (20, 40), (50, 60), (0, 50)])
def test_a_part_without_pictures_is_left_out_and_told(stills: Path, target: Path, look: str,
                                                      first: int, last: int) -> None:
    spoil(stills, first, last)
    straight = target.with_name("straight.mkv")
    result = reels.render(stills, straight, look)
    assert result.frames == len(times_of(straight)) == FRAMES - (last - first)
    for part in range(first // 10, last // 10):
        assert any(said.startswith(f"Nothing could be decoded of part {part + 1} of 6")
                   for said in result.warnings)
    assert f"{last - first} damaged packets could not be decoded and show nothing." \
        in result.warnings
    stop(stills, target, look, steps=result.frames // 2 + 5)
    again = reels.render(stills, target, look)
    assert again.frames == result.frames
    assert reels.shown(target) == reels.shown(straight)
    assert sorted(again.warnings) == sorted(result.warnings)


@pytest.mark.parametrize("threads", [0, 1, 7])
@pytest.mark.parametrize(("first", "last"), [(20, 30), (50, 60), (57, 60), (12, 14)])
def test_damage_takes_no_other_picture_with_it(path: Path, threads: int, first: int,
                                               last: int) -> None:
    whole = times_of(path)
    spoil(path, first, last)
    with VideoReader(path, threads=threads) as reader:
        base = reader.metadata.time_base
        seen = [timed.pts * base for timed in reader.pictures()]
    assert [time for time in whole if not first <= time * reels.RATE < last] == [
        time for time in seen if not first <= time * reels.RATE < last]
    assert reader.report.skipped_packets
    assert len(seen) < FRAMES


def test_what_an_interrupted_run_met_is_told_at_the_end(path: Path, target: Path) -> None:
    spoil(path, 12, 14)
    straight = reels.render(path, target.with_name("straight.mkv"), "numbers")
    stop(path, target, "numbers", steps=40)
    resumed = reels.render(path, target, "numbers")
    assert resumed.warnings == straight.warnings
    assert any("damaged packets" in said for said in resumed.warnings)


def test_a_file_without_its_end_is_rendered_as_far_as_it_goes(path: Path, target: Path) -> None:
    whole = Film(codec="ffv1", frames=FRAMES, time_base=Fraction(1, reels.RATE),
                 paint=reels.shots(*reels.CUTS)).write(path.with_name("whole.mkv"))
    content = whole.read_bytes()
    whole.write_bytes(content[:len(content) // 2])
    result = reels.render(whole, target, "numbers")
    assert 0 < result.frames < FRAMES
    assert result.frames == len(times_of(target))
    assert len(index_packets(VideoProbe.probe(whole)).pts) - result.frames in (0, 1)


def test_a_source_that_cannot_be_read_on_ends_the_render(path: Path, target: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """What a disk that is pulled out looks like; its first half must not pass for the whole."""
    decode = VideoReader._decoded

    def breaking(self: VideoReader, *given: Any) -> Iterator[Any]:
        for number, frame in enumerate(decode(self, *given)):
            if number == 35:
                self.report.cut_short = True
                return
            yield frame

    with monkeypatch.context() as patch:
        patch.setattr(VideoReader, "_decoded", breaking)
        with pytest.raises(InputError, match="could be read to its end before"):
            reels.render(path, target, "numbers")
    assert not target.exists()
    result = reels.render(path, target, "numbers")
    assert (result.resumed_frames, result.frames) == (30, FRAMES)


def test_a_source_that_is_taken_away_ends_the_render(path: Path, target: Path) -> None:
    with closing(reels.pipeline(path, target, "numbers").run()) as run:
        next(run)
        path.unlink()
        with pytest.raises(InputError, match="cannot be found any more"):
            list(run)
    assert not target.exists()


def test_a_source_of_nothing_but_damage_is_refused(path: Path, target: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VideoReader, "_decoded", lambda *_: iter(()))
    with pytest.raises(UnreadableVideo, match="None of the 60 pictures"):
        reels.render(path, target, "numbers", resume=False)
    assert not target.exists()
