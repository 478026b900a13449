"""Packets that come along, whatever their times and however damaged."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from core.io.codecs import MUXERS
from core.io.packetwriter import PacketWriter
from core.pipeline import Pipeline
from core.progress import RenderResult
from core.recipe import Recipe
from tests.clips import Film, Sound, times_of

TICKS = {
    "stands still": [0, 1, 1, 3, 4],
    "goes back": [0, 1, 2, 1, 4],
    "starts again": [3, 4, 5, 0, 1, 2],
    "comes before": [-3, -3, 0, 1],
}
"""Times of packets, each 20 ms long, in that unit."""


def rendered(source: Path, target: Path, audio: str = "copy", **options: Any) -> RenderResult:
    codec = "vp9" if target.suffix == ".webm" else "h264"
    return Pipeline(source, target, **options, recipe=Recipe.build({
        "layers": [{"style": "identity"}], "preset": "speed",
        "output": {"codec": codec, "audio": audio}})).process()


def packets_of(path: Path, kind: str = "audio") -> list[av.Packet]:
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(**{kind: 0}) if packet.size]


@pytest.mark.parametrize("container", MUXERS)
@pytest.mark.parametrize("ticks", TICKS.values(), ids=TICKS)
def test_times_that_do_not_increase_are_moved_as_ffmpeg_moves_them(
        ticks: list[int], container: str, tmp_path: Path) -> None:
    sound = Sound("libopus", seconds=0.5, clicks=())
    heard = Film(frames=2, sounds=[sound]).write(tmp_path / "a.mkv")
    path, base = tmp_path / f"b.{container}", Fraction(1, 50)
    with av.open(str(heard)) as source, av.open(
            str(path), "w", format=MUXERS[container if container != "mov" else "mp4"]) as target:
        stream = target.add_stream_from_template(source.streams.audio[0], opaque=True)
        target.start_encoding()
        writer = PacketWriter(target, {stream.index: "opus audio track 1"})
        given = [packet for packet in source.demux(audio=0) if packet.size][:len(ticks)]
        for packet, tick in zip(given, ticks, strict=True):
            packet.stream, packet.time_base = stream, base
            packet.pts = packet.dts = tick
            writer.write(packet)
        step = 0 if container in ("mkv", "webm") else 1
        in_ticks = [round(tick * base / stream.time_base) for tick in ticks]
        writer.close()
    expected: list[int] = []
    for tick in in_ticks:
        expected.append(max(tick, expected[-1] + step) if expected else tick)
    moved = sum(one != other for one, other in zip(in_ticks, expected, strict=True))
    found = packets_of(path)
    assert len(found) == len(ticks)
    scale = stream_scale(path) if step else Fraction(1, 1000)
    shifts = {packet.dts * packet.time_base - tick * scale
              for packet, tick in zip(found, expected, strict=True)}
    assert max(shifts) - min(shifts) <= Fraction(1, 1000)
    assert len(writer.warnings()) == bool(moved)
    assert not moved or writer.warnings()[0].startswith(
        f"{moved} packet{'s' * (moved > 1)} of the opus audio track 1 had times")


def stream_scale(path: Path) -> Fraction:
    with av.open(str(path)) as container:
        scale = container.streams.audio[0].time_base
    assert scale is not None
    return scale


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("clip", ["01_sound_packet_same_time.ts"])
def test_a_copied_packet_under_a_time_again_does_not_end_the_render(
        clip: str, container: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "faults" / clip
    result = rendered(source, tmp_path / f"b.{container}")
    before, after = packets_of(source), packets_of(result.path)
    assert [bytes(packet) for packet in before] == [bytes(packet) for packet in after]
    assert result.frames == len(times_of(source))
    assert any("had times that do not increase" in said for said in result.warnings) == (
        container != "mkv")


def _broadcast(path: Path) -> tuple[Path, list[bytes]]:
    """A broadcast with AAC, and its packets."""
    sound = Sound("aac", seconds=1, clicks=(0.4,))
    source = Film(frames=25, codec="libx264", sounds=[sound]).write(path)
    return source, [bytes(packet) for packet in packets_of(source)]


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("damaged", [(0, 1), (20,)], ids=["first", "later"])
def test_sound_damaged_on_the_way_is_left_out_and_counted(
        damaged: tuple[int, ...], container: str, tmp_path: Path) -> None:
    """Headers that cannot be read; what follows is still heard."""
    source, packets = _broadcast(tmp_path / "a.ts")
    content = source.read_bytes()
    for number in damaged:
        place = content.index(packets[number][:12])
        content = content[:place] + b"\x12\x34" + content[place + 2:]
    source.write_bytes(content)
    result = rendered(source, tmp_path / f"b.{container}")
    assert result.frames == 25
    assert any("could not be written, as the data is damaged" in said
               for said in result.warnings)
    assert len(packets_of(result.path)) >= len(packets) - 4
    with av.open(str(result.path)) as opened:
        assert len(list(opened.decode(audio=0))) >= len(packets) - 5


@pytest.mark.parametrize(("layout", "changes"), [("stereo", True), ("mono", False)])
def test_a_copy_that_cannot_tell_how_sound_changes_says_so(layout: str, changes: bool,
                                                           tmp_path: Path) -> None:
    parts = [Film(frames=25, codec="libx264", sounds=[
        Sound("aac", seconds=1, clicks=(0.4,), layout=each)]).write(tmp_path / f"{number}.ts")
        for number, each in enumerate(("mono", layout))]
    source = tmp_path / "a.ts"
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    result = rendered(source, tmp_path / "b.mp4")
    assert changes == any("changes its channels or rate" in said for said in result.warnings)
