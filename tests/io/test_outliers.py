"""Times of sound that damage has thrown far away."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from core.io.kept import Kept
from core.io.outliers import put_back
from tests.clips import Film, Sound, clicks_in
from tests.io.test_packetwriter import rendered

BASE = Fraction(1, 1000)


def _packets(*times: int) -> list[av.Packet]:
    sound = av.open("null", "w", format="null").add_stream("pcm_s16le", rate=48000)
    packets = []
    for time in times:
        packet = av.Packet(bytes(8))
        packet.stream, packet.time_base = sound, BASE
        packet.pts = packet.dts = time
        packet.duration = 20
        packets.append(packet)
    return packets


@pytest.mark.parametrize(("times", "expected"), [
    ((0, 20, 10**9, 60, 80), (0, 20, 40, 60, 80)),
    ((0, 20, 40, -(10**9), 80), (0, 20, 40, 60, 80)),
    ((0, 20, 10**6, 10**6 + 20, 10**6 + 40), (0, 20, 10**6, 10**6 + 20, 10**6 + 40)),
    ((0, 20, 5000, 5020, 20), (0, 20, 5000, 5020, 20))])
def test_only_what_is_alone_is_moved(times: tuple[int, ...], expected: tuple[int, ...]) -> None:
    report = Kept()
    assert tuple(packet.pts for packet in put_back(_packets(*times), report)) == expected
    assert len(report.warnings) == (times != expected)


@pytest.mark.parametrize("audio", ["copy", "aac"])
@pytest.mark.parametrize("late", [range(20, 21), range(40, 51)], ids=["one", "all that follow"])
def test_sound_thrown_weeks_away_neither_hangs_nor_pulls_the_rest_along(
        late: range, audio: str, tmp_path: Path) -> None:
    whole = Film(frames=25, codec="libx264", sounds=[
        Sound("libmp3lame", 44100, 1, clicks=(0.2, 0.7))]).write(tmp_path / "whole.mkv")
    source = tmp_path / "a.flv"
    with av.open(str(whole)) as opened, av.open(str(source), "w", format="flv") as target:
        streams = [target.add_stream_from_template(stream, opaque=True)
                   for stream in opened.streams]
        for packet in opened.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    content, place, number = bytearray(source.read_bytes()), 13, 0
    while place < len(content):
        if content[place] == 8:  # a tag of sound: type, size, time, the time's highest byte
            content[place + 7] = 0x60 * (number in late)
            number += 1
        place += 15 + int.from_bytes(content[place + 1:place + 4], "big")
    source.write_bytes(content)
    result = rendered(source, tmp_path / "b.mkv", audio)
    assert clicks_in(result.path)[:1] == pytest.approx([0.2], abs=0.03)
