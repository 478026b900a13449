"""Decoders other than FFmpeg's own say what those would."""

from pathlib import Path

import pytest

from core.color import Matrix, Range
from core.io import VideoProbe, VideoReader
from tests.clips import frames_of


def test_vp8_with_transparency_keeps_its_matrix(shared: Path) -> None:
    source = shared / "faults" / "22_vp8_alpha_hd.webm"
    found = VideoProbe.probe(source)
    assert found.has_alpha
    assert (found.tags.matrix, found.tags.range) == (Matrix.BT470BG, Range.LIMITED)
    with VideoReader(source) as reader:
        assert all(timed.picture.native.colorspace == Matrix.BT470BG
                   for timed in reader.pictures())
        assert reader.report.recolored_frames == 0


@pytest.mark.parametrize("name", ["mediabunny__transparency.webm", "moviepy__transparent.webm"])
def test_tags_are_those_of_the_film_without_its_alpha(name: str, shared: Path) -> None:
    source = shared / "media" / name
    plain = next(frames_of(source))
    found = VideoProbe.probe(source).tags
    assert (found.matrix, found.range) == (plain.colorspace, plain.color_range)
