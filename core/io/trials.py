"""Encoders tried on this machine with real pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import cv2
import numpy as np

from core.errors import EncodeFailed
from core.hardware.execution import ExecutionPlan
from core.io.codecs import options_for
from core.io.encoders import VideoSpec, Wish, choose_encoder, refusal_of
from core.io.picture import Picture, repacked
from core.io.probe import HdrMetadata

_RATE = Fraction(30)


@dataclass(frozen=True, slots=True)
class Trial:
    """One codec tried. `why` says what is wrong with it, empty where it works.

    `device` is the encoder's name; `fps` is how many 1080p pictures it took in a second, None where
    that was not measured.
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
