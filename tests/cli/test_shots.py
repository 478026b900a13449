"""scenes: the same shots in every form it lists them in."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from tests import reels
from tests.cli.conftest import Cli
from tests.clips import Film

NTSC = Fraction(30000, 1001)
EVENT = re.compile(r"(\d{3})  (\w{1,8}) +V +C +(\S{11}) (\S{11}) (\S{11}) (\S{11})")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    paint = reels.lit(reels.shots(50, 110), 70)
    return Film(codec="libx264", frames=150, time_base=1 / NTSC, paint=paint,
                video_metadata={"timecode": "01:00:00;00"}).write(tmp_path / "film.mov")


def test_the_table_names_every_shot(cli: Cli, film: Path) -> None:
    ended = cli("scenes", film)
    assert ended.code == 0
    rows = [line.split() for line in ended.out.splitlines()[2:]]
    assert [row[:6] for row in rows] == [
        ["1", "0:00.000", "0:01.668", "0:01.668", "50", "01:00:00;00"],
        ["2", "0:01.668", "0:03.670", "0:02.002", "60", "01:00:01;20"],
        ["3", "0:03.670", "0:05.005", "0:01.335", "40", "01:00:03;20"]]
    assert rows[1][6:] == ["flash", "at", "0:02.336"]


def test_json_is_exact(cli: Cli, film: Path) -> None:
    document = cli("scenes", film, "--json").document
    assert (document["frames"], document["rate"]["exact"]) == (150, "30000/1001")
    shots = document["shots"]
    assert [shot["first_frame"] for shot in shots] == [0, 50, 110]
    assert [Fraction(shot["start"]["exact"]) for shot in shots] == [
        0, 50 / NTSC, 110 / NTSC]
    flash, = shots[1]["flashes"]
    assert (flash["start"]["exact"], flash["frames"]) == (str(70 / NTSC), 1)


def test_csv_has_a_line_for_each_shot(cli: Cli, film: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(cli("scenes", film, "--csv").out)))
    assert [(line["shot"], line["first_frame"], line["frames"]) for line in lines] == [
        ("1", "0", "50"), ("2", "50", "60"), ("3", "110", "40")]
    assert [line["end"] for line in lines[:-1]] == [line["start"] for line in lines[1:]]
    assert lines[1]["flashes"] == f"{float(70 / NTSC):.6f}"


def frames_of(timecode: str) -> int:
    """Frames since midnight; a semicolon leaves out two numbers in nine minutes of ten."""
    hours, minutes, seconds, count = map(int, re.split("[:;]", timecode))
    total = 60 * hours + minutes
    return (60 * total + seconds) * 30 + count - (2 * (total - total // 10)
                                                  if ";" in timecode else 0)


def test_an_edl_is_cmx3600(cli: Cli, film: Path) -> None:
    lines = cli("scenes", film, "--edl").out.splitlines()
    assert lines[:3] == ["TITLE: film", "FCM: DROP FRAME", ""]
    events = [match.groups() for line in lines if (match := EVENT.fullmatch(line))]
    assert [event[0] for event in events] == ["001", "002", "003"]
    assert all(event[1] == "AX" and event[2:4] == event[4:6] for event in events)
    assert [frames_of(event[3]) - frames_of(event[2]) for event in events] == [50, 60, 40]
    assert all(event[3] == after[2] for event, after in pairwise(events))
    assert lines.count("* FROM CLIP NAME: film.mov") == 3


def test_the_suffix_decides_the_form_of_a_file(cli: Cli, film: Path, tmp_path: Path) -> None:
    for suffix in ("json", "csv", "edl"):
        target = tmp_path / "lists" / f"shots.{suffix}"
        ended = cli("scenes", film, "--out", target)
        assert (ended.code, ended.out.splitlines()) == (0, [str(target), "  3 shots"])
        assert target.read_text() == cli("scenes", film, f"--{suffix}").out
        assert cli("scenes", film, "--out", target).code == 2
        assert cli("scenes", film, "--out", target, "--overwrite").code == 0
    assert len(list((tmp_path / "lists").iterdir())) == 3


def test_json_and_a_file_go_together(cli: Cli, film: Path, tmp_path: Path) -> None:
    ended = cli("scenes", film, "--json", "--out", tmp_path / "shots.edl")
    assert json.loads(ended.out)["shots"] and (tmp_path / "shots.edl").is_file()


def test_a_clip_without_drop_frame_says_so(cli: Cli, clip: Path) -> None:
    assert "FCM: NON-DROP FRAME" in cli("scenes", clip, "--edl").out


@pytest.mark.parametrize(("name", "code"), [
    ("mediabunny__cursed-vfr.mp4", 0), ("imageio__newtonscradle.gif", 0),
    ("shaka__n_2_0_0.ts", 0), ("androidx__sample_h262_mpeg_audio.ps", 0),
    ("fate__interlaced_crop.mp4", 0), ("mediabunny__vp9-alpha-padded-width.webm", 0),
    ("androidx__sample_audio_only.mp4", 2), ("androidx__invalid-bitstream.webm", 2),
    ("fate__mov-tenc-only-encrypted.mp4", 2), ("moviepy__result.webm", 2)])
def test_real_clips_are_listed_or_refused(cli: Cli, shared: Path, name: str, code: int) -> None:
    ended = cli("scenes", shared / "media" / name, "--json")
    assert ended.code == code
    assert ("shots" if code == 0 else "error") in ended.document
