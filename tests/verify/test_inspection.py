"""What is read of a file, against FFmpeg's command line: another version, other code."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from core.io.inspection import Inspection, inspect
from core.io.repair import shown_size
from core.progress import Followed

FAULTS = ("01_sound_packet_same_time.ts", "02_clock_jumps_back.ts", "07_h264_bframes.avi",
          "12_raw.h264", "18_one_picture_a_second.mp4", "14_nanosecond_clock.nut",
          "25_theora_still_moments.ogv", "13_turned_and_stretched.mp4", "clip.mp4")
CLIPS = ("androidx__bear-vp9-odd-dimensions.webm", "autoeditor__SAR-2by3.mp4",
         "mediabunny__edit-list-discard.mp4", "imageio__imageio_issue245.gif",
         "androidx__bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4", "shaka__n_2_0_0.ts",
         "torchcodec__var_fps_video.mp4", "fate__mov_neg_first_pts_discard.mp4",
         "androidx__sample.flv", "moviepy__no_duration.webm", "fate__interlaced_crop.mp4",
         "androidx__h265_bframes.mp4", "androidx__video_desks.3gp")


@dataclass(frozen=True)
class Told:
    """What FFmpeg tells of the first picture stream; times in seconds after its first frame."""

    times: np.ndarray
    size: tuple[int, int]
    sar: Fraction


def told(path: Path) -> Told:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-threads", "1", "-noautorotate",
               "-i", str(path), "-map", "0:V:0", "-fps_mode", "passthrough", "-enc_time_base:v",
               "demux", "-f", "framehash", "-hash", "crc32", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    head = dict(re.findall(r"^#(\w+) 0: (\S+)$", done.stdout, re.MULTILINE))
    rows = [line.split(",") for line in done.stdout.splitlines() if line and line[0] != "#"]
    times = np.array([int(row[2]) for row in rows]) * float(Fraction(head["tb"]))
    width, height = map(int, head["dimensions"].split("x"))
    sar = Fraction(head["sar"]) if not head["sar"].startswith("0/") else Fraction(1)
    return Told(times - times[0], (width, height), sar)


def inspected(path: Path) -> Inspection:
    with Followed(inspect(path)) as work:
        for _ in work:
            pass
    return work.result


def _agrees(path: Path) -> None:
    ours, theirs = inspected(path), told(path)
    times = ours.frames.times() - ours.frames.times()[0]
    assert len(times) == len(theirs.times)
    assert np.abs(times - theirs.times).max() < 2e-6
    assert shown_size(path) == theirs.size
    assert ours.sar == theirs.sar


@pytest.mark.parametrize("name", FAULTS)
def test_frames_and_times_are_those_of_ffmpeg(name: str, shared: Path) -> None:
    _agrees(shared / "faults" / name)


@pytest.mark.long
@pytest.mark.parametrize("name", CLIPS)
def test_frames_and_times_of_real_clips_are_those_of_ffmpeg(name: str, shared: Path) -> None:
    _agrees(shared / "media" / name)


@pytest.mark.parametrize(("name", "color"), [
    ("media/gopro__karma.mp4", (1, 1, 1, 2)), ("media/mdn__flower.mp4", (6, 6, 6, 1)),
    ("media/aswf__output_hdr10.mp4", (9, 9, 16, 1))])
def test_each_layer_tells_its_own_tags(name: str, color: tuple[int, ...], shared: Path) -> None:
    path = shared / name
    with Followed(inspect(path, Fraction(0))) as work:
        for _ in work:
            pass
    bitstream = work.result.layers["bitstream"].tags
    found = (bitstream.matrix, bitstream.primaries, bitstream.transfer, bitstream.range)
    assert found == color


def test_where_only_decoding_times_are_known_the_first_frame_comes_late(shared: Path) -> None:
    """FFmpeg's command line gives 0.08, 0.12, 0.16 for this file (with -copyts)."""
    found = inspected(shared / "faults" / "07_h264_bframes.avi").frames
    assert found.times()[:3].tolist() == pytest.approx([0.08, 0.12, 0.16])
