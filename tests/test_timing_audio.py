"""Every picture at its time, every sound at its place, and all else that a file holds."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from core.errors import InputError, InvalidParameter
from core.io import VideoProbe
from core.io.repair import restore_sar
from core.pipeline import Pipeline
from core.progress import RenderResult
from core.recipe import Recipe
from tests.clips import (
    Film,
    Sound,
    Text,
    clicks_in,
    flashes,
    flashes_in,
    heard_in,
    payloads,
    spans_of,
    times_of,
)

MILLISECOND = Fraction(1, 1000)
CLOSE = 0.001 + 1e-9
CODEC = {"mp4": "h264", "mov": "h264", "mkv": "h264", "webm": "vp9"}
EXACT = ("mp4", "mov")
REORDERED = {"preset": "fast", "qp": "10", "bf": "3", "g": "12"}


def render(source: Path, target: Path, codec: str | None = None, *, audio: str = "copy",
           start: str | None = None, end: str | None = None, **options: Any) -> RenderResult:
    container = target.suffix[1:]
    return Pipeline(
        source, target, start=start and Fraction(start), end=end and Fraction(end),
        recipe=Recipe.build({
            "layers": [{"style": "identity"}], "preset": "speed",
            "output": {"codec": codec or CODEC[container], "audio": audio}}), **options).process()


def assert_same_times(source: Path, target: Path, offset: Fraction = Fraction(0)) -> None:
    """All of `source` plus `offset`, exactly in MP4 and MOV, else within a millisecond."""
    before, after = times_of(source), times_of(target)
    assert len(after) == len(before)
    apart = max(abs(one + offset - other) for one, other in zip(before, after, strict=True))
    assert apart <= (0 if target.suffix[1:] in EXACT else MILLISECOND)


def _in_turn(*lists: Sequence[Any]) -> list[Any]:
    """All combinations; those of which the places do not add up to an even number are long."""
    return [pytest.param(*(value for _, value in chosen), marks=() if sum(
        place for place, _ in chosen) % 2 == 0 else pytest.mark.long)
        for chosen in itertools.product(*map(enumerate, lists))]


# ---- pictures ----

PATHS = [("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("vp9", "mp4"), ("h264", "mov"),
         ("prores", "mov"), ("h264", "mkv"), ("hevc", "mkv"), ("ffv1", "mkv"), ("vp9", "webm"),
         ("av1", "webm")]

IRREGULAR = [0, 3003, 9009, 10010, 20020, 23023, 40040, 41041, 41941, 70000]
LASTING = [after - before for before, after in itertools.pairwise(IRREGULAR)] + [54000]


_made: dict[str, bytes] = {}


def _once(name: str, film: Film, path: Path) -> Path:
    """The film at `path`, encoded for the first test that asks for it by that name and suffix."""
    name += path.suffix
    if name not in _made:
        _made[name] = film.write(path).read_bytes()
    path.write_bytes(_made[name])
    return path


def _irregular(path: Path) -> Path:
    return _once("irregular", Film(pts=IRREGULAR, durations=LASTING, codec="libx264",
                                   time_base=Fraction(1, 90000)), path)


@pytest.mark.parametrize(("codec", "container"), PATHS)
def test_irregular_times_come_through_and_the_last_picture_stands_as_long(
        codec: str, container: str, tmp_path: Path) -> None:
    """It lasts 0.6 s, whatever order the packets are in."""
    source = _irregular(tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}", codec)
    assert_same_times(source, result.path)
    assert result.warnings == ()
    end = Fraction(IRREGULAR[-1] + LASTING[-1], 90000)
    with av.open(str(result.path)) as container_:
        stream = container_.streams.video[0]
        if container in EXACT:
            assert (stream.start_time + stream.duration) * stream.time_base == end
        assert abs(Fraction(container_.duration, av.time_base) - end) <= MILLISECOND


@pytest.mark.parametrize("container", ["mkv", "webm"])
def test_matroska_tells_every_duration(container: str, tmp_path: Path) -> None:
    source = _irregular(tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}")
    for (_, before), (_, after) in zip(spans_of(source), spans_of(result.path), strict=True):
        assert abs(before - after) <= MILLISECOND


def test_what_was_written_is_read_the_same_again(tmp_path: Path) -> None:
    """Three times over, through reordered packets, nothing creeps in."""
    first = path = _irregular(tmp_path / "0.mp4")
    for number, codec in enumerate(("h264", "hevc", "h264"), 1):
        path = render(path, tmp_path / f"{number}.mp4", codec).path
    assert times_of(path) == times_of(first)
    with av.open(str(first)) as one, av.open(str(path)) as other:
        assert one.streams.video[0].duration == other.streams.video[0].duration


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "25", "60", "12", "1000", "1/2"])
@pytest.mark.parametrize("container", ["mp4", "mkv", "webm"])
def test_rates_come_through(container: str, rate: str, tmp_path: Path) -> None:
    source = _once(rate, Film(frames=5, time_base=1 / Fraction(rate), codec="libx264"),
                   tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}")
    assert_same_times(source, result.path)
    if rate not in ("1000", "1/2"):
        assert abs(VideoProbe.probe(result.path).rate / Fraction(rate) - 1) < Fraction(1, 1000)


@pytest.mark.parametrize("options", [
    REORDERED, REORDERED | {"x264-params": "open-gop=1:b-pyramid=normal"}],
    ids=["closed", "open"])
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_reordered_pictures_in_many_chunks(suffix: str, options: dict[str, str],
                                           tmp_path: Path) -> None:
    source = Film(frames=60, codec="libx264", options=options).write(tmp_path / f"a.{suffix}")
    result = render(source, tmp_path / "b.mp4", chunk_duration=1)
    offset = -VideoProbe.probe(source).container_start if suffix == "ts" else Fraction(0)
    assert_same_times(source, result.path, offset)
    with av.open(str(result.path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert all(packet.dts <= packet.pts for packet in packets)
    assert all(one.dts < other.dts for one, other in itertools.pairwise(packets))


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "webm"])
def test_a_late_start_is_kept(container: str, tmp_path: Path) -> None:
    """Ten seconds of nothing before the first picture, as in an edit list; sound goes on at 0."""
    source = Film(pts=range(250, 270), codec="libx264", paint=flashes(5),
                  sounds=[Sound(seconds=11, clicks=(10.2,))]).write(tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}")
    assert times_of(source)[0] == 10
    shift = times_of(result.path)[0] - 10
    assert 0 <= shift <= (0 if container in EXACT else Fraction(22, 1000))
    assert_same_times(source, result.path, shift)
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_negative_start_is_kept_or_moved_as_one(container: str, tmp_path: Path) -> None:
    source = Film(pts=range(-5, 15), codec="libx264", paint=flashes(10), sounds=[
        Sound(seconds=0.9, start=-0.2, clicks=(0.2,), codec="pcm_s16le")]).write(
        tmp_path / "a.mov")
    result = render(source, tmp_path / f"b.{container}", audio="copy")
    assert len(times_of(result.path)) == len(times_of(source))
    shift = times_of(result.path)[0] - times_of(source)[0]
    assert_same_times(source, result.path, shift)
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_broadcast_stream_starts_at_zero(container: str, tmp_path: Path) -> None:
    source = Film(pts=range(250, 300), codec="libx264", options=REORDERED, paint=flashes(10, 30),
                  sounds=[Sound("mp2", start=10, clicks=(10.4, 11.2))]).write(tmp_path / "a.ts")
    origin = VideoProbe.probe(source).container_start
    assert origin > 1
    result = render(source, tmp_path / f"b.{container}")
    shift = times_of(result.path)[0] - times_of(source)[0]
    assert abs(origin + shift) <= MILLISECOND
    assert_same_times(source, result.path, shift)
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)


REAL = ["torchcodec__var_fps_video.mp4", "androidx__iibbibb_editlist_videoonly.mp4",
        "mediabunny__edit-list-discard.mp4", "fate__mov_neg_first_pts_discard.mp4",
        "androidx__sample_sef_slow_motion.mp4", "autoeditor__SAR-2by3.mp4",
        "androidx__sample_fragmented.mp4", "imageio__newtonscradle.gif"]
LARGE = ["mediabunny__cursed-vfr.mp4", "webrtc__mixed-content.webm", "cotracker__pillow.mp4",
         "androidx__hdr10-video-with-sdr-container.mp4", "androidx__edit_list_positive_shift.mp4",
         "androidx__sample_edit_list.mp4", "androidx__bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4",
         "androidx__bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4",
         "moviepy__no_duration.webm", "androidx__sample_with_ssa_subtitles.mkv"]


def _keeps_real_times(source: Path, folder: Path, container: str) -> None:
    result = render(source, folder / f"b.{container}")
    shift = times_of(result.path)[0] - times_of(source)[0]
    if container in EXACT:
        assert shift == 0
    else:  # sound that begins before the picture moves all of a Matroska file
        starts = [stream.start or 0 for stream in VideoProbe.probe(source).audio]
        assert -MILLISECOND <= shift <= max([Fraction(0), *(-start for start in starts)]) + (
            Fraction(1024, 8000) if starts else MILLISECOND)
    assert_same_times(source, result.path, shift)


@pytest.mark.parametrize(("clip", "container"), _in_turn(REAL, ["mp4", "mkv"]))
def test_real_times_come_through(clip: str, container: str, shared: Path, tmp_path: Path) -> None:
    _keeps_real_times(shared / "media" / clip, tmp_path, container)


@pytest.mark.long
@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize("clip", LARGE)
def test_large_real_times_come_through(clip: str, container: str, shared: Path, tmp_path: Path
                                       ) -> None:
    _keeps_real_times(shared / "media" / clip, tmp_path, container)


@pytest.mark.parametrize(("start", "end"), [("0.5", "1.6"), ("0.77", None), (None, "1.3"),
                                            ("1", "1.5")])
@pytest.mark.parametrize("container", ["mp4", "mkv", "webm"])
def test_a_range_holds_the_pictures_that_begin_in_it(container: str, start: str | None,
                                                     end: str | None, tmp_path: Path) -> None:
    source = _once("plain", Film(frames=50, codec="libx264", options=REORDERED),
                   tmp_path / "a.mp4")
    result = render(source, tmp_path / f"b.{container}", start=start, end=end)
    inside = [time for time in times_of(source)
              if Fraction(start or 0) <= time and (end is None or time < Fraction(end))]
    found = times_of(result.path)
    assert len(found) == len(inside) and found[0] == 0
    apart = max(abs(one - inside[0] - other) for one, other in zip(inside, found, strict=True))
    assert apart <= (0 if container in EXACT else MILLISECOND)
    length = inside[-1] - inside[0] + Fraction(1, 25)
    with av.open(str(result.path)) as opened:
        assert abs(Fraction(opened.duration, av.time_base) - length) <= MILLISECOND


# ---- sound ----

SOUNDS = {"aac": Sound("aac"), "aac 44.1": Sound("aac", 44100), "opus": Sound("libopus"),
          "flac": Sound("flac"), "mp3": Sound("libmp3lame", 44100), "ac3": Sound("ac3"),
          "pcm 16": Sound("pcm_s16le"), "pcm 24": Sound("pcm_s24le", layout="stereo"),
          "pcm float": Sound("pcm_f32le", 44100)}

SOURCES = {"aac": "mp4", "aac 44.1": "mov", "opus": "mkv", "flac": "mp4", "mp3": "mp4",
           "ac3": "ts", "pcm 16": "mov", "pcm 24": "mkv", "pcm float": "mkv"}

COPIES = {("aac", "mp4"), ("aac", "mov"), ("aac", "mkv"), ("aac 44.1", "mp4"),
          ("aac 44.1", "mov"), ("aac 44.1", "mkv"), ("opus", "mp4"), ("opus", "mkv"),
          ("opus", "webm"), ("flac", "mp4"), ("flac", "mkv"), ("mp3", "mp4"), ("mp3", "mov"),
          ("mp3", "mkv"), ("ac3", "mp4"), ("ac3", "mov"), ("ac3", "mkv"), ("pcm 16", "mp4"),
          ("pcm 16", "mov"), ("pcm 16", "mkv"), ("pcm 24", "mp4"), ("pcm 24", "mov"),
          ("pcm 24", "mkv"), ("pcm float", "mp4"), ("pcm float", "mov"), ("pcm float", "mkv")}
"""What each container takes as it is."""


_heard: dict[tuple[bytes, int], list[float]] = {}


def _apart(path: Path, track: int = 0) -> list[float]:
    """Seconds from each flash to its click; of the same file they are measured once."""
    key = hashlib.sha256(path.read_bytes()).digest(), track
    if key not in _heard:
        clicks, lights = clicks_in(path, track), flashes_in(path)
        assert len(clicks) == len(lights) > 0
        _heard[key] = [click - float(light) for click, light in zip(clicks, lights, strict=True)]
    return _heard[key]


def _clicking(path: Path, *sounds: Sound) -> Path:
    """Two seconds with a flash at 0.4 and at 1.2 s, a click at each."""
    return _once(repr(sounds), Film(frames=50, codec="libx264", options=REORDERED,
                                    paint=flashes(10, 30), sounds=sounds), path)


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "webm"])
@pytest.mark.parametrize("kind", SOUNDS)
def test_sound_is_copied_or_its_recoding_is_said(kind: str, container: str, tmp_path: Path
                                                 ) -> None:
    source = _clicking(tmp_path / f"a.{SOURCES[kind]}", SOUNDS[kind])
    result = render(source, tmp_path / f"b.{container}")
    if (kind, container) in COPIES:
        assert result.warnings == ()
        raw = kind.startswith("pcm")  # Matroska and MP4 cut raw sound into packets differently
        before, after = ((b"".join(_packets(path, 1)) if raw else payloads(path, 1))
                         for path in (source, result.path))
        assert before == after
    else:
        assert any("encoded as" in said for said in result.warnings)
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)


def _packets(path: Path, index: int) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams[index])
                if packet.size]


@pytest.mark.parametrize(("kind", "into"), _in_turn(["aac 44.1", "opus", "mp3", "pcm 24"], [
    ("aac", "mp4"), ("aac", "mkv"), ("opus", "mp4"), ("opus", "mkv"), ("opus", "webm"),
    ("flac", "mkv"), ("flac", "mp4")]))
def test_sound_is_recoded_in_its_place(kind: str, into: tuple[str, str], tmp_path: Path) -> None:
    audio, container = into
    source = _clicking(tmp_path / f"a.{SOURCES[kind]}", SOUNDS[kind])
    result = render(source, tmp_path / f"b.{container}", audio=audio)
    assert VideoProbe.probe(result.path).audio[0].codec.startswith(audio)
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)
    assert result.warnings == ()


@pytest.mark.parametrize(("kind", "container", "codec"), [
    ("pcm 24", "mkv", "flac"), ("pcm 16", "mkv", "flac"), ("flac", "mov", "alac")])
def test_lossless_sound_stays_lossless(kind: str, container: str, codec: str, tmp_path: Path
                                       ) -> None:
    source = _clicking(tmp_path / f"a.{SOURCES[kind]}", SOUNDS[kind])
    result = render(source, tmp_path / f"b.{container}",
                    audio="copy" if codec == "alac" else codec)
    (before, first, _), (after, second, _) = heard_in(source), heard_in(result.path)
    assert VideoProbe.probe(result.path).audio[0].codec == codec
    assert first == second and len(before) <= len(after) < len(before) + 5000
    assert np.abs(before - after[:len(before)]).max() < 2**-22
    assert not after[len(before):].any()


INTO = [("mp4", "copy"), ("mp4", "aac"), ("mp4", "flac"), ("mov", "copy"), ("mov", "aac"),
        ("mkv", "copy"), ("mkv", "aac"), ("mkv", "opus"), ("webm", "copy"), ("webm", "opus")]


@pytest.mark.parametrize(("kind", "limits", "into"), _in_turn(
    ["aac 44.1", "opus", "mp3", "pcm 16"], [("0.5", "1.6"), ("0.77", None)], INTO))
def test_a_range_keeps_sound_in_its_place(kind: str, limits: tuple[str, str | None],
                                          into: tuple[str, str], tmp_path: Path) -> None:
    (start, end), (container, audio) = limits, into
    source = _clicking(tmp_path / f"a.{SOURCES[kind]}", SOUNDS[kind])
    result = render(source, tmp_path / f"b.{container}", audio=audio, start=start, end=end)
    (apart,) = _apart(result.path)
    assert abs(apart - _apart(source)[1]) <= CLOSE
    heard, first, rate = heard_in(result.path)
    picture = spans_of(result.path)
    assert abs(first / rate - float(picture[0][0])) < 0.03
    assert abs((first + len(heard)) / rate - float(sum(picture[-1]))) < 0.05


@pytest.mark.parametrize(("sound", "into"), _in_turn([
    ("ac3", "5.1(side)", 6), ("aac", "5.1", 6), ("aac", "4.0", 4), ("flac", "2.1", 3),
    ("flac", "5.0", 5)], [("aac", "mp4"), ("opus", "webm"), ("flac", "mkv"), ("copy", "mov")]))
def test_every_channel_has_a_place(sound: tuple[str, str, int], into: tuple[str, str],
                                   tmp_path: Path) -> None:
    (codec, layout, places), (audio, container) = sound, into
    source = _clicking(tmp_path / "a.mkv", Sound(codec, layout=layout))
    result = render(source, tmp_path / f"b.{container}", audio=audio)
    assert VideoProbe.probe(result.path).audio[0].channels >= places
    assert _apart(result.path) == pytest.approx(_apart(source), abs=CLOSE)


@pytest.mark.parametrize(("container", "audio"), [("mp4", "copy"), ("mkv", "copy"),
                                                  ("webm", "opus"), ("mov", "aac")])
def test_every_track_comes_along(container: str, audio: str, tmp_path: Path) -> None:
    tracks = [Sound(metadata={"language": "deu", "title": "Original"}, clicks=(0.4, 1.2)),
              Sound("ac3", metadata={"language": "eng"}, clicks=(0.45, 1.25)),
              Sound(start=0.3, seconds=1.5, metadata={"language": "fra"}, clicks=(0.5, 1.3))]
    source = _clicking(tmp_path / "a.mkv", *tracks)
    result = render(source, tmp_path / f"b.{container}", audio=audio)
    found = VideoProbe.probe(result.path).audio
    german = "ger" if container == "mov" else "deu"  # QuickTime has numbers for few codes
    assert [stream.language for stream in found] == [german, "eng", "fra"]
    for number in range(3):
        assert _apart(result.path, number) == pytest.approx(_apart(source, number), abs=CLOSE)
    if container == "mkv":
        assert found[0].title == "Original"


@pytest.mark.parametrize(("container", "audio"), [("webm", "aac"), ("webm", "flac"),
                                                  ("mov", "opus"), ("mov", "flac")])
def test_a_sound_codec_that_does_not_fit_is_refused_at_once(container: str, audio: str,
                                                            tmp_path: Path) -> None:
    source = _clicking(tmp_path / "a.mp4", Sound())
    with pytest.raises(InvalidParameter, match=f"{audio} does not go into {container}"):
        render(source, tmp_path / f"b.{container}", audio=audio)
    assert sorted(tmp_path.iterdir()) == [source]


def test_sound_can_be_left_out(tmp_path: Path) -> None:
    source = _clicking(tmp_path / "a.mp4", Sound())
    result = render(source, tmp_path / "b.mp4", audio="none")
    assert VideoProbe.probe(result.path).audio == () and result.warnings == ()


def test_a_gap_in_the_sound_stays_a_gap(tmp_path: Path) -> None:
    """What follows half a second of nothing is not pulled forward by recoding."""
    whole = _clicking(tmp_path / "whole.mkv", Sound("pcm_s16le", clicks=(0.4, 1.2)))
    source = tmp_path / "a.mkv"
    with av.open(str(whole)) as opened, av.open(str(source), "w", format="matroska") as target:
        streams = [target.add_stream_from_template(stream, opaque=True)
                   for stream in opened.streams]
        for packet in opened.demux():
            time = 0 if packet.pts is None else packet.pts * packet.time_base
            if packet.size and not (packet.stream_index == 1 and Fraction(6, 10) < time < 1):
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    for audio in ("copy", "aac"):
        result = render(source, tmp_path / f"{audio}.mp4", audio=audio)
        assert _apart(result.path) == pytest.approx([0, 0], abs=CLOSE)


def test_damaged_sound_is_no_hindrance(shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / "moviepy__video_with_failing_audio.mp4"
    for audio in ("copy", "aac"):
        result = render(source, tmp_path / f"{audio}.mp4", audio=audio, end="1")
        assert result.frames == 25
        assert len(VideoProbe.probe(result.path).audio) == 1


@pytest.mark.parametrize(("clip", "codec"), [
    ("mediabunny__multiple-aac-tracks.mp4", None), ("autoeditor__minecraft.mp4", "aac")])
def test_real_tracks_are_all_kept_or_refused(clip: str, codec: str | None, shared: Path,
                                             tmp_path: Path) -> None:
    source = shared / "media" / clip
    if codec is None:
        with pytest.raises(InputError, match="no video"):
            render(source, tmp_path / "b.mp4")
        return
    result = render(source, tmp_path / "b.mp4", end="0.2")
    assert [stream.codec for stream in VideoProbe.probe(result.path).audio] == [codec] * 2


# ---- everything else ----

LINES = Text(((0.2, 0.6, "one"), (1.0, 1.4, "two")), metadata={"language": "eng"})


def _rich(path: Path) -> Path:
    return _once("rich", Film(
        frames=50, codec="libx264", options=REORDERED, paint=flashes(10, 30),
        sounds=[Sound(metadata={"language": "deu"})], texts=[LINES],
        attachments={"font.ttf": b"not really a font"},
        chapters=[(0.0, 0.8, "First"), (0.8, 2.0, "Second")],
        metadata={"title": "A title", "comment": "A remark", "mine": "own"}), path)


def _chapters(path: Path) -> list[tuple[Fraction, Fraction, str]]:
    with av.open(str(path)) as container:
        return [(chapter["start"] * chapter["time_base"], chapter["end"] * chapter["time_base"],
                 chapter["metadata"].get("title", "")) for chapter in container.chapters()]


def _lines(path: Path) -> list[tuple[Fraction, Fraction]]:
    with av.open(str(path)) as container:
        return [(packet.pts * packet.time_base,
                 (packet.pts + packet.duration) * packet.time_base)
                for packet in container.demux(container.streams.subtitles[0])
                if packet.size > 2]


def test_matroska_keeps_everything(tmp_path: Path) -> None:
    source = _rich(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv")
    assert result.warnings == ()
    with av.open(str(result.path)) as container:
        kinds = [stream.type for stream in container.streams]
        languages = [stream.metadata.get("language") for stream in container.streams]
        tags = {key.lower(): value for key, value in container.metadata.items()}
        font = next(stream for stream in container.streams if stream.type == "attachment")
        assert font.metadata["filename"] == "font.ttf"
    assert kinds == ["video", "audio", "subtitle", "attachment"]
    assert languages[1:3] == ["deu", "eng"]
    assert (tags["title"], tags["comment"], tags["mine"]) == ("A title", "A remark", "own")
    assert "brushreel" in tags
    shift = times_of(result.path)[0] - times_of(source)[0]
    for one, other in zip(_chapters(source), _chapters(result.path), strict=True):
        assert one[2] == other[2]
        assert max(abs(one[place] + shift - other[place]) for place in (0, 1)) <= MILLISECOND
    for one, other in zip(_lines(source), _lines(result.path), strict=True):
        assert max(abs(one[place] + shift - other[place]) for place in (0, 1)) <= MILLISECOND


@pytest.mark.parametrize("container", ["mp4", "mov", "webm"])
def test_what_a_container_cannot_hold_is_said(container: str, tmp_path: Path) -> None:
    source = _rich(tmp_path / "a.mkv")
    result = render(source, tmp_path / f"b.{container}")
    said = " ".join(result.warnings)
    with av.open(str(result.path)) as opened:
        kinds = [stream.type for stream in opened.streams]
        tags = {key.lower(): value for key, value in opened.metadata.items()}
    assert "subtitle" in kinds and "subtitle" not in said
    shift = times_of(result.path)[0] - times_of(source)[0]
    for one, other in zip(_lines(source), _lines(result.path), strict=True):
        assert max(abs(one[place] + shift - other[place]) for place in (0, 1)) <= MILLISECOND
    assert "attachment" not in kinds and "font.ttf" in said
    assert (tags["title"], tags["mine"]) == ("A title", "own")
    assert [chapter[2] for chapter in _chapters(result.path)] == ["First", "Second"]


@pytest.mark.parametrize(("clip", "container"), [
    ("androidx__sample_with_chapters.mp4", "mp4"), ("androidx__sample_with_chapters.mp4", "mkv"),
    ("androidx__sample_with_chapters.mp4", "mov"), ("androidx__sample_with_chapters.mkv", "mp4"),
    ("androidx__sample_with_nero_chapters_only.mp4", "mp4")])
def test_real_chapters_are_kept_once(clip: str, container: str, shared: Path, tmp_path: Path
                                     ) -> None:
    source = shared / "media" / clip
    result = render(source, tmp_path / f"b.{container}", end="0.5" if "mkv" in clip else None)
    before, after = _chapters(source), _chapters(result.path)
    assert before and result.warnings == ()
    kept = [chapter for chapter in before if chapter[0] < Fraction(1, 2) or "mkv" not in clip]
    assert [chapter[2] for chapter in after] == [chapter[2] for chapter in kept]
    for one, other in zip(kept, after, strict=True):
        assert abs(one[0] - other[0]) <= Fraction(24, 1000)
    again = render(result.path, tmp_path / f"c.{container}")
    assert [chapter[2] for chapter in _chapters(again.path)] == [chapter[2] for chapter in after]
    with av.open(str(result.path)) as one, av.open(str(again.path)) as other:
        assert len(one.streams) == len(other.streams)


def test_chapters_follow_a_range(tmp_path: Path) -> None:
    source = _rich(tmp_path / "a.mkv")
    result = render(source, tmp_path / "b.mkv", start="1", end="1.6")
    ((start, end, title),) = _chapters(result.path)
    shift = times_of(result.path)[0]
    assert title == "Second"
    assert abs(start - shift) <= MILLISECOND
    assert abs(end - shift - Fraction(6, 10)) <= MILLISECOND
    ((first, last),) = _lines(result.path)
    assert abs(first - shift) <= MILLISECOND
    assert abs(last - shift - Fraction(4, 10)) <= MILLISECOND


@pytest.mark.parametrize("container", ["mp4", "mkv", "webm"])
def test_words_that_stand_when_a_range_begins_begin_with_it(container: str, tmp_path: Path
                                                            ) -> None:
    """They move nothing else: the pictures still start where sound alone lets them."""
    source = _rich(tmp_path / "a.mkv")
    result = render(source, tmp_path / f"b.{container}", start="1.2", end="1.8")
    start = times_of(result.path)[0]
    assert 0 <= start <= (0 if container == "mp4" else Fraction(22, 1000))
    ((first, last),) = _lines(result.path)
    origin = times_of(source)[0]  # in Matroska, sound that begins early moved the source, too
    begins = next(time for time in times_of(source) if time >= Fraction(12, 10) + origin)
    gone = begins - origin - Fraction(12, 10)
    assert abs(first - start) <= MILLISECOND
    assert abs(last - start - Fraction(2, 10)) <= MILLISECOND + gone + origin


@pytest.mark.parametrize(("clip", "container", "kind"), [
    ("autoeditor__mov_text.mp4", "mp4", "subtitle"),
    ("autoeditor__mov_text.mp4", "mov", "subtitle"),
    ("mediabunny__test-mp4-tx3g.mp4", "mp4", "subtitle"),
    ("autoeditor__webvtt.mkv", "mkv", "subtitle"), ("autoeditor__webvtt.mkv", "webm", "subtitle"),
    ("androidx__sample_with_pgs_subtitles.mkv", "mkv", "subtitle"),
    ("androidx__sample_with_ssa_subtitles.mkv", "mkv", "subtitle"),
    ("autoeditor__testsrc_with_attachment.mkv", "mkv", "attachment"),
    ("androidx__sample_with_ssa_subtitles.mkv", "mp4", "subtitle"),
    ("autoeditor__mov_text.mp4", "mkv", "subtitle")])
def test_real_streams_are_kept(clip: str, container: str, kind: str, shared: Path, tmp_path: Path
                               ) -> None:
    source = shared / "media" / clip
    result = render(source, tmp_path / f"b.{container}", end="0.4")
    with av.open(str(source)) as before, av.open(str(result.path)) as after:
        assert ([stream.type for stream in after.streams].count(kind)
                == [stream.type for stream in before.streams].count(kind) > 0)


def test_data_nobody_can_write_is_said_to_be_lost(shared: Path, tmp_path: Path) -> None:
    source = shared / "media" / "androidx__h265_with_metadata_track.mp4"
    for container in ("mp4", "mkv"):
        result = render(source, tmp_path / f"b.{container}", end="0.4")
        assert any("data track 0" in said for said in result.warnings)


@pytest.mark.parametrize("container", ["mp4", "mkv", "mov"])
def test_cover_art_is_kept_or_its_loss_is_said(container: str, shared: Path, tmp_path: Path
                                               ) -> None:
    source = shared / "media" / "autoeditor__h264-png.mp4"
    result = render(source, tmp_path / f"b.{container}", end="0.4")
    kept = any(stream.kind == "cover" for stream in VideoProbe.probe(result.path).streams)
    assert kept != any("cover art" in said for said in result.warnings)
    assert kept == (container == "mkv")
    assert result.frames == 12


def test_dispositions_are_kept(tmp_path: Path) -> None:
    marks = av.stream.Disposition
    source = _clicking(tmp_path / "a.mkv", Sound(), Sound(
        disposition=(marks.comment | marks.visual_impaired).value), Sound(
        disposition=marks.default.value))
    for container in ("mkv", "mov", "mp4"):
        result = render(source, tmp_path / f"b.{container}")
        with av.open(str(source)) as before, av.open(str(result.path)) as after:
            one, other = ([int(stream.disposition) for stream in each.streams.audio]
                          for each in (before, after))
        if container == "mkv":
            assert one == other
        else:  # which tells the default track from the others
            assert [mark & marks.default.value for mark in one] == [
                mark & marks.default.value for mark in other]


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
def test_timecode_is_kept(container: str, tmp_path: Path) -> None:
    source = Film(frames=25, codec="libx264", video_metadata={"timecode": "10:20:30:05"}).write(
        tmp_path / "a.mov")
    result = render(source, tmp_path / f"b.{container}")
    with av.open(str(result.path)) as opened:
        found = {value for stream in opened.streams for key, value in stream.metadata.items()
                 if key.lower() == "timecode"}
        found |= {value for key, value in opened.metadata.items() if key.lower() == "timecode"}
    assert found == {"10:20:30:05"}
    assert result.warnings == ()


def test_timecode_follows_a_range(tmp_path: Path) -> None:
    """The first picture left is the sixth, and carries its own timecode."""
    source = Film(frames=25, codec="libx264", video_metadata={"timecode": "10:20:30:20"}).write(
        tmp_path / "a.mov")
    result = render(source, tmp_path / "b.mov", start="0.2")
    with av.open(str(result.path)) as opened:
        assert opened.streams.video[0].metadata["timecode"] == "10:20:31:00"


def test_repairing_the_pixels_shape_changes_nothing_else(tmp_path: Path) -> None:
    film = Film(pts=IRREGULAR, durations=LASTING, time_base=Fraction(1, 90000), codec="libx264",
                sounds=[Sound(seconds=0.9, clicks=(0.4,), metadata={"language": "deu"})],
                texts=[LINES], attachments={"font.ttf": b"font"},
                chapters=[(0.0, 0.5, "First"), (0.5, 1.0, "Second")],
                metadata={"title": "A title", "mine": "own"})
    path = render(film.write(tmp_path / "a.mkv"), tmp_path / "b.mkv", "ffv1").path
    before = _contents(path)
    restore_sar(path, Fraction(2), "mkv")
    assert VideoProbe.probe(path).sar == 2
    for one, other in zip(before, _contents(path), strict=True):
        assert one == other


def _contents(path: Path) -> tuple[Any, ...]:
    """All there is in a file but the name of its writer; packets by stream."""
    with av.open(str(path)) as opened:
        # Sound of a constant rate needs no durations, and the repair writes them.
        packets = sorted((packet.stream_index, packet.pts, packet.dts, packet.is_keyframe,
                          bytes(packet), packet.stream.type != "audio" and packet.duration)
                         for packet in opened.demux() if packet.size)
        streams = [(stream.type, _named(stream.metadata), int(stream.disposition))
                   for stream in opened.streams]
        return packets, streams, opened.duration, _chapters(path), _named(opened.metadata)


def _named(tags: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key != "ENCODER"}
