"""The shape of pixels in Matroska and WebM, exact, with nothing else changed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from core.errors import EncodeFailed
from core.io import VideoProbe
from core.io.matroska import SEGMENT, TRACKS, elements, find, set_video_fields
from core.io.repair import complaints, restore_sar
from tests.clips import Film, Sound, Text, hashes

RICH = {"sounds": [Sound(seconds=0.9, clicks=(0.4,))], "texts": [Text(((0.0, 0.2, "words"),))],
        "attachments": {"font.ttf": bytes(3000)}, "chapters": [(0.0, 0.2, "one")],
        "metadata": {"title": "name"}}


@pytest.mark.parametrize("sar", [Fraction(399, 400), Fraction(64, 45), Fraction(8, 9),
                                 Fraction(2), Fraction(1, 3), Fraction(65521, 65519)])
@pytest.mark.parametrize("container", ["mkv", "webm"])
def test_the_shape_of_pixels_is_exact(container: str, sar: Fraction, tmp_path: Path) -> None:
    film = Film(size=(80, 34), frames=4, codec="ffv1", **RICH) if container == "mkv" else Film(
        size=(80, 34), frames=4, codec="libvpx-vp9", options={})
    path = film.write(tmp_path / f"a.{container}")
    before, pictures = path.stat().st_size, hashes(path)
    restore_sar(path, sar, container)
    assert VideoProbe.probe(path).sar == sar
    assert path.stat().st_size == before
    assert hashes(path) == pictures
    assert complaints(path) == ""
    restore_sar(path, Fraction(3, 2), container)
    assert VideoProbe.probe(path).sar == Fraction(3, 2)


def test_elements_stay_where_the_seek_head_says(tmp_path: Path) -> None:
    path = Film(size=(80, 34), frames=4, **RICH).write(tmp_path / "a.mkv")
    restore_sar(path, Fraction(399, 400), "mkv")
    data = path.read_bytes()
    segment = find(data, SEGMENT)
    head = find(data, SEGMENT, 0x114D9B74)
    assert segment and head
    starts = {part.start - segment.content for part in elements(data, segment.content, len(data))}
    told = set()
    for seek in elements(data, head.content, head.end):
        place = find(data, 0x53AC, within=seek)
        if place:
            told.add(int.from_bytes(data[place.content:place.end], "big"))
    assert len(told) >= 5
    assert told <= starts
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "name"
        assert len(container.chapters()) == 1


def test_a_header_without_room_is_refused(tmp_path: Path) -> None:
    path = Film(frames=2).write(tmp_path / "a.mkv")
    before = path.read_bytes()
    with pytest.raises(EncodeFailed, match="no room"):
        set_video_fields(path, dict.fromkeys(range(21680, 21744), 1 << 60))
    assert path.read_bytes() == before
    assert find(before, SEGMENT, TRACKS)
