"""The few things PyAV cannot do, done by an FFmpeg binary; its one user."""

from __future__ import annotations

import math
import subprocess
from fractions import Fraction
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from core.durable import no_room, saving, sync
from core.errors import EncodeFailed
from core.io.encoders import VideoSpec
from core.io.matroska import DISPLAY_HEIGHT, DISPLAY_UNIT, DISPLAY_WIDTH, set_video_fields
from core.io.probe import VideoProbe

_CARRIES_SAR = ("h264", "hevc", "h264_nvenc", "hevc_nvenc")
"""Codecs whose own bitstream tells the pixel's shape; Matroska needs no help with them."""

_FULL = ("No space left on device", "Disk quota exceeded")
"""FFmpeg's words where the disk is full, on every system."""


def loses_sar(spec: VideoSpec, container: str) -> bool:
    """Whether the muxer drops the pixel's shape, as Matroska and WebM do through PyAV."""
    return spec.sar != 1 and container in ("mkv", "webm") and spec.codec not in _CARRIES_SAR


def restore_sar(path: Path, sar: Fraction, container: str) -> None:
    """Write the pixel's shape into a Matroska or WebM file; every packet stays as it is."""
    video = VideoProbe.probe(path)
    shape = (sar * Fraction(video.width, video.height)).limit_denominator(1 << 31)
    # In pixels where that comes out even; else Matroska, but not WebM, may give the ratio alone.
    high = math.lcm(video.height, shape.denominator)
    ratio = high != video.height and container == "mkv"
    size = (shape.numerator, shape.denominator) if ratio else (int(shape * high), high)
    unit = {DISPLAY_UNIT: 3 if ratio else 0} if container == "mkv" else {}
    with saving(path):
        set_video_fields(path, unit | {DISPLAY_WIDTH: size[0], DISPLAY_HEIGHT: size[1]})
        sync(path)


def convert_subtitles(source: Path, index: int, target: Path, codec: str, muxer: str) -> None:
    """Write one text stream of `source` anew, at the times it has there."""
    _run(target, ffmpeg.input(str(source), copyts=None).output(
        str(target), map=f"0:{index}", f=muxer, avoid_negative_ts="disabled", **{"c:s": codec}))


def complaints(path: Path) -> str:
    """What an independent FFmpeg says against a file when it decodes all of it; empty is good."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-map", "0:v",
               "-map", "0:a?", "-fps_mode", "passthrough",
               "-enc_time_base:v", "demux", "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, errors="replace").stderr.strip()


def shown_size(path: Path) -> tuple[int, int] | None:
    """Width and height that an independent FFmpeg shows, before it turns and stretches them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-noautorotate", "-i", str(path),
               "-map", "0:V:0", "-frames:v", "1", "-f", "framehash", "-hash", "crc32", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, errors="replace").stdout
    for line in said.splitlines():
        if line.startswith("#dimensions"):
            width, _, height = line.rpartition(" ")[2].partition("x")
            return int(width), int(height)
    return None


def transcode_reference(source: Path, target: Path, encoder: str, options: dict[str, str],
                        threads: int) -> None:
    """FFmpeg's own transcode of the picture, for comparing speed."""
    _run(target, ffmpeg.input(str(source)).output(
        str(target), **{"c:v": encoder, "an": None, "threads": threads, "fps_mode": "passthrough",
                        **options}))


def _run(target: Path, stream: ffmpeg.nodes.OutputStream) -> None:
    command = stream.global_args("-nostdin", "-v", "error").overwrite_output().compile(
        cmd=imageio_ffmpeg.get_ffmpeg_exe())
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, errors="replace")
    if done.returncode:
        if any(said in done.stderr for said in _FULL):
            raise no_room(target.parent)
        raise EncodeFailed(f"FFmpeg could not finish ({done.stderr.strip()[-200:]}).",
                           "Choose another container.")
