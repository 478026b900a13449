"""FFmpeg's command line as judge over times: which pictures it shows, and when."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg


def shown_by_ffmpeg(path: Path, *sound: str) -> list[tuple[Fraction, str]]:
    """Time in seconds and hash of every picture; with `sound`, options that map it, too.

    Times begin wherever FFmpeg has the file begin.
    """
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "quiet", "-i", str(path), "-map", "0:v:0",
         "-fps_mode", "passthrough", "-enc_time_base", "demux", "-f", "framemd5", "-", *sound],
        capture_output=True, check=True, text=True).stdout.splitlines()
    base = next(Fraction(line.split(":")[1].strip()) for line in said if line.startswith("#tb 0"))
    listed = [line.split(",") for line in said if not line.startswith("#")]
    return [(int(fields[2]) * base, fields[-1].strip()) for fields in listed]


def since_first(times: list[Fraction]) -> list[Fraction]:
    return [time - times[0] for time in times]
