"""What cameras, phones and encoders really produce: every clip beside the repository.

The judge is PyAV alone: what its decoder yields must come out, drawn, as many times.
"""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import av
import av.error
import pytest

from core.io import VideoProbe
from core.io.repair import complaints
from scripts import cli

FRAMES = 150
_FOLDER = Path(os.environ.get("BRUSHREEL_SHARED",
                              Path(__file__).resolve().parents[2] / "shared")) / "media"
CLIPS = sorted(path.name for path in _FOLDER.iterdir() if path.suffix != ".tsv") \
    if _FOLDER.is_dir() else []

QUICK = ("autoeditor__SAR-2by3.mp4", "mediabunny__cursed-vfr.mp4", "gopro__karma.mp4",
         "imageio__newtonscradle.gif", "fate__frame_size_change.mp4", "shaka__n_2_0_0.ts",
         "androidx__sample_rotate_and_reflect.mp4", "mediaconch__MKV-V4.mkv",
         "androidx__sample_audio_only.mp4", "shaka__typescript.ts")
"""One of each kind of trouble, for the fast run."""


def _decoded(path: Path) -> list[Fraction]:
    """Times of the pictures a plain decoder yields, up to one more than FRAMES."""
    times: list[Fraction] = []
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.video:
                return []
            stream = container.streams.video[0]
            for packet in container.demux(stream):
                try:
                    times += [frame.pts * frame.time_base for frame in packet.decode()]
                except av.error.FFmpegError:
                    continue
                if len(times) > FRAMES:
                    break
            start = Fraction(container.start_time or 0, av.time_base)
    except (av.error.FFmpegError, EOFError):
        return []
    return [time - start for time in times]


def _render(path: Path, folder: Path, times: list[Fraction],
            capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    arguments = ["render", "--in", str(path), "--styles", "pencil", "--preset", "speed",
                 "--out", str(folder), "--json"]
    if len(times) > FRAMES:
        middle = (times[FRAMES - 1] + times[FRAMES]) / 2
        arguments += ["--end", f"{float(middle):.6f}"]
    code = cli.main(arguments)
    return code, json.loads(capsys.readouterr().out)


def _check(name: str, media: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = media / name
    times = _decoded(path)
    code, said = _render(path, tmp_path, times, capsys)
    left = sorted(found.name for found in tmp_path.iterdir())
    if not times:
        assert code == 2, said
        assert said["hint"]
        assert left == []
        return
    assert code == 0, said
    assert len(left) == 1, f"more than the result is left: {left}"
    result = tmp_path / left[0]
    before, after = VideoProbe.probe(path), VideoProbe.probe(result)
    with av.open(str(result)) as container:
        drawn = sum(1 for _ in container.decode(video=0))
    assert drawn == min(len(times), FRAMES)
    assert (after.width, after.height) == (before.width, before.height)
    assert (after.sar, after.rotation) == (before.sar, before.rotation)
    for tag in ("matrix", "primaries", "transfer"):
        if before.pixel_format.startswith(("yuv", "gray")):
            assert getattr(after.tags, tag) == getattr(before.tags, tag), tag
    assert complaints(result) == ""


@pytest.mark.parametrize("name", [name for name in CLIPS if name in QUICK])
def test_a_clip_of_each_kind_comes_through(name: str, shared: Path, tmp_path: Path,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    _check(name, shared / "media", tmp_path, capsys)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in CLIPS if name not in QUICK])
def test_every_other_clip_comes_through(name: str, shared: Path, tmp_path: Path,
                                        capsys: pytest.CaptureFixture[str]) -> None:
    _check(name, shared / "media", tmp_path, capsys)


def test_the_clips_are_there(shared: Path) -> None:
    assert len(CLIPS) > 90, f"only {len(CLIPS)} clips lie in {shared / 'media'}"
