"""metrics: a render measured against its source."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import ModelCorrupt
from core.jobs import JobStore, State
from core.metrics import METRICS, Quality, moments
from core.metrics.quality import BESIDE
from tests.cli.conftest import Cli, left_in, write_clip


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


LOSSLESS = ("--styles", "identity", "--codec", "ffv1")


def test_a_render_is_measured_when_it_is_done(cli: Cli, clip: Path) -> None:
    ended = cli("render", "--in", clip, *LOSSLESS, "--out", "a.mkv", "--metrics")
    assert ended.code == 0
    assert "Measured at 2 moments: SSIM 1," in ended.out
    beside = json.loads(Path(f"a.mkv{BESIDE}").read_text())
    assert (beside["source"], beside["output"], beside["style"]) == (
        "clip.mp4", "a.mkv", "identity")
    assert beside["size"] == Path("a.mkv").stat().st_size
    quality = Quality.of(beside)
    assert quality.clip.values["psnr"] == 100
    assert len(quality.pictures) == quality.clip.frames == 6
    [told] = cli("render", "--in", clip, *LOSSLESS, "--out", "b.mkv", "--metrics", "1",
                 "--json").document["results"]
    assert Quality.of(told["metrics"]).moments == 1


def test_nothing_is_measured_unasked(cli: Cli, clip: Path) -> None:
    ended = cli("render", "--in", clip, *LOSSLESS, "--out", "a.mkv", "--json")
    assert ended.document["results"][0]["metrics"] is None
    assert left_in(clip.parent) == {"clip.mp4", "a.mkv"}


def failing(error: BaseException) -> Any:
    def measure(*_: Any, **__: Any) -> Iterator[None]:
        raise error
        yield

    return measure


@pytest.mark.parametrize("error", [ModelCorrupt("It is broken.", "Mend it."), MemoryError("full"),
                                   RuntimeError("bad alloc")])
def test_what_cannot_be_measured_is_rendered_all_the_same(
        cli: Cli, clip: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(moments, "measure", failing(error))
    ended = cli("render", "--in", clip, *LOSSLESS, "--out", "a.mkv", "--metrics")
    assert ended.code == 0
    assert "Note: It was not measured: " in ended.out
    assert left_in(clip.parent) == {"clip.mp4", "a.mkv"}


def test_ctrl_c_while_measuring_keeps_the_render_and_ends_the_batch(
        cli: Cli, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(clip.parent / "later.mp4")
    command = ("render", "--in", clip, "later.mp4", *LOSSLESS, "--out", "made", "--metrics")
    with monkeypatch.context() as patched:
        patched.setattr(moments, "measure", failing(KeyboardInterrupt()))
        ended = cli(*command)
        assert ended.code == 130
        assert "It was not measured: that was stopped." in ended.out
        assert left_in(clip.parent / "made") == {"clip_identity.mkv"}
    assert cli(*command).code == 0  # goes on after it
    assert left_in(clip.parent / "made") == {
        "clip_identity.mkv", "later_identity.mkv", f"later_identity.mkv{BESIDE}"}


def queued(cli: Cli, clip: Path) -> None:
    assert cli("queue", "add", "--in", clip, *LOSSLESS, "--out", "a.mkv", "--metrics").code == 0


def test_a_job_keeps_what_was_measured(cli: Cli, clip: Path) -> None:
    queued(cli, clip)
    assert cli("work", "--once").code == 0
    [job] = cli("queue", "--json").document["jobs"]
    assert job["state"] == "done", job
    kept = Quality.of(job["result"]["metrics"])
    assert (kept.clip.values["psnr"], kept.pictures) == (100, ())
    report = json.loads(Path(job["files"]["report"]).read_text())
    assert len(Quality.of(report["metrics"]).pictures) == 6
    assert "Measured at 2 moments" in cli("queue", "show", "1").out
    assert Path(f"a.mkv{BESIDE}").is_file()


@pytest.mark.long
@pytest.mark.parametrize("crashes", [0, 1])
def test_a_render_is_measured_though_its_process_was_killed_before(
        cli: Cli, clip: Path, crashes: int) -> None:
    """Between naming the file and measuring it; and the video is not made again."""
    queued(cli, clip)
    assert cli("work", "--once").code == 0
    made = Path("a.mkv").stat().st_mtime_ns
    with JobStore() as store:
        figures = store.get(1).result["metrics"]
        with store.database.writing() as connection:
            connection.execute("UPDATE jobs SET state = ?, token = '', result = '{}', crashes = ?",
                               (State.RUNNING, crashes))
        assert cli("work", "--once").code == 0
        done = store.get(1)
    if crashes:  # measuring it may be what ended the process
        assert done.state is State.DONE_WITH_WARNINGS
        assert done.warnings == ("It was not measured: that ended its process.",)
    else:
        assert done.state is State.DONE
        assert done.result["metrics"] == figures
    assert Path("a.mkv").stat().st_mtime_ns == made
