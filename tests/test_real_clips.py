"""What cameras, phones and encoders really produce: every clip beside the repository.

The judge is PyAV alone: what its decoder yields must come out, drawn, as many times.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error
import pytest

from core.io import VideoProbe
from core.io.repair import complaints
from core.models import ModelRegistry
from core.paths import DATA_VARIABLE
from scripts import cli
from stylizers import STYLES
from tests.networks import Network
from tests.stylizers.stack import network, paint_network

FRAMES = 75
"""Pictures of each clip that the first look draws."""
FRAMES_AT_ONCE = 12
"""Those of the fast run."""
FRAMES_OF_OTHERS = 5
"""Those that each other look draws; what comes with the clip has been tried by then."""
_FOLDER = Path(os.environ.get("BRUSHREEL_SHARED",
                              Path(__file__).resolve().parents[2] / "shared")) / "media"
CLIPS = sorted(path.name for path in _FOLDER.iterdir() if path.suffix != ".tsv") \
    if _FOLDER.is_dir() else []

QUICK = ("autoeditor__SAR-2by3.mp4", "mediabunny__cursed-vfr.mp4", "gopro__karma.mp4",
         "imageio__newtonscradle.gif", "fate__frame_size_change.mp4", "shaka__n_2_0_0.ts",
         "androidx__sample_rotate_and_reflect.mp4", "mediaconch__MKV-V4.mkv",
         "androidx__sample_audio_only.mp4", "shaka__typescript.ts")
"""One of each kind of trouble, for the fast run, and for every look in the long one."""
LARGEST = "mediabunny__cursed-vfr.mp4"
"""Of those, what takes as long as all others together."""

OTHERS = [name for name in STYLES if name not in ("identity", "pencil")]
_IN_TURN = 2
"""Looks that draw each clip, others the next one: all of them on all would take ten minutes."""


@pytest.fixture(autouse=True)
def _a_network_is_installed(tmp_path_factory: pytest.TempPathFactory,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    """One look draws with whichever there is."""
    folder = tmp_path_factory.mktemp("installed")
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    ModelRegistry().add(Network(statistics=True).write(folder / "tiny.onnx"))


def _decoded(path: Path, most: int) -> list[Fraction]:
    """Times of the pictures a plain decoder yields, up to one more than `most`."""
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
                if len(times) > most:
                    break
            start = Fraction(container.start_time or 0, av.time_base)
    except (av.error.FFmpegError, EOFError):
        return []
    return [time - start for time in times]


def _check(path: Path, styles: Sequence[str], most: int, folder: Path,
           capsys: pytest.CaptureFixture[str]) -> None:
    """Render up to `most` pictures in every style, or be refused in words."""
    times = _decoded(path, most)
    arguments = ["render", "--in", str(path), "--styles", ",".join(styles), "--preset", "speed",
                 "--out", str(folder), "--json"]
    if "neural" in styles:
        arguments += ["--set", f"neural.model_path={network()}"]
    if "paint" in styles:
        arguments += ["--set", f"paint.model_path={paint_network()}"]
    if len(times) > most:
        middle = (times[most - 1] + times[most]) / 2
        arguments += ["--end", f"{float(middle):.6f}"]
    code = cli.main(arguments)
    said = json.loads(capsys.readouterr().out)
    left = sorted(found for found in folder.iterdir())
    if not times:
        assert code == 2, said
        assert said["hint"]
        assert left == []
        return
    assert code == 0, said
    assert len(left) == len(styles), f"more than the results are left: {left}"
    for result in left:
        _compare(path, result, min(len(times), most))


def _compare(path: Path, result: Path, count: int) -> None:
    before, after = VideoProbe.probe(path), VideoProbe.probe(result)
    with av.open(str(result)) as container:
        drawn = sum(1 for _ in container.decode(video=0))
    assert drawn == count
    assert (after.width, after.height) == (before.width, before.height)
    assert (after.sar, after.rotation) == (before.sar, before.rotation)
    for tag in ("matrix", "primaries", "transfer"):
        if before.pixel_format.startswith(("yuv", "gray")):
            assert getattr(after.tags, tag) == getattr(before.tags, tag), tag
    assert complaints(result) == ""


@pytest.mark.parametrize("name", [name for name in CLIPS if name in QUICK and name != LARGEST])
def test_a_clip_of_each_kind_comes_through(name: str, shared: Path, tmp_path: Path,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    _check(shared / "media" / name, ["pencil"], FRAMES_AT_ONCE, tmp_path, capsys)


@pytest.mark.long
@pytest.mark.parametrize("name", CLIPS)
def test_every_clip_comes_through(name: str, shared: Path, tmp_path: Path,
                                        capsys: pytest.CaptureFixture[str]) -> None:
    _check(shared / "media" / name, ["pencil"], FRAMES, tmp_path, capsys)


@pytest.mark.long
@pytest.mark.parametrize("name", CLIPS)
def test_every_clip_comes_through_other_looks(name: str, shared: Path, tmp_path: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    looks = itertools.cycle(OTHERS)
    first = CLIPS.index(name) * _IN_TURN % len(OTHERS)
    chosen = OTHERS if name in QUICK else list(itertools.islice(looks, first, first + _IN_TURN))
    _check(shared / "media" / name, chosen, FRAMES_OF_OTHERS, tmp_path, capsys)


def test_the_clips_are_there(shared: Path) -> None:
    assert len(CLIPS) > 90, f"only {len(CLIPS)} clips lie in {shared / 'media'}"
