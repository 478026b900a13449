"""Every kind of sound in every codec: carried, mixed down aloud, or refused at once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from core.errors import InvalidParameter
from core.io.codecs import MUXERS
from core.io.sound import AUDIO_CODECS
from tests.clips import Film
from tests.io.test_packetwriter import rendered

KINDS = [(layout, 48000, "s16") for layout in (
    "mono", "2.1", "quad", "5.1(side)", "6.1", "7.1", "7.1(wide)", "3C", "9C", "10C", "16C", "25C",
    "7.1.4", "hexadecagonal")] + [("stereo", rate, "s16") for rate in (
        1000, 11025, 12345, 96000, 384000)] + [
    ("stereo", 44100, samples) for samples in ("u8", "s32", "flt", "dbl")]
PCM = {"u8": ("pcm_u8", np.uint8), "s16": ("pcm_s16le", np.int16), "s32": ("pcm_s32le", np.int32),
       "flt": ("pcm_f32le", np.float32), "dbl": ("pcm_f64le", np.float64)}


def _film(path: Path, layout: str, rate: int, samples: str) -> Path:
    """Two pictures, and a fifth of a second of sound."""
    silent = Film(frames=2, codec="mpeg4").write(path.with_name("silent.mkv"))
    codec, dtype = PCM[samples]
    with av.open(str(silent)) as source, av.open(str(path), "w", format="matroska") as target:
        video = target.add_stream_from_template(source.streams.video[0], opaque=True)
        sound = target.add_stream(codec, rate=rate)
        context = sound.codec_context
        context.layout, context.format = layout, samples
        target.start_encoding()
        for packet in source.demux():
            if packet.size:
                packet.stream = video
                target.mux(packet)
        channels = context.layout.nb_channels
        frame = av.AudioFrame.from_ndarray(
            np.ones((1, rate // 5 * channels), dtype), samples, context.layout.name)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        target.mux([*sound.encode(frame), *sound.encode(None)])
    return path


WAYS = [(container, audio) for container in MUXERS for audio in ("copy", "aac", "opus", "flac")
        if audio == "copy" or container in AUDIO_CODECS[audio].containers]


def _cases() -> Iterator[Any]:
    """Every fourth way for each kind, one of which is quick enough for every day."""
    for number, kind in enumerate(KINDS):
        for turn, (container, audio) in enumerate(WAYS[number % 4::4]):
            today = turn == number % 3
            yield pytest.param(kind, container, audio, marks=() if today else pytest.mark.long,
                               id=f"{kind[0]} {kind[1]} {kind[2]} {container} {audio}")


@pytest.mark.parametrize(("kind", "container", "audio"), list(_cases()))
def test_no_sound_fails_at_the_join(kind: tuple[str, int, str], container: str, audio: str,
                                    tmp_path: Path) -> None:
    source, target = _film(tmp_path / "a.mkv", *kind), tmp_path / f"b.{container}"
    channels = av.AudioLayout(kind[0]).nb_channels
    try:
        result = rendered(source, target, audio)
    except InvalidParameter as error:
        assert audio in AUDIO_CODECS and channels > AUDIO_CODECS[audio].channels
        assert f"has {channels} channels, and {audio} holds 8" in str(error)
        assert not list(tmp_path.glob("b.*"))
        return
    with av.open(str(result.path)) as opened:
        sounds = opened.streams.audio
        if not sounds:
            assert any("is left out" in said for said in result.warnings)
            return
        length = sum(frame.samples for frame in opened.decode(sounds[0])) / sounds[0].rate
    assert abs(length - 0.2) < 0.1
    assert sounds[0].channels >= channels or any(
        f"The {channels} channels" in said and "mixed down" in said for said in result.warnings)


@pytest.mark.parametrize(("container", "codec"), [("mov", "pcm_s32le"), ("mp4", "flac")])
def test_lossless_sound_with_many_channels_is_not_mixed_down(container: str, codec: str,
                                                             tmp_path: Path) -> None:
    source = _film(tmp_path / "a.mkv", "7.1", 48000, "s32")
    lossless = rendered(source, tmp_path / "b.mkv", "flac").path
    result = rendered(lossless, tmp_path / f"c.{container}")
    with av.open(str(result.path)) as opened:
        assert opened.streams.audio[0].channels == 8
        assert opened.streams.audio[0].codec_context.name == codec


@pytest.mark.parametrize("audio", ["aac", "opus", "flac"])
def test_eight_channels_are_cut_to_a_range(audio: str, tmp_path: Path) -> None:
    source = _film(tmp_path / "a.mkv", "7.1", 48000, "s16")
    result = rendered(source, tmp_path / "b.mp4", audio, end=Fraction(1, 25))
    with av.open(str(result.path)) as opened:
        assert opened.streams.audio[0].channels == 8
        samples = sum(frame.samples for frame in opened.decode(audio=0))
    assert 0.03 < samples / 48000 < 0.09
