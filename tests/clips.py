"""Small videos made in a test, and what can be measured on a video file.

Everything here goes through PyAV alone, so that it can stand as a judge over the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from core.color import ColorTags

Paint = Callable[[int, tuple[int, int], int], np.ndarray]
"""Codes of one plane: (number of the picture, (rows, columns), bits) to integers."""

MUXERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".ts": "mpegts",
          ".nut": "nut", ".avi": "avi", ".y4m": "yuv4mpegpipe", ".mpg": "vob",
          ".mxf": "mxf", ".h264": "h264", ".hevc": "hevc", ".m2v": "mpeg2video", ".mjpeg": "mjpeg"}

LOSSLESS: Mapping[str, Mapping[str, str]] = {
    "ffv1": {"level": "3", "g": "1"},
    "libx264": {"qp": "0", "preset": "ultrafast"},
    "libx264rgb": {"qp": "0", "preset": "ultrafast"},
    "libx265": {"x265-params": "lossless=1:log-level=none", "preset": "ultrafast"},
}


def noise(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    """Every code there is, at random; the same for the same arguments."""
    return np.random.default_rng((number, *shape)).integers(0, 1 << bits, shape)


def slope(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    """A smooth ramp well inside the legal range, moving from picture to picture."""
    rows, columns = np.indices(shape)
    wave = np.sin((columns + 3 * number) / shape[1] * 2) + np.cos(rows / shape[0] * 2)
    return np.round((0.5 + 0.04 * wave) * ((1 << bits) - 1)).astype(np.int64)


def flashes(*white: int) -> Paint:
    """Dark gray, but white at the pictures `white`."""
    def paint(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
        return np.full(shape, round((0.8 if number in white else 0.2) * (1 << bits)))
    return paint


@dataclass(frozen=True)
class Sound:
    """A track of clicks at `clicks` (seconds on the film's clock) that begins at `start`."""

    codec: str = "aac"
    rate: int = 48000
    seconds: float = 2.0
    start: float = 0.0
    clicks: tuple[float, ...] = (0.4, 1.2)
    layout: str = "mono"
    metadata: Mapping[str, str] = field(default_factory=dict)
    disposition: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


CLICK = (np.random.default_rng(7).uniform(-1, 1, 480) * np.hanning(480)).astype(np.float32)
"""10 ms of noise at 48 kHz: its autocorrelation has one sharp peak."""


def click_at(rate: int) -> np.ndarray:
    """The click at a sample rate."""
    count = round(len(CLICK) * rate / 48000)
    return np.interp(np.arange(count) * 48000 / rate, np.arange(len(CLICK)), CLICK)


@dataclass(frozen=True)
class Text:
    """A subtitle track: (start, end, words) in seconds."""

    lines: tuple[tuple[float, float, str], ...]
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Film:
    """What `write` makes. `pts` and `durations` are in ticks of `time_base`."""

    pixel_format: str = "yuv420p"
    size: tuple[int, int] = (64, 48)
    frames: int = 8
    pts: Sequence[int] | None = None
    durations: Sequence[int] | None = None
    time_base: Fraction = Fraction(1, 25)
    codec: str = "ffv1"
    options: Mapping[str, str] | None = None
    tags: ColorTags = ColorTags()
    sar: Fraction = Fraction(1)
    matrix: tuple[int, ...] | None = None
    paint: Paint = slope
    sounds: Sequence[Sound] = ()
    texts: Sequence[Text] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    chapters: Sequence[tuple[float, float, str]] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    video_metadata: Mapping[str, str] = field(default_factory=dict)
    muxer_options: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        """Encode and mux; returns `path`."""
        with ExitStack() as stack:
            container = stack.enter_context(av.open(
                str(path), "w", format=MUXERS[path.suffix], options=dict(self.muxer_options)))
            container.metadata.update(self.metadata)
            packets = [self._video(container)]
            packets += [_sound_packets(container, sound) for sound in self.sounds]
            packets += [_text_packets(container, text, stack.enter_context(
                _subtitles(text, path.parent))) for text in self.texts]
            for name, content in self.attachments.items():
                container.add_attachment(name, "application/x-truetype-font", content)
            if self.chapters:
                container.set_chapters([
                    {"id": number, "start": round(start * 1000), "end": round(end * 1000),
                     "time_base": Fraction(1, 1000), "metadata": {"title": title}}
                    for number, (start, end, title) in enumerate(self.chapters, 1)])
            listed = [packet for stream in packets for packet in stream]
            listed.sort(key=lambda packet: packet.dts * packet.time_base)
            for packet in listed:
                container.mux(packet)
        return path

    def _video(self, container: Any) -> list[av.Packet]:
        stream = container.add_stream(self.codec, rate=1 / self.time_base)
        context = stream.codec_context
        context.width, context.height = self.size
        context.pix_fmt = self.pixel_format
        context.time_base = stream.time_base = self.time_base
        context.sample_aspect_ratio = self.sar
        tags = self.tags
        context.colorspace, context.color_range = tags.matrix, tags.range
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
        options = LOSSLESS.get(self.codec, {}) if self.options is None else self.options
        context.options = dict(options)
        context.thread_count = 1
        if self.matrix is not None:
            stream.set_display_matrix(self.matrix)
        stream.metadata.update(self.video_metadata)
        return list(self._encoded(stream))

    def _encoded(self, stream: av.VideoStream) -> Iterator[av.Packet]:
        ticks = list(range(self.frames)) if self.pts is None else list(self.pts)
        lasting = dict(zip(ticks, self.durations, strict=True)) if self.durations else {}
        for number, tick in enumerate([*ticks, None]):
            picture = None
            if tick is not None:
                picture = painted(self.pixel_format, self.size, number, self.paint)
                picture.pts, picture.time_base = tick, self.time_base
                tags = self.tags
                picture.colorspace, picture.color_range = tags.matrix, tags.range
                picture.color_primaries, picture.color_trc = tags.primaries, tags.transfer
            for packet in stream.encode(picture):
                packet.duration = lasting.get(packet.pts, packet.duration or 1)
                yield packet


def painted(pixel_format: str, size: tuple[int, int], number: int, paint: Paint
            ) -> av.VideoFrame:
    """A frame with every plane painted; packed formats by way of their components."""
    frame = av.VideoFrame(*size, pixel_format)
    parts = frame.format.components
    for index, plane in enumerate(frame.planes):
        bits = parts[min(index, len(parts) - 1)].bits
        dtype = np.uint8 if bits <= 8 else np.dtype("<u2")
        rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
        packed = len(frame.planes) == 1 and len(parts) > 1
        columns = plane.width * (plane.buffer_size // plane.height // plane.width) if packed \
            else plane.width
        rows[:, :columns] = paint(number, (plane.height, columns), bits)
    return frame


def samples(frame: av.VideoFrame) -> tuple[np.ndarray, ...]:
    """Every sample of a decoded frame by component: Y, Cb, Cr or R, G, B, then alpha."""
    name = frame.format.name
    if name in _PACKED:
        raw = _rows(frame.planes[0], np.uint8)[:, :frame.width * 4]
        pixels = raw.reshape(frame.height, frame.width, 4)
        return tuple(pixels[..., place] for place in _PACKED[name])
    dtype = np.uint8 if frame.format.components[0].bits <= 8 else np.dtype("<u2")
    planes = [_rows(plane, dtype)[:, :plane.width] for plane in frame.planes]
    if frame.format.is_rgb:
        planes = [planes[place] for place in (2, 0, 1, 3)[:len(planes)]]
    return tuple(planes)


_PACKED = {"bgr0": (2, 1, 0), "bgra": (2, 1, 0, 3), "0rgb": (1, 2, 3), "rgba": (0, 1, 2, 3)}


def _rows(plane: Any, dtype: Any) -> np.ndarray:
    return np.frombuffer(plane, dtype).reshape(plane.height, -1)


def frames_of(path: Path) -> Iterator[av.VideoFrame]:
    """Decoded frames of the first video stream, untouched."""
    with av.open(str(path)) as container:
        yield from container.decode(video=0)


def pictures_of(path: Path) -> list[tuple[np.ndarray, ...]]:
    """The samples of every frame."""
    return [tuple(plane.copy() for plane in samples(frame)) for frame in frames_of(path)]


def hashes(path: Path) -> list[str]:
    """One hash of all samples for each decoded frame."""
    found = []
    for frame in frames_of(path):
        digest = hashlib.sha1()
        for plane in samples(frame):
            digest.update(np.ascontiguousarray(plane).astype("<u2").tobytes())
        found.append(digest.hexdigest())
    return found


def times_of(path: Path) -> list[Fraction]:
    """When each decoded picture is shown, in seconds."""
    return [frame.pts * frame.time_base for frame in frames_of(path)]


def spans_of(path: Path) -> list[tuple[Fraction, Fraction]]:
    """Start and duration of each decoded picture, in seconds."""
    return [(frame.pts * frame.time_base, frame.duration * frame.time_base)
            for frame in frames_of(path)]


def payloads(path: Path, index: int) -> list[str]:
    """Hashes of the packets of one stream, in order."""
    with av.open(str(path)) as container:
        return [hashlib.sha1(bytes(packet)).hexdigest()
                for packet in container.demux(container.streams[index]) if packet.size]


def flashes_in(path: Path) -> list[Fraction]:
    """When the picture turns white."""
    found, lit = [], False
    for frame in frames_of(path):
        bright = samples(frame)[0].mean() > (1 << frame.format.components[0].bits) * 0.55
        if bright and not lit:
            found.append(frame.pts * frame.time_base)
        lit = bright
    return found


def clicks_in(path: Path, track: int = 0) -> list[float]:
    """When the clicks of one sound track begin, in seconds, as a player would play them."""
    heard, origin, rate = heard_in(path, track)
    click = click_at(rate)
    match = _correlated(heard, click)
    found = []
    while match.size and match.max() > 0.4 * (click ** 2).sum():
        place = int(match.argmax())
        found.append(float((place + origin) / rate))
        match[max(0, place - len(click)):place + len(click)] = -np.inf
    return sorted(found)


def _correlated(heard: np.ndarray, click: np.ndarray) -> np.ndarray:
    """Wherever all of the click fits, by way of spectra: there are samples by the ten thousand."""
    size = 1 << len(heard).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(click, size))
    return np.fft.irfft(spectrum, size)[:max(0, len(heard) - len(click) + 1)]


def heard_in(path: Path, track: int = 0) -> tuple[np.ndarray, int, int]:
    """The first channel of a track, the number of its first sample since time 0, and its rate.

    Frames follow one another as they come, as players do, unless one is 5 ms from its place.
    """
    with av.open(str(path)) as container:
        stream = container.streams.audio[track]
        rate = stream.codec_context.sample_rate
        pieces, origin, total = [], 0, 0
        for frame in container.decode(stream):
            mono = _floats(frame)[0]
            at = round(frame.pts * frame.time_base * rate)
            if not pieces:
                origin = at
            gap = at - origin - total
            if gap > rate // 200:
                pieces.append(np.zeros(gap))
            elif gap < -(rate // 200):
                mono = mono[-gap:]
            pieces.append(mono)
            total = sum(map(len, pieces))
        return (np.concatenate(pieces) if pieces else np.zeros(0)), origin, rate


def _floats(frame: av.AudioFrame) -> np.ndarray:
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    return values / float(np.iinfo(values.dtype).max)


def _sound_packets(container: Any, sound: Sound) -> list[av.Packet]:
    stream = container.add_stream(sound.codec, rate=sound.rate)
    context = stream.codec_context
    context.layout = sound.layout
    formats = [offered.name for offered in av.Codec(sound.codec, "w").audio_formats or ()]
    context.format = "fltp" if "fltp" in formats else formats[0]
    context.options = dict(sound.options)
    stream.metadata.update(sound.metadata)
    if sound.disposition:
        stream.disposition = av.stream.Disposition(sound.disposition)
    wave = _clicks(sound)
    resampler = av.AudioResampler(context.format, context.layout, sound.rate)
    fifo, packets = av.AudioFifo(), []
    channels = context.layout.nb_channels
    frame = av.AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), "fltp", context.layout.name)
    frame.sample_rate, frame.time_base, frame.pts = sound.rate, Fraction(1, sound.rate), 0
    for ready in [*resampler.resample(frame), *resampler.resample(None)]:
        fifo.write(ready)
    context.open()
    size = context.frame_size or 1024
    while (piece := fifo.read(size, partial=True)) is not None:
        piece.pts += round(sound.start * sound.rate)
        packets += stream.encode(piece)
    return packets + stream.encode(None)


def _clicks(sound: Sound) -> np.ndarray:
    wave = np.zeros(round(sound.seconds * sound.rate), np.float32)
    click = click_at(sound.rate) * 0.8
    for when in sound.clicks:
        at = round((when - sound.start) * sound.rate)
        wave[at:at + len(click)] += click
    return wave


@contextmanager
def _subtitles(text: Text, folder: Path) -> Iterator[Any]:
    """An open SubRip file."""
    path = folder / f"{abs(hash(text.lines))}.srt"
    path.write_text("".join(
        f"{number}\n{_clock(start)} --> {_clock(end)}\n{words}\n\n"
        for number, (start, end, words) in enumerate(text.lines, 1)))
    with av.open(str(path)) as container:
        yield container
    path.unlink()


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return (f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},"
            f"{whole % 1000:03}")


def _text_packets(container: Any, text: Text, source: Any) -> list[av.Packet]:
    origin = source.streams.subtitles[0]
    stream = container.add_stream_from_template(origin)
    stream.metadata.update(text.metadata)
    packets = [packet for packet in source.demux(origin) if packet.size]
    for packet in packets:
        packet.stream = stream
    return packets
