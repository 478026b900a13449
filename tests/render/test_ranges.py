"""A picture stands until the next one comes: ranges that begin or end within one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from core.errors import InvalidParameter, UnreadableVideo
from core.pipeline import Pipeline
from core.progress import RenderResult
from core.recipe import Recipe
from tests.clips import Film, Sound, clicks_in, hashes, spans_of, times_of

SECOND = Fraction(1)
SLIDES = Film(codec="libx264", frames=5, time_base=Fraction(1, 1000), options={
    "qp": "10", "bf": "2"}, pts=range(0, 5000, 1000), durations=[1000] * 5,
    sounds=[Sound(seconds=5, clicks=(0.5, 2.75, 4.6))])
COARSE = Film(codec="mjpeg", pixel_format="yuvj420p", options={}, frames=5, time_base=SECOND)
"""Its clock has no halves of a second."""
RANGES = {
    ("4.5", None): ([4], [(0, "0.5")]),
    ("2.5", "2.9"): ([2], [(0, "0.4")]),
    ("2.5", None): ([2, 3, 4], [(0, "0.5"), ("0.5", 1), ("1.5", 1)]),
    ("0", "0.001"): ([0], [(0, "0.001")]),
    (None, "2.25"): ([0, 1, 2], [(0, 1), (1, 1), (2, "0.25")]),
    ("1", "3"): ([1, 2], [(0, 1), (1, 1)]),
    ("0.9995", "2.0004"): ([1], [(0, 1)]),
    ("1.96", "3.96"): ([2, 3], [(0, 1), (1, 1)]),
}
"""The last begins and ends with whole pictures, as ranges of films do."""


def render(source: Path, target: Path, start: str | None, end: str | None, codec: str = "ffv1"
           ) -> RenderResult:
    return Pipeline(source, target, start=start and Fraction(start), end=end and Fraction(end),
                    recipe=Recipe.build({"layers": [{"style": "identity"}], "preset": "speed",
                                         "output": {"codec": codec}})).process()


@pytest.mark.parametrize("film", ["slides.mp4", "slides.mkv", "coarse.avi"])
@pytest.mark.parametrize("times", RANGES)
def test_what_stands_is_shown(film: str, times: tuple[str | None, str | None],
                              tmp_path: Path) -> None:
    source = (COARSE if film == "coarse.avi" else SLIDES).write(tmp_path / film)
    numbers, spans = RANGES[times]
    result = render(source, tmp_path / "out.mkv", *times)
    assert hashes(result.path) == [hashes(source)[number] for number in numbers]
    found = spans_of(result.path)
    # Matroska begins later, all streams together, where sound begins before.
    assert [start - found[0][0] for start, _ in found] == [Fraction(start) for start, _ in spans]
    assert all(abs(lasts - Fraction(other)) <= Fraction(1, 1000)
               for (_, lasts), (_, other) in zip(found, spans, strict=True))
    assert result.warnings == ()


@pytest.mark.parametrize("audio", ["copy", "aac"])
def test_sound_is_cut_where_the_range_begins(audio: str, tmp_path: Path) -> None:
    source = SLIDES.write(tmp_path / "a.mp4")
    target = Pipeline(source, tmp_path / "b.mp4", start=Fraction(5, 2), recipe=Recipe.build({
        "layers": [{"style": "identity"}], "output": {"codec": "h264", "audio": audio}})
        ).process().path
    assert times_of(target) == [0, Fraction(1, 2), Fraction(3, 2)]
    assert clicks_in(target) == pytest.approx([0.25, 2.1], abs=0.0011)
    with av.open(str(target)) as container:
        video = container.streams.video[0]
        assert video.duration * video.time_base == Fraction(5, 2)


def test_the_length_of_a_source_counts_its_last_picture(tmp_path: Path) -> None:
    source = SLIDES.write(tmp_path / "a.mp4")
    with pytest.raises(InvalidParameter, match=r"after the end of a\.mp4, which is 5\.00 s long"):
        render(source, tmp_path / "b.mkv", "5", None)


def _without_its_key(folder: Path) -> Path:
    """The first group of pictures lacks the packet that the others refer to."""
    whole = Film(codec="mpeg2video", frames=40, options={"bf": "0", "g": "20"}).write(
        folder / "whole.mkv")
    path = folder / "headless.mkv"
    with av.open(str(whole)) as container, av.open(str(path), "w", format="matroska") as made:
        stream = made.add_stream_from_template(container.streams.video[0])
        for number, packet in enumerate(container.demux(video=0)):
            if packet.size and number:
                packet.stream = stream
                made.mux(packet)
    return path


def test_pictures_that_a_decoder_swallows_are_missed(tmp_path: Path) -> None:
    source = _without_its_key(tmp_path)
    result = render(source, tmp_path / "b.mkv", None, None)
    assert 0 < result.frames < 39
    assert (f"The source has packets for 39 pictures, of which its decoder gave {result.frames}; "
            "the others are missing.") in result.warnings


def test_a_range_of_which_nothing_is_decoded_is_refused(tmp_path: Path) -> None:
    source = _without_its_key(tmp_path)
    with pytest.raises(UnreadableVideo, match=r"None of the \d+ pictures asked of headless\.mkv"):
        render(source, tmp_path / "b.mkv", None, "0.4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["headless.mkv", "whole.mkv"]
