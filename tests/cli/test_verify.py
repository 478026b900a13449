"""The command verify: what it prints, and how it ends."""

from pathlib import Path

import pytest

from core.verify import CHECKS
from tests.cli.conftest import Cli, write_clip
from tests.clips import Film, Sound


@pytest.fixture
def render(cli: Cli, clip: Path) -> Path:
    assert cli("render", "--in", clip, "--styles", "identity", "--out", "out.mkv").code == 0
    return Path("out.mkv")


def test_a_good_render_ends_well(cli: Cli, clip: Path, render: Path) -> None:
    ended = cli("verify", render, "--source", clip)
    assert (ended.code, "Nothing is wrong." in ended.out) == (0, True)
    assert all(check.title in ended.out for check in CHECKS.values())


def test_what_is_wrong_is_said_and_ends_with_1(cli: Cli, render: Path, tmp_path: Path) -> None:
    write_clip(tmp_path / "longer.mp4", frames=9)
    ended = cli("verify", render, "--source", "longer.mp4")
    assert ended.code == 1
    assert "8 frames instead of 9" in ended.out
    assert "of" in ended.last_line
    document = cli("verify", render, "--source", "longer.mp4", "--json").document
    assert document["code"] == 1
    assert "frames" in document["wrong"]
    assert document["checks"]["frames"]["result"] == "wrong"


def test_without_a_source_only_the_file_is_asked(cli: Cli, render: Path) -> None:
    checks = cli("verify", render, "--json").document["checks"]
    assert list(checks) == list(CHECKS)
    assert checks["frames"]["result"] == "not applicable"
    assert checks["packets"]["result"] == "kept"


def test_a_range_is_compared_with_its_part(cli: Cli, clip: Path) -> None:
    times = ("--start", "0.2", "--end", "0.6")
    assert cli("render", "--in", clip, "--styles", "identity", "--out", "part.mp4", *times
               ).code == 0
    assert cli("verify", "part.mp4", "--source", clip, *times).code == 0
    assert cli("verify", "part.mp4", "--source", clip).code == 1


def test_the_report_must_tell_a_loss(cli: Cli, clip: Path, tmp_path: Path) -> None:
    said = cli("render", "--in", clip, "--styles", "identity", "--out", "out.mp4", "--json")
    (tmp_path / "report.json").write_text(said.out)
    assert cli("verify", "out.mp4", "--source", clip, "--report", "report.json").code == 0


@pytest.mark.parametrize("arguments", [
    ["none.mp4"], ["words.txt"], ["clip.mp4", "--source", "none.mp4"], ["clip.mp4", "--end", "1"],
    ["clip.mp4", "--source", "clip.mp4"], ["copy.mp4", "--source", "clip.mp4", "--report",
                                           "words.txt"]])
def test_bad_input_ends_with_2(cli: Cli, clip: Path, arguments: list[str]) -> None:
    Path("words.txt").write_text("words")
    Path("copy.mp4").write_bytes(clip.read_bytes())
    assert cli("verify", *arguments).code == 2


def test_a_source_without_a_picture_that_decodes_is_refused(cli: Cli, clip: Path, render: Path
                                                            ) -> None:
    content = bytearray(clip.read_bytes())
    at = content.index(b"mdat") + 4
    content[at:at + 4000] = bytes(4000)
    Path("broken.mp4").write_bytes(content)
    ended = cli("verify", render, "--source", "broken.mp4")
    assert (ended.code, "broken.mp4" in ended.err) == (2, True)


@pytest.mark.parametrize("recipe", ['{"output": [1]}', '{"output": 3, "hold": []}', "[]", "{"])
def test_a_recipe_of_another_shape_counts_for_nothing(cli: Cli, recipe: str) -> None:
    source = Film(sounds=(Sound(),)).write(Path("source.mkv"))
    output = Film(metadata={"brushreel": recipe}).write(Path("output.mkv"))
    checks = cli("verify", output, "--source", source, "--json").document["checks"]
    assert checks["sound"]["result"] == "dropped"
