import os
import subprocess
import sys
import time
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest

from core.errors import InvalidParameter
from core.io.codecs import CODECS, MUXERS
from core.io.tracks import AUDIO_CHOICES
from core.recipe import QUALITIES
from scripts.cli import COMMANDS
from stylizers import STYLES
from tests.cli.conftest import Cli, write_clip

ROOT = Path(__file__).resolve().parent.parent.parent
HELP_SECONDS = 0.3


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True,
                          check=False)


def test_the_overview_names_every_command(cli: Cli) -> None:
    ended = cli("--help")
    assert ended.code == 0
    assert all(f"\n  {name} " in ended.out and module.HELP in ended.out
               for name, module in COMMANDS.items())
    assert cli("-h") == ended


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli: Cli, command: str) -> None:
    ended = cli(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert COMMANDS[command].HELP in " ".join(ended.out.split())  # however it is wrapped
    assert "--json" in ended.out


@pytest.mark.parametrize(("option", "choices"), [
    ("--codec", ["auto", *CODECS]), ("--container", MUXERS), ("--audio", AUDIO_CHOICES),
    ("--preset", QUALITIES)])
def test_the_help_of_render_names_every_choice(cli: Cli, option: str,
                                               choices: Iterable[str]) -> None:
    words = " ".join(cli("render", "--help").out.split())
    described = words.split(f" {option} ")[-1].split(" (default")[0]
    assert described.split(maxsplit=1)[1] == ", ".join(choices)


def test_help_loads_nothing_heavy() -> None:
    """All of them one after another in one process: what one loaded would be there at the end."""
    heavy = "{'numpy', 'cv2', 'av', 'numba', 'pydantic', 'rich'}"
    calls = [["--help"], *([command, "--help"] for command in COMMANDS)]
    done = python("-c", f"import sys, scripts.cli\nfor call in {calls}: scripts.cli.main(call)\n"
                        f"print(sorted({heavy} & sys.modules.keys()))")
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    assert done.stdout.count("usage: ") == len(calls)


@pytest.mark.parametrize("arguments", [["--help"], ["render", "--help"]])
def test_help_is_quick(arguments: list[str]) -> None:
    """The best of several, in processor time: other work on the machine must not count."""
    def seconds() -> float:
        before = os.times()
        assert python("-m", "scripts.cli", *arguments).returncode == 0
        after = os.times()
        spent = after.children_user + after.children_system
        return spent - before.children_user - before.children_system

    if os.name == "nt":  # there children's processor time is not counted
        begun = time.perf_counter()
        assert python("-m", "scripts.cli", *arguments).returncode == 0
        assert time.perf_counter() - begun < 10 * HELP_SECONDS
    else:
        assert min(seconds() for _ in range(3)) < HELP_SECONDS


def test_styles_lists_every_look_and_parameter(cli: Cli) -> None:
    table = cli("styles").out
    document = cli("styles", "--json").document
    assert [entry["name"] for entry in document["styles"]] == list(STYLES)
    for entry in document["styles"]:
        look = STYLES[entry["name"]]
        assert look.summary in table
        assert entry["schema"] == look.Params.model_json_schema()
        assert [one["name"] for one in entry["parameters"]] == list(look.Params.model_fields)
        assert all(one["name"] in table for one in entry["parameters"])


def test_one_style_can_be_asked_for(cli: Cli) -> None:
    [entry] = cli("styles", "pencil", "--json").document["styles"]
    sigma = entry["parameters"][0]
    assert (sigma["name"], sigma["allowed"], sigma["default"]) == ("blur_sigma", "5..50", 21.0)
    assert "identity" not in cli("styles", "pencil").out


def test_what_styles_says_is_allowed_is_taken(cli: Cli) -> None:
    for entry in cli("styles", "--json").document["styles"]:
        build = STYLES[entry["name"]].Params.build
        for one in entry["parameters"]:
            if ".." in one["allowed"]:
                count, _, limits = one["allowed"].rpartition(" of ")
                low, high = limits.split("..")
                for value in (low, high):
                    build({one["name"]: ",".join([value] * int(count or 1))})
                with pytest.raises(InvalidParameter):
                    build({one["name"]: ",".join([str(float(high) + 1)] * int(count or 1))})


def test_probe_gives_exact_times_and_names(cli: Cli, shared: Path) -> None:
    media = shared / "media"
    clip = cli("probe", media / "moviepy__audrey.mp4", "--json").document
    assert clip["rate"]["exact"] == "24000/1001"
    assert clip["duration"]["decimal"] == pytest.approx(9.218, abs=0.01)
    assert Fraction(clip["duration"]["exact"]) == pytest.approx(clip["duration"]["decimal"])
    assert set(clip["color"].values()) >= {"unspecified"}
    [sound] = [stream for stream in clip["streams"] if stream["kind"] == "audio"]
    assert (sound["codec"], sound["channels"], sound["sample_rate"]) == ("aac", 2, 44100)


@pytest.mark.parametrize(("name", "color"), [
    ("androidx__hdr10-av1.mp4", {"matrix": "bt2020nc", "transfer": "smpte2084"}),
    ("androidx__hlg10-color-test.mp4", {"primaries": "bt2020", "transfer": "arib-std-b67"}),
    ("mdn__flower.mp4", {"matrix": "smpte170m", "primaries": "smpte170m"}),
    ("gopro__karma.mp4", {"matrix": "bt709", "range": "full"}),
])
def test_probe_names_color_tags(cli: Cli, shared: Path, name: str, color: dict[str, str]) -> None:
    document = cli("probe", shared / "media" / name, "--json").document
    assert document["color"].items() >= color.items()
    assert document["hdr"]["is_hdr"] == (document["bits"] == 10)
    table = cli("probe", shared / "media" / name).out
    assert all(word in table for word in color.values())


def test_probe_shows_turned_and_stretched_pictures(cli: Cli, shared: Path) -> None:
    media = shared / "media"
    turned = media / "androidx__internal_emulator_transformer_output_270_rotated.mp4"
    assert "turned" in cli("probe", turned).out
    assert "pixels 2:3" in cli("probe", media / "autoeditor__SAR-2by3.mp4").out


def test_probe_of_several_files_tells_all(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4")
    write_clip(tmp_path / "b.mkv", codec="ffv1")
    (tmp_path / "c.mp4").write_text("no")
    ended = cli("probe", "a.mp4", "b.mkv", "c.mp4", "--json")
    assert ended.code == 1
    assert [video["codec"] for video in ended.document["videos"]] == ["h264", "ffv1"]
    assert [failure["input"] for failure in ended.document["failures"]] == ["c.mp4"]
    assert (cli("probe", tmp_path).code, cli("probe", "c.mp4", "d.mp4").code) == (0, 2)


def test_nobody_reading_the_output_is_no_error() -> None:
    """As in `brushreel styles | head -1`, with the pipe closed before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run([sys.executable, "-m", "scripts.cli", "styles"], cwd=ROOT,
                              stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
