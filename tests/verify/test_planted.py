"""Faults planted into good renders: each is found by the check that is there for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.color import ColorTags
from core.progress import Followed
from core.verify import Result, Said, Verification, verify
from scripts import cli
from tests.clips import Film, Sound, Text

RIGHT = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
LEFT = (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30)
CLICKS = (0.21, 0.5, 0.66, 1.03, 1.31, 1.42, 1.77)


def moving(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    """Soft stripes and a disk that wander: no two frames alike, all changing by as much."""
    rows, columns = np.indices(shape)
    scale = shape[0] / 48
    wave = np.sin((columns / scale + 2.3 * number) / 7) + np.cos((rows / scale - number) / 5)
    y, x = 24 + 14 * np.sin(number / 4), 32 + 20 * np.cos(number / 4)
    disk = (rows / scale - y) ** 2 + (columns / scale - x) ** 2 < 60
    level = 0.45 + 0.12 * wave + 0.2 * disk
    if shape[0] < 48:
        level = np.full(shape, 0.5)
    return np.round(level * ((1 << bits) - 1)).astype(np.int64)


SOURCE = Film(frames=50, paint=moving, tags=ColorTags(1, 1, 1, 1), sar=Fraction(4, 3),
              matrix=RIGHT, codec="libx264", options={"qp": "0", "preset": "ultrafast"},
              sounds=(Sound(seconds=2.0, clicks=CLICKS),
                      Sound(codec="flac", seconds=2.0, clicks=CLICKS[::2])),
              texts=(Text(((0.2, 0.9, "one"), (1.0, 1.6, "two"))),),
              chapters=((0.0, 1.0, "first"), (1.0, 2.0, "second")),
              metadata={"title": "A film"})


def doubled(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    return moving(number if number < 20 or number > 23 else 20, shape, bits)


def late(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    return moving(number if number < 30 else number - 1, shape, bits)


def brighter(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    """As if a look had forgotten at a border what it knew."""
    lift = 0.1 if number >= 25 and shape[0] >= 48 else 0.0
    return moving(number, shape, bits) + round(lift * (1 << bits))


def less(number: int) -> Film:
    """Without one frame, whose time stays empty."""
    pts = [tick for tick in range(50) if tick != number]
    return dataclasses.replace(
        SOURCE, frames=49, pts=pts,
        paint=lambda place, shape, bits: moving(pts[place], shape, bits))


def with_sound(**changes: object) -> Film:
    first, *others = SOURCE.sounds
    return dataclasses.replace(SOURCE, sounds=(dataclasses.replace(first, **changes), *others))


FILMS: dict[str, tuple[Film, str]] = {
    "a frame is lost": (less(20), "frames"),
    "the last frame is lost": (less(49), "frames"),
    "a frame is shown again": (dataclasses.replace(SOURCE, paint=doubled), "frames"),
    "frames come late": (dataclasses.replace(SOURCE, paint=late), "frames"),
    "frames have other times": (dataclasses.replace(
        SOURCE, time_base=Fraction(1, 1000), pts=[40 * n + 9 * (n == 20) for n in range(50)]),
        "times"),
    "sound is late": (with_sound(clicks=tuple(at + 0.04 for at in CLICKS)), "sync"),
    "sound drifts": (with_sound(clicks=tuple(at * 1.02 for at in CLICKS)), "sync"),
    "sound ends early": (with_sound(seconds=1.4, clicks=CLICKS[:5]), "sync"),
    "a sound track is missing": (dataclasses.replace(SOURCE, sounds=SOURCE.sounds[:1]), "sound"),
    "another color tag": (dataclasses.replace(SOURCE, tags=ColorTags(1, 1, 9, 1)), "color"),
    "another pixel shape": (dataclasses.replace(SOURCE, sar=Fraction(1)), "sar"),
    "turned the other way": (dataclasses.replace(SOURCE, matrix=LEFT), "rotation"),
    "another size": (dataclasses.replace(SOURCE, size=(80, 48)), "size"),
    "a tail is cut": (dataclasses.replace(SOURCE, frames=44), "frames"),
    "a jump between chunks": (dataclasses.replace(
        SOURCE, paint=brighter, options={"qp": "0", "preset": "ultrafast", "g": "25",
                                         "sc_threshold": "0"}), "seams"),
    "words at another time": (dataclasses.replace(
        SOURCE, texts=(Text(((0.2, 0.9, "one"), (1.2, 1.6, "two"))),)), "subtitles"),
    "a chapter is missing": (dataclasses.replace(SOURCE, chapters=SOURCE.chapters[:1]),
                             "chapters"),
    "a tag is missing": (dataclasses.replace(SOURCE, metadata={}), "metadata"),
}
"""Films that are taken for renders of SOURCE, and the check that must find them out."""


def patched(find: bytes, replace: Callable[[bytes], bytes], size: int) -> Callable[[Path], None]:
    """Changes `size` bytes behind a mark in a file, wherever it stands."""
    def plant(path: Path) -> None:
        data = path.read_bytes()
        at = data.rindex(find) + len(find)
        path.write_bytes(data[:at] + replace(data[at:at + size]) + data[at + size:])
    return plant


def cut_off(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:len(data) * 3 // 4])


def zeroed(path: Path) -> None:
    """A packet in the middle holds nothing any more."""
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][25]
        at, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[at + 4:at + size] = bytes(size - 4)
    path.write_bytes(bytes(data))


BYTES: dict[str, tuple[Callable[[Path], None], str]] = {
    "the container claims other primaries": (patched(b"nclx", lambda _: b"\0\x09", 2), "color"),
    "the container claims another shape": (
        patched(b"pasp", lambda _: b"\0\0\0\1\0\0\0\1", 8), "sar"),
    "the end is missing": (cut_off, "whole"),
    "a packet is damaged": (zeroed, "packets"),
}


def found(output: Path, source: Path | None, said: Said | None = None) -> Verification:
    with Followed(verify(output, source, said=said)) as work:
        for _ in work:
            pass
    return work.result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def source(folder: Path) -> Path:
    return SOURCE.write(folder / "source.mkv")


@pytest.fixture(scope="module")
def render(folder: Path, source: Path) -> Path:
    target = folder / "render.mp4"
    assert cli.main(["render", "--in", str(source), "--styles", "identity", "--out",
                     str(target)]) == 0
    return target


def test_a_good_render_passes(source: Path, render: Path) -> None:
    beside, alone = found(render, source), found(render, None)
    assert beside.wrong == ()
    assert alone.wrong == ()
    results = {name: check.result for name, check in beside.checks.items()}
    for name in ("packets", "whole", "clocks", "frames", "times", "duration", "size", "sar",
                 "rotation", "color", "depth", "sync", "chapters", "metadata"):
        assert results[name] == Result.KEPT, beside.checks[name]
    assert results["subtitles"] == Result.CONVERTED


def test_a_good_copy_passes(source: Path, folder: Path) -> None:
    """The film as a film of its own: what the planted ones differ from."""
    assert found(SOURCE.write(folder / "copy.mkv"), source).wrong == ()


@pytest.mark.parametrize("fault", FILMS)
def test_what_is_planted_into_a_film_is_found(fault: str, source: Path, tmp_path: Path) -> None:
    film, check = FILMS[fault]
    assert check in found(film.write(tmp_path / "film.mkv"), source, Said([])).wrong


@pytest.mark.parametrize("fault", BYTES)
def test_what_is_planted_into_a_file_is_found(fault: str, source: Path, render: Path,
                                              tmp_path: Path) -> None:
    plant, check = BYTES[fault]
    path = tmp_path / "render.mp4"
    path.write_bytes(render.read_bytes())
    plant(path)
    assert check in found(path, source).wrong
    assert check in found(path, None).wrong


def test_a_loss_counts_as_said_where_the_report_says_it(source: Path, render: Path) -> None:
    words = "subrip subtitle track 3, converted to mov_text"
    assert found(render, source, Said([words])).wrong == ()
    assert found(render, source, Said(["something else"])).wrong == ("subtitles",)
