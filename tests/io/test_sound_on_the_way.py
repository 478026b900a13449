"""Sound that changes on the way, comes late, or cannot be decoded."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import av
import pytest

from core.io import VideoProbe
from core.io.encodedtrack import EncodedTrack
from core.io.kept import Kept
from core.io.span import Range
from tests.clips import Film, Sound, clicks_in, flashes, flashes_in
from tests.io.test_packetwriter import packets_of, rendered

KINDS = {"surround": ("5.1", 48000), "stereo": ("stereo", 48000), "slow": ("stereo", 44100),
         "mono": ("mono", 44100)}


def _one_after_another(kinds: tuple[str, ...], target: Path, folder: Path) -> Kept:
    """A second of each kind, with a click at 0.4 s, as one encoded track."""
    report = Kept()
    with av.open(str(target), "w", format="matroska") as out:
        made = out.add_stream("pcm_f32le", rate=48000)
        made.codec_context.layout, made.codec_context.format = "stereo", "flt"
        made.time_base = Fraction(1, 48000)
        out.start_encoding()
        track: EncodedTrack | None = None
        for number, kind in enumerate(kinds):
            layout, rate = KINDS[kind]
            source = Film(frames=2, sounds=[Sound("pcm_f32le", rate, 1, layout=layout,
                                                  clicks=(0.4,))]).write(folder / f"{kind}.mkv")
            with av.open(str(source)) as opened:
                for frame in opened.decode(audio=0):
                    assert frame.pts is not None and frame.time_base is not None
                    frame.pts += round(number / frame.time_base)
                    track = track or EncodedTrack(
                        "pcm_f32le audio track 1", opened.streams.audio[0], made, Fraction(0),
                        Range(), report)
                    out.mux(list(track._take(frame)))
        assert track is not None
        track._source = av.CodecContext.create("pcm_f32le", "r")
        out.mux(list(track._drain()))
        track._remark()
    return report


@pytest.mark.parametrize("kinds", [*itertools.permutations(KINDS, 2), tuple(KINDS)],
                         ids="-".join)
def test_sound_that_changes_stays_one_track_in_its_place(
        kinds: tuple[str, ...], tmp_path: Path) -> None:
    report = _one_after_another(kinds, tmp_path / "b.mkv", tmp_path)
    (said,) = report.warnings
    assert "changes on the way" in said
    found = clicks_in(tmp_path / "b.mkv")
    assert found == pytest.approx([number + 0.4 for number in range(len(kinds))], abs=0.0015)


@pytest.mark.parametrize(("clip", "container", "audio"), [
    ("03_51_becomes_stereo.ts", "mkv", "aac"), ("03_51_becomes_stereo.ts", "webm", "copy")])
def test_a_broadcast_that_changes_its_sound_is_rendered(
        clip: str, container: str, audio: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "faults" / clip
    result = rendered(source, tmp_path / f"b.{container}", audio)
    assert any("changes on the way" in said for said in result.warnings)
    assert abs(_length(result.path) - _length(source)) < Fraction(3, 100)


def _length(path: Path) -> Fraction:
    with av.open(str(path)) as opened:
        frames = list(opened.decode(audio=0))
    first, last = frames[0], frames[-1]
    assert first.pts is not None and last.pts is not None and last.time_base is not None
    return (last.pts - first.pts) * last.time_base + Fraction(last.samples, last.sample_rate)


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "webm"])
def test_sound_without_a_decoder_is_left_out_and_said(container: str, shared: Path,
                                                      tmp_path: Path) -> None:
    result = rendered(shared / "faults" / "04_apac_sound.mov", tmp_path / f"b.{container}")
    assert result.frames == 25
    assert len(VideoProbe.probe(result.path).audio) == 1
    assert [said for said in result.warnings if "audio track 2 cannot be decoded" in said]


@pytest.mark.parametrize("audio", ["copy", "aac"])
def test_sound_that_begins_late_comes_along_at_its_time(audio: str, shared: Path, tmp_path: Path
                                                        ) -> None:
    source = shared / "faults" / "05_second_sound_after_8s.ts"
    result = rendered(source, tmp_path / "b.mkv", audio)
    assert result.frames == 225 and len(VideoProbe.probe(result.path).audio) == 2
    with av.open(str(result.path)) as opened:
        first = next(packet for packet in opened.demux(opened.streams.audio[1]) if packet.size)
        assert abs(first.pts * first.time_base - Fraction("8.19")) < Fraction(3, 100)
    if audio == "copy":
        assert len(packets_of(result.path)) == len(packets_of(source))


@pytest.mark.parametrize("start", ["0.5", "0.77"])
def test_vorbis_cut_to_a_range_keeps_its_place_in_mp4(start: str, tmp_path: Path) -> None:
    sound = Sound("vorbis", layout="stereo", options={"strict": "experimental"})
    film = Film(frames=50, codec="libx264", paint=flashes(10, 30), sounds=[sound])
    source = film.write(tmp_path / "a.mkv")
    result = rendered(source, tmp_path / "b.mp4", start=Fraction(start))
    assert result.kept == ("vorbis audio track 1",)
    (click,), (flash,) = clicks_in(result.path), flashes_in(result.path)
    assert click == pytest.approx(float(flash), abs=0.0015)
