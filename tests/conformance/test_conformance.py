"""No render loses anything without saying so: chosen renders here, all of them on request.

`./run.sh test --all --conformance FOLDER -n 0 tests/conformance` renders every clip beside the
repository in every container and writes the table into the folder, as CSV.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.verify import CHECKS, Result
from tests.conformance.table import CONTAINERS, STYLES, Case, Row, append, cases, clips_in, row_of

SHARED = Path(os.environ.get("BRUSHREEL_SHARED", Path(__file__).resolve().parents[3] / "shared"))

HOLDS: Mapping[str, tuple[str, ...]] = {
    "mediabunny__test-mkv-multi.mkv": ("subtitles", "sound"),
    "androidx__sample_with_chapters.mkv": ("chapters",),
    "androidx__sample_with_chapters.mp4": ("chapters",),
    "androidx__sample_with_ssa_subtitles.mkv": ("subtitles",),
    "androidx__sample_with_pgs_subtitles.mkv": ("subtitles",),
    "autoeditor__mov_text.mp4": ("subtitles",),
    "autoeditor__webvtt.mkv": ("subtitles",),
    "autoeditor__testsrc_with_attachment.mkv": ("attachments",),
    "autoeditor__h264-png.mp4": ("attachments",),
    "autoeditor__SAR-2by3.mp4": ("sar",),
    "androidx__sample_rotate_and_reflect.mp4": ("rotation",),
    "mediabunny__rotate-buck-bunny.mp4": ("rotation",),
    "aswf__output_hdr10.mp4": ("hdr", "color"),
    "androidx__dolbyVision-hdr.MOV": ("hdr",),
    "moviepy__transparent.webm": ("alpha",),
    "imageio__imageio_issue245.gif": ("alpha",),
    "fate__interlaced_crop.mp4": ("field_order",),
    "androidx__h265_with_metadata_track.mp4": ("data",),
    "torchcodec__var_fps_video.mp4": ("times",),
    "androidx__sample_shorter_audio.mp4": ("sync",),
    "torchcodec__h265_10bits.mp4": ("depth",),
    "mediaconch__ffv1_3.mov": ("depth",),
    "androidx__edit_list_positive_shift.mp4": ("duration",),
    "androidx__sample.flv": ("sound",),
    "androidx__video_desks.3gp": ("sync",),
    "shaka__n_2_0_0.ts": ("sync",),
    "androidx__sample_audio_only.mp4": (),
    "moviepy__no_duration.webm": ("duration",),
    "fate__frame_size_change.mp4": ("size",),
    "10_cropped_by_container.mkv": ("crop",),
    "24_mvhevc_androidx_apache2.mov": ("extras",),
}
"""Clips beside those in `faults`, and the checks for whose sake they are here."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        every = metafunc.config.getoption("--conformance") is not None
        listed = list(cases(clips_in(SHARED))) if every else chosen()
        metafunc.parametrize("case", listed, ids=[case.name for case in listed])


def chosen() -> list[Case]:
    """About 60 renders: each clip once, the faults twice, containers and looks in turn."""
    clips = clips_in(SHARED)
    faults = [clip for clip in clips if clip.parent.name == "faults"]
    held = [clip for clip in clips if clip.name in HOLDS and clip not in faults]
    kinds = [(style, container) for container in CONTAINERS for style in STYLES]
    return [Case(clip, *kinds[number % len(kinds)]) for number, clip in enumerate(held)] + [
        Case(clip, *kinds[(number + turn) % len(kinds)])
        for turn in (0, 5) for number, clip in enumerate(faults)][:60 - len(held)]


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Path | None:
    """Where rows go, if they are asked for."""
    folder = request.config.getoption("--conformance")
    if folder is None:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / "conformance.csv"


@pytest.mark.long
def test_nothing_is_lost_unsaid(case: Case, table: Path | None, tmp_path: Path) -> None:
    row = row_of(case, tmp_path)
    if table is not None:
        append(table, row)
    assert row.wrong == []
    _holds(row)


def _holds(row: Row) -> None:
    """The clip is there for these checks, which have found what they are for."""
    if row.checks:
        for name in HOLDS.get(row.case.clip.name, ()):
            assert row.checks[name].result != Result.NOT_APPLICABLE, name


def test_every_check_has_a_clip() -> None:
    """But for those that any clip will do for, and for seams, which short clips do not have."""
    anywhere = {"packets", "whole", "clocks", "streams", "frames", "rate", "metadata", "seams"}
    assert {name for names in HOLDS.values() for name in names} == set(CHECKS) - anywhere
