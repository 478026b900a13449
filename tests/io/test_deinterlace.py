"""Interlaced frames: drawn progressive wherever they begin, whatever size they have."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.io import VideoProbe, VideoReader
from core.io.access import AccessPoints
from core.io.deinterlace import Deinterlacer
from core.io.encoders import Wish, choose_encoder
from core.io.fields import field_order
from core.io.index import index_packets
from core.io.picture import Picture
from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.clips import Film, frames_of, samples

ILDCT = {"flags": "+ildct+ilme", "g": "4", "qmin": "1", "qmax": "2"}
PLAIN = {"g": "4", "qmin": "1", "qmax": "2"}


def fields_of(number: int, shape: tuple[int, int], _: int) -> np.ndarray:
    """A bar that has moved on in every second row."""
    rows, columns = np.indices(shape)
    place = (8 * number + 4 * (rows % 2)) * shape[1] // 64
    return np.where((columns - place) % shape[1] < shape[1] // 4, 180, 60)


def film(path: Path, first: int, interlaced: bool, size: tuple[int, int] = (64, 48)) -> bytes:
    options = ILDCT if interlaced else PLAIN
    Film(codec="mpeg2video", options=options, size=size, frames=8, paint=fields_of,
         pts=range(first, first + 8), time_base=Fraction(1, 25)).write(path)
    return path.read_bytes()


def combing(luma: np.ndarray) -> float:
    """How much rows differ from the mean of their neighbors."""
    rows = luma.astype(float)
    return float(np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean())


def drawn(path: Path, start: int | None = None, access: AccessPoints | None = None
          ) -> dict[int, np.ndarray]:
    with VideoReader(path) as reader:
        return {timed.pts: np.concatenate([plane.ravel() for plane in timed.picture.planes])
                for timed in reader.pictures(start, access=access)}


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight progressive frames, eight interlaced, eight progressive ones."""
    folder = tmp_path_factory.mktemp("later")
    path = folder / "later.ts"
    path.write_bytes(b"".join(film(folder / "part.ts", first, interlaced)
                              for first, interlaced in ((0, False), (8, True), (16, False))))
    return path


def test_interlaced_frames_that_come_later_are_deinterlaced(later: Path) -> None:
    with VideoReader(later) as reader:
        assert not reader.metadata.interlaced
        after = [timed.picture.planes[0].copy() for timed in reader.pictures()]
        said = reader.report.warnings()
    before = list(frames_of(later))
    assert len(after) == len(before)
    for frame, luma in zip(before, after, strict=True):
        stored = samples(frame)[0]
        if frame.interlaced_frame:
            assert combing(luma) < combing(stored) / 3
        else:
            assert np.array_equal(luma, stored)
    assert [frame.interlaced_frame for frame in before].count(True) == 7
    assert any("becomes interlaced on the way" in sentence for sentence in said)


def test_the_frames_are_the_same_wherever_reading_starts(later: Path) -> None:
    access = index_packets(VideoProbe.probe(later)).access()
    whole = drawn(later)
    for start in whole:
        part = drawn(later, start, access)
        assert list(part) == [pts for pts in whole if pts >= start]
        assert all(np.array_equal(image, whole[pts]) for pts, image in part.items())


@pytest.mark.parametrize("second", [(32, 24), (60, 48), (128, 96), (18, 34)])
def test_a_size_that_changes_never_shows_foreign_memory(second: tuple[int, int],
                                                        tmp_path: Path) -> None:
    """Each half has one gray of its own, which is all that may be seen of it."""
    path = tmp_path / "sizes.ts"
    grays = (90, 170)
    parts = []
    for number, (gray, size) in enumerate(zip(grays, ((64, 48), second), strict=True)):
        Film(codec="mpeg2video", options=ILDCT, size=size, frames=4,
             pts=range(4 * number, 4 * number + 4), time_base=Fraction(1, 25),
             paint=lambda _, shape, __, gray=gray: np.full(shape, gray)).write(path)
        parts.append(path.read_bytes())
    path.write_bytes(b"".join(parts))
    with VideoReader(path) as reader:
        frames = [timed.picture.planes[0].copy() for timed in reader.pictures()]
        rescaled = reader.report.rescaled_frames
    stored = [frame.width for frame in frames_of(path)]
    assert [frame.shape for frame in frames] == [(48, 64)] * len(stored)
    assert rescaled == stored.count(second[0])
    assert all(np.abs(frame.astype(int) - grays[width == second[0]]).max() <= 2
               for width, frame in zip(stored, frames, strict=True))


@pytest.mark.parametrize("name", ["gray10le", "yuv440p10le", "yuva444p12le", "uyvy422", "nv12",
                                  "gbrp", "yuv420p10le", "yuvj420p", "yuv410p"])
def test_every_format_comes_back_as_it_was(name: str) -> None:
    """FFmpeg's filter lacks some formats; a still picture is one either way."""
    frames = []
    for number in range(3):
        frame = av.VideoFrame(64, 48, name)
        for plane in frame.planes:
            code = 60 if frame.format.components[0].bits == 8 else 1  # 257 of 1024 and more
            memoryview(plane).cast("B")[:] = bytes([code]) * plane.buffer_size
        frame.pts = number
        frames.append(_marked_interlaced(frame))

    before = [[plane.copy() for plane in Picture.of(frame).planes] for frame in frames]
    after = [Picture.of(frame) for frame in Deinterlacer().run(iter(frames))]
    assert [picture.native.pts for picture in after] == [0, 1, 2]
    for was, now in zip(before, after, strict=True):
        assert all(np.abs(a.astype(int) - b.astype(int)).max() <= 1
                   for a, b in zip(was, now.planes, strict=True))


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (7, 6), (8, 8)])
def test_tiny_interlaced_frames_come_through(size: tuple[int, int]) -> None:
    frames = [_marked_interlaced(av.VideoFrame(*size, "yuv420p")) for _ in range(3)]
    assert len(list(Deinterlacer().run(iter(frames)))) == 3


def _marked_interlaced(frame: av.VideoFrame, fields: str = "tff") -> av.VideoFrame:
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format,
                              time_base=Fraction(1, 25))
    graph.link_nodes(source, graph.add("setfield", fields), graph.add("buffersink")).configure()
    graph.vpush(frame)
    marked = graph.vpull()
    assert marked.interlaced_frame
    return marked


# ---- what stays interlaced ----

KEPT = [("h264", "mp4"), ("h264", "mkv"), ("prores", "mov"), ("ffv1", "mkv"), ("hevc", "mp4"),
        ("hevc", "mkv"), ("av1", "mp4"), ("vp9", "webm")]


@pytest.mark.parametrize("fields", ["tff", "bff"])
@pytest.mark.parametrize(("codec", "container"), KEPT)
def test_fields_that_stay_are_marked(codec: str, container: str, fields: str,
                                     tmp_path: Path) -> None:
    """In the frames where the encoder can, else by the container, and what cannot be is said."""
    film = Film(codec="ffv1", frames=3, paint=fields_of).write(tmp_path / "a.mkv")
    source = tmp_path / "b.mkv"
    with av.open(str(film)) as before, av.open(str(source), "w") as after:
        stream = after.add_stream("ffv1", rate=25, options={"flags": "+ildct"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for frame in before.decode(video=0):
            after.mux(stream.encode(_marked_interlaced(frame, fields)))
        after.mux(stream.encode(None))
    assert VideoProbe.probe(source).fields == fields
    result = Pipeline(source, tmp_path / f"out.{container}", recipe=Recipe.build(
        {"layers": [{"style": "identity"}], "output": {"codec": codec}})).process()
    marked = codec in ("h264", "prores", "ffv1")
    assert [field_order(frame) for frame in frames_of(result.path)] == [fields * marked] * 3
    assert ("combs" in " ".join(result.warnings)) == (not marked)
    if container != "webm":
        with av.open(str(result.path)) as written:
            order = written.streams.video[0].codec_context.field_order
        assert order in ((2, 4) if fields == "tff" else (3, 5))


def test_a_height_h264_has_no_fields_of_is_said() -> None:
    spec, remarks = choose_encoder(Wish("yuv420p", 64, 50, Fraction(25), "h264", fields="tff"))
    assert spec.pixel_format == "yuv420p"
    assert spec.field_order == 0
    assert any("combs" in said for said in remarks)
