"""Small videos of every kind that FFmpeg writes here, with sound and words where they have them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from core.io.scheduling import usual_scheduling

WIDTH, HEIGHT, RATE, FRAMES = 64, 48, 25, 12
SOUND_RATE = 48000


@dataclass(frozen=True)
class Media:
    """`name` is that of the file. `words` is a subtitle codec, `options` are the encoder's."""

    name: str
    muxer: str
    video: str
    pixels: str = "yuv420p"
    audio: str = ""
    words: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    muxing: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] = (WIDTH, HEIGHT)
    sound_rate: int = SOUND_RATE
    bit_rate: int = 400_000
    frames: int = FRAMES

    def write(self, path: Path) -> None:
        with usual_scheduling(), av.open(str(path), "w", format=self.muxer,
                                         options=dict(self.muxing)) as target:
            target.metadata["title"] = "A small film"
            video = target.add_stream(self.video, rate=RATE, options=dict(self.options))
            video.width, video.height = self.size
            video.pix_fmt, video.bit_rate = self.pixels, self.bit_rate
            video.codec_context.thread_count = 1
            audio = target.add_stream(self.audio, rate=self.sound_rate) if self.audio else None
            if audio is not None:
                audio.bit_rate = 128_000
            words = self._words(target) if self.words else None
            target.start_encoding()
            if words is not None:
                words()
            if audio is not None:
                _add_sound(target, audio)
            for number in range(self.frames):
                frame = av.VideoFrame.from_ndarray(_frame(number, self.size), "rgb24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                target.mux(video.encode(frame.reformat(format=self.pixels)))
            target.mux(video.encode())

    def _words(self, target: av.container.OutputContainer) -> object:
        lines = "".join(f"{number}\n00:00:00,{number}00 --> 00:00:00,{number + 1}50\nWord "
                        f"{number}\n\n" for number in range(1, 4))
        source = av.open(io.BytesIO(lines.encode()), format="srt")
        stream = target.add_stream_from_template(source.streams.subtitles[0])

        def mux() -> None:
            for packet in source.demux():
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
            source.close()
        return mux


def _frame(number: int, size: tuple[int, int]) -> np.ndarray:
    """A slope with a square that moves over it."""
    width, height = size
    rows, columns = np.indices((height, width))
    frame = np.stack([rows * 4, columns * 3, rows + columns], -1).astype(np.uint8)
    frame[8:24, number:number + 12] = (230, 40 + 10 * number % 200, 60)
    return frame


def _add_sound(target: av.container.OutputContainer, stream: av.AudioStream) -> None:
    context = stream.codec_context
    context.open(strict=False)
    rate, layout, kind = context.sample_rate, context.layout, context.format
    count = rate * FRAMES // RATE
    wave = (8000 * np.sin(np.arange(count) * 2 * np.pi * 440 / rate)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(
        np.repeat(wave, layout.nb_channels)[None], "s16", layout.name)
    frame.rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    shaped = av.AudioResampler(kind, layout, rate, context.frame_size or None)
    for piece in [*shaped.resample(frame), *shaped.resample(None)]:
        target.mux(stream.encode(piece))
    target.mux(stream.encode())


_FAST = {"preset": "ultrafast", "g": "6"}
_QUIET = {"preset": "ultrafast", "x265-params": "log-level=none"}
_AV1 = {"preset": "10", "crf": "50"}
_VP9 = {"deadline": "realtime", "cpu-used": "8"}

MEDIA: tuple[Media, ...] = (
    Media("h264.mp4", "mp4", "libx264", audio="aac", options={"g": "6"}),
    Media("fragmented.mp4", "mp4", "libx264", audio="aac", options=_FAST,
          muxing={"movflags": "frag_keyframe+empty_moov"}),
    Media("hevc.mp4", "mp4", "libx265", "yuv420p10le", "aac", options=_QUIET),
    Media("av1.mp4", "mp4", "libsvtav1", audio="libopus", options=_AV1, bit_rate=0),
    Media("prores.mov", "mov", "prores_ks", "yuva444p10le", "pcm_s16le"),
    Media("animation.mov", "mov", "qtrle", "rgb24", "aac"),
    Media("dnxhd.mov", "mov", "dnxhd", "yuv422p", "pcm_s16le", size=(256, 128),
          options={"profile": "dnxhr_sq"}),
    Media("h263.3gp", "3gp", "h263", audio="aac", size=(128, 96)),
    Media("words.mkv", "matroska", "libx264", audio="flac", words="srt", options={"bf": "3"}),
    Media("mpeg4.mkv", "matroska", "mpeg4", audio="ac3"),
    Media("ffv1.mkv", "matroska", "ffv1", "yuva420p", "pcm_s16le"),
    Media("vp9.webm", "webm", "libvpx-vp9", audio="libopus", options=_VP9),
    Media("vp8.webm", "webm", "libvpx", audio="libopus", options=_VP9),
    Media("mpeg4.avi", "avi", "mpeg4", audio="libmp3lame"),
    Media("h264.avi", "avi", "libx264", audio="pcm_s16le", options={"bf": "2"}),
    Media("mjpeg.avi", "avi", "mjpeg", "yuvj420p"),
    Media("huffyuv.avi", "avi", "huffyuv", "yuv422p"),
    Media("h264.ts", "mpegts", "libx264", audio="aac", options=_FAST),
    Media("mpeg2.ts", "mpegts", "mpeg2video", audio="mp2"),
    Media("interlaced.ts", "mpegts", "libx264", audio="ac3",
          options={"preset": "ultrafast", "x264-params": "tff=1"}),
    Media("mpeg2.mpg", "vob", "mpeg2video", audio="mp2"),
    Media("mpeg1.mpg", "mpeg", "mpeg1video", audio="mp2"),
    Media("sorenson.flv", "flv", "flv", audio="libmp3lame", sound_rate=44100),
    Media("h264.flv", "flv", "libx264", audio="aac", options=_FAST),
    Media("wmv2.wmv", "asf", "wmv2", audio="wmav2",
          sound_rate=44100),
    Media("vp8.ogv", "ogg", "libvpx", audio="flac", options=_VP9),
    Media("mpeg2.mxf", "mxf", "mpeg2video", audio="pcm_s16le"),
    Media("ffv1.nut", "nut", "ffv1", "yuv444p16le", "pcm_s16le"),
    Media("plain.nut", "nut", "rawvideo", "gbrpf32le"),
    Media("gray.y4m", "yuv4mpegpipe", "rawvideo", "gray"),
    Media("moving.gif", "gif", "gif", "rgb8"),
    Media("moving.apng", "apng", "apng", "rgba"),
    Media("moving.webp", "webp", "libwebp_anim", "bgra"),
    Media("real.rm", "rm", "rv10", audio="ac3", size=(128, 96)),
    Media("vp8.ivf", "ivf", "libvpx", options=_VP9),
    Media("av1.obu", "obu", "libsvtav1", options=_AV1, bit_rate=0),
    Media("raw.h264", "h264", "libx264", options=_FAST),
    Media("raw.hevc", "hevc", "libx265", options=_QUIET),
    Media("raw.m2v", "mpeg2video", "mpeg2video"),
    Media("dv.dv", "dv", "dvvideo", size=(720, 576), frames=3),
)
