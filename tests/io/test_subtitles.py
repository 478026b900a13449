"""Words that stand at the same time, in containers that show one text at a time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.io.subtitles import Cue, one_at_a_time, overlap
from tests.clips import Film, Text
from tests.io.test_packetwriter import rendered

WORDS = Text(((0.0, 1.0, "one"), (0.0, 2.0, "two"), (0.5, 1.5, "three"), (2.2, 2.6, "four")))
FILM = Film(frames=75, codec="mpeg4", texts=[WORDS])


def _standing(path: Path) -> Iterator[tuple[Fraction, Fraction, set[str]]]:
    with av.open(str(path)) as opened:
        for packet in opened.demux(opened.streams.subtitles[0]):
            if packet.size > 2:
                text = bytes(packet)
                if packet.stream.codec_context.name == "mov_text":
                    text = text[2:2 + int.from_bytes(text[:2], "big")]
                start = packet.pts * packet.time_base
                yield (start, start + packet.duration * packet.time_base,
                       set(text.decode().strip().split("\n")))


def _at(path: Path, time: str) -> set[str]:
    return set().union(*(words for start, end, words in _standing(path)
                         if start <= Fraction(time) < end))


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "webm"])
def test_words_that_overlap_all_stand_as_long_as_they_did(container: str, tmp_path: Path) -> None:
    path = rendered(FILM.write(tmp_path / "a.mkv"), tmp_path / f"b.{container}").path
    assert [_at(path, time) for time in ("0.25", "0.75", "1.25", "1.75", "2.1", "2.4", "2.7")] == [
        {"one", "two"}, {"one", "two", "three"}, {"two", "three"}, {"two"}, set(), {"four"}, set()]


def test_words_that_overlap_are_cut_to_a_range(tmp_path: Path) -> None:
    path = rendered(FILM.write(tmp_path / "a.mkv"), tmp_path / "b.mp4", start=Fraction("0.8"),
                    end=Fraction("2.4")).path
    assert [_at(path, time) for time in ("0.1", "0.4", "0.8", "1.3", "1.5")] == [
        {"one", "two", "three"}, {"two", "three"}, {"two"}, set(), {"four"}]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from("abcd")).map(
    lambda cue: (min(cue[:2]), max(cue[:2]), cue[2])), max_size=8))
def test_joined_words_stand_when_they_did(cues: list[Cue]) -> None:
    joined = one_at_a_time(cues)
    assert not overlap(joined)
    for time in range(20):
        before = sorted(words for start, end, words in cues if start <= time < end)
        after = [line for start, end, words in joined if start <= time < end
                 for line in words.split("\n")]
        assert before == sorted(after)


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_a_track_without_words_is_left_out_and_said(container: str, tmp_path: Path) -> None:
    film = FILM.write(tmp_path / "a.mkv")
    with av.open(str(film)) as source, av.open(
            str(tmp_path / "b.mkv"), "w", format="matroska") as target:
        streams = [target.add_stream_from_template(stream, opaque=True)
                   for stream in source.streams]
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    result = rendered(tmp_path / "b.mkv", tmp_path / f"c.{container}")
    assert result.frames == 75
    if container == "webm":
        assert any("has no words that can be read" in said for said in result.warnings)
