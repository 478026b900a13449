"""metrics: a render measured against its source."""

from pathlib import Path

import pytest

from core.metrics import METRICS
from tests.cli.conftest import Cli


@pytest.fixture
def rendered(cli: Cli, clip: Path) -> Path:
    assert cli("render", "--in", clip, "--styles", "identity", "--codec", "ffv1",
               "--out", "copy.mkv").code == 0
    return clip.parent / "copy.mkv"


def test_a_lossless_copy_is_perfect(cli: Cli, clip: Path, rendered: Path) -> None:
    ended = cli("metrics", clip, rendered, "--no-lpips", "--json")
    document = ended.document
    assert ended.code == 0
    assert document["metrics"].keys() == METRICS.keys()
    assert document["metrics"]["psnr"]["value"] == 100
    assert document["metrics"]["psnr"]["better"] == "higher"
    assert document["metrics"]["lpips"]["value"] is None
    assert "not asked for" in document["metrics"]["lpips"]["unavailable"]
    assert [picture["time"] for picture in document["pictures"]] == [i / 10 for i in range(8)]


def test_the_table_says_what_is_not_measured(cli: Cli, clip: Path, rendered: Path) -> None:
    ended = cli("metrics", clip, rendered, "--no-lpips")
    assert "SSIM" in ended.out
    assert "Unavailable: lpips, tlpips, style_retention. LPIPS was not asked for." in ended.err


def test_without_weights_lpips_is_no_number(cli: Cli, clip: Path, rendered: Path) -> None:
    found = cli("metrics", clip, rendered, "--json", "--every", "9").document["metrics"]["lpips"]
    assert found["value"] is None
    assert "LPIPS needs" in found["unavailable"] or "not on this machine" in found["unavailable"]


def test_a_part_is_measured_against_its_part(cli: Cli, clip: Path) -> None:
    cli("render", "--in", clip, "--styles", "identity", "--codec", "ffv1", "--out", "part.mkv",
        "--start", "0.3", "--end", "0.6")
    part = cli("metrics", clip, "part.mkv", "--start", "0.3", "--end", "0.6", "--no-lpips",
               "--json").document
    assert (part["frames"], part["metrics"]["psnr"]["value"]) == (3, 100)
    wrong = cli("metrics", clip, "part.mkv", "--no-lpips")
    assert wrong.code == 2
    assert "ends after 3 pictures" in wrong.err
