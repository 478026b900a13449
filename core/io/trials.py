"""Encoders and hardware decoders tried on this machine with real pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import cv2
import numpy as np
from av.codec.hwaccel import HWAccel, hwdevices_available

from core.errors import EncodeFailed
from core.hardware.execution import ExecutionPlan
from core.io.codecs import options_for
from core.io.encoders import VideoSpec, Wish, choose_encoder, refusal_of
from core.io.picture import Picture, repacked
from core.io.probe import HdrMetadata

DEVICES = ("cuda", "d3d11va", "qsv", "videotoolbox", "vaapi")
"""FFmpeg's names of what decodes in hardware, where its build offers it."""

DECODED = ("h264", "hevc", "vp9", "av1")
"""The codecs of common sources, whose decoders are tried."""

_SOFTWARE = {"av1": "libdav1d"}
"""Decoders that do without hardware, where FFmpeg's own does not."""

_RATE = Fraction(30)


@dataclass(frozen=True, slots=True)
class Trial:
    """One codec tried on one device. `why` says what is wrong with it, empty where it works.

    `device` is the encoder's name, or the kind of hardware that decodes; `fps` is how many
    1080p pictures it took in a second, None where that was not measured.
    """

    codec: str
    device: str
    works: bool
    why: str = ""
    fps: float | None = None


def try_encoder(codec: str, pictures: Sequence[Picture] = ()) -> Trial:
    """Whether an encoder takes a real frame, and how fast it takes `pictures`."""
    width, height = _size(pictures)
    spec = VideoSpec(codec, "yuv422p10le" if codec == "prores" else "yuv420p", width, height,
                     _RATE, options=options_for(codec, "balanced", None, HdrMetadata(), "yuv420p"),
                     threads=ExecutionPlan(1).encode_threads)
    why = refusal_of(spec)
    if why or not pictures:
        return Trial(codec, spec.entry.encoder, not why, why)
    try:
        return Trial(codec, spec.entry.encoder, True, fps=_speed(spec, pictures))
    except (av.error.FFmpegError, ValueError, EncodeFailed) as error:
        return Trial(codec, spec.entry.encoder, False,
                     getattr(error, "strerror", None) or str(error))


def auto_codec(pixel_format: str) -> str:
    """What `auto` takes here for a 1080p source of this format."""
    spec, _ = choose_encoder(Wish(pixel_format, 1920, 1080, _RATE))
    return spec.codec


def ffmpeg_version() -> str:
    """The version of the FFmpeg inside PyAV."""
    return av.ffmpeg_version_info


def try_decoders() -> Iterator[Trial]:
    """Every kind of hardware decoder this FFmpeg has, on real packets of every common codec.

    Where none can be had nothing is left behind: a decoder that fails is closed again.
    """
    offered = [device for device in DEVICES if device in hwdevices_available()]
    for codec in DECODED if offered else ():
        packets = _packets(codec)
        expected = _decoded(av.CodecContext.create(_SOFTWARE.get(codec, codec), "r"), packets)
        for device in offered:
            yield _try_decoder(codec, device, packets, expected)


def _try_decoder(codec: str, device: str, packets: Sequence[av.Packet],
                 expected: Sequence[np.ndarray]) -> Trial:
    try:
        if device == "qsv":  # a decoder of its own, the others help FFmpeg's
            context = av.CodecContext.create(f"{codec}_qsv", "r")
        else:
            context = av.CodecContext.create(
                codec, "r", hwaccel=HWAccel(device, allow_software_fallback=False))
        found = _decoded(context, packets)
    except (av.error.FFmpegError, ValueError, RuntimeError, NotImplementedError) as error:
        return Trial(codec, device, False, getattr(error, "strerror", None) or str(error))
    if not _in_hardware(context):
        return Trial(codec, device, False, "FFmpeg decodes it in software instead")
    same = len(found) == len(expected) and all(map(np.array_equal, found, expected))
    return Trial(codec, device, same, "" if same else "its pictures differ from the software's")


def _in_hardware(context: av.CodecContext) -> bool:
    return context.is_hwaccel or context.name.endswith("_qsv")


def _packets(codec: str) -> list[av.Packet]:
    """A few moving pictures, encoded; small, but of a size that hardware takes."""
    pictures = moving_pictures(320, 240, 5)
    spec = VideoSpec(codec, "yuv420p", 320, 240, _RATE,
                     options=options_for(codec, "speed", None, HdrMetadata(), "yuv420p"))
    context = spec.open()
    return [*_encoded(context, spec, pictures), *context.encode(None)]


def _decoded(context: av.CodecContext, packets: Sequence[av.Packet]) -> list[np.ndarray]:
    assert isinstance(context, av.VideoCodecContext)
    frames = [frame for packet in packets for frame in context.decode(packet)]
    frames += context.decode(None)
    return [np.concatenate([plane.ravel() for plane in Picture.of(frame).planes])
            for frame in frames]


def _speed(spec: VideoSpec, pictures: Sequence[Picture]) -> float:
    begun = time.perf_counter()
    context = spec.open()
    count = len(list(_encoded(context, spec, pictures)) + context.encode(None))
    if not count:
        raise EncodeFailed(f"{spec.codec} gave nothing back.", "Choose another codec.")
    return len(pictures) / (time.perf_counter() - begun)


def _encoded(context: av.VideoCodecContext, spec: VideoSpec, pictures: Sequence[Picture]
             ) -> Iterator[av.Packet]:
    for number, picture in enumerate(pictures):
        frame = picture.native
        if frame.format.name != spec.pixel_format:
            frame = repacked(frame, spec.pixel_format)
        frame.pts, frame.time_base = number, 1 / spec.rate
        yield from context.encode(frame)


def moving_pictures(width: int, height: int, count: int) -> list[Picture]:
    """Pictures for a trial, yuv420p: soft shapes with fine grain that pan by three pixels each."""
    noise = np.random.default_rng(0).standard_normal((height, width + 3 * count), np.float32)
    scene = 128 + 900 * cv2.GaussianBlur(noise, (0, 0), 12) + 4 * noise
    codes = np.clip(scene, 16, 235).astype(np.uint8)
    made = []
    for number in range(count):
        picture = Picture.blank(width, height, "yuv420p")
        luma, *chroma = picture.planes
        luma[:] = codes[:, 3 * number:3 * number + width]
        for plane in chroma:
            plane[:] = luma[::2, ::2][:plane.shape[0], :plane.shape[1]]
        made.append(picture)
    return made


def _size(pictures: Sequence[Picture]) -> tuple[int, int]:
    if not pictures:
        return 1920, 1080
    height, width = pictures[0].planes[0].shape
    return width, height
