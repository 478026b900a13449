from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.io import VideoProbe
from core.progress import StageCost
from scripts import sample
from scripts.bench.rules import Rule
from scripts.bench.runs import Timed, typical
from tests.cli.conftest import Cli, left_in, write_clip


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample clip's 300 frames at a fraction of their size, gray."""
    def frames() -> Iterator[np.ndarray]:
        for number in range(300):
            yield np.full((36, 64, 3), number % 200, np.uint8)

    monkeypatch.setattr(sample, "WIDTH", 64)
    monkeypatch.setattr(sample, "HEIGHT", 36)
    monkeypatch.setattr(sample, "frames", frames)


@pytest.mark.usefixtures("small_sample")
def test_the_demo_makes_a_clip_and_renders_it(cli: Cli, tmp_path: Path) -> None:
    ended = cli("demo")
    assert ended.code == 0
    clip, drawn = (Path(f"outputs/brushreel-sample{end}.mp4") for end in ("", "_pencil"))
    assert left_in(tmp_path) == {"outputs", clip.as_posix(), drawn.as_posix()}
    assert str(drawn) in ended.out
    assert f"{clip}" in ended.err and "render --in YOUR_CLIP --styles pencil" in ended.err
    found = VideoProbe.probe(clip)
    [sound] = found.audio
    assert (found.frames, sound.codec, found.duration) == (300, "aac", pytest.approx(10, abs=0.05))
    assert VideoProbe.probe(drawn).audio

    before = [path.stat().st_mtime_ns for path in (clip, drawn)]
    assert "earlier demo" in cli("demo").out
    assert [path.stat().st_mtime_ns for path in (clip, drawn)] == before
    assert cli("demo", "--overwrite", "--json").document["results"][0]["frames"] == 300
    assert drawn.stat().st_mtime_ns > before[1]
    assert clip.stat().st_mtime_ns == before[0]


@pytest.mark.usefixtures("small_sample")
def test_the_clip_alone_is_made_where_it_is_wanted(cli: Cli, tmp_path: Path) -> None:
    clip = Path("elsewhere/brushreel-sample.mp4")
    assert cli("demo", "--clip", "elsewhere", "--json").document == {"path": str(clip)}
    assert left_in(tmp_path) == {"elsewhere", clip.as_posix()}


@pytest.mark.usefixtures("small_sample")
@pytest.mark.long
def test_a_spoiled_sample_clip_is_made_again(cli: Cli) -> None:
    Path("outputs").mkdir()
    Path("outputs/brushreel-sample.mp4").write_bytes(b"half a file")
    assert cli("demo").code == 0
    assert VideoProbe.probe("outputs/brushreel-sample.mp4").frames == 300


def test_bench_measures_and_judges(cli: Cli, tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", frames=30)
    ended = cli("bench", "pipeline", "--in", "clip.mp4", "--frames", "20", "--repeat", "2",
                "--json")
    document = ended.document
    assert (document["frames"], len(document["runs"])) == (20, 2)
    assert {"decode", "render", "encode"} <= document["stages"].keys()
    pace, identity = document["rules"]
    assert (pace["limit"], pace["at_most"], identity["limit"]) == (1.25, True, 0.9)
    assert pace["measured"] >= 0.9 and identity["measured"] > 0
    assert ended.code == (0 if pace["holds"] and identity["holds"] else 1)
    assert left_in(tmp_path) == {"clip.mp4"}


@pytest.mark.long
@pytest.mark.usefixtures("small_sample")
def test_bench_compares_memory(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.bench.pipeline.LONG", 600)
    write_clip(tmp_path / "clip.mp4")
    ended = cli("bench", "pipeline", "--in", "clip.mp4", "--repeat", "1", "--memory", "--json")
    memory = ended.document["rules"][2]
    assert memory["text"] == "Peak memory of 600 frames / 300 frames"
    assert 0.7 < memory["measured"] < 1.5
    assert left_in(tmp_path) == {"clip.mp4"}


def test_a_run_is_bound_by_its_slowest_stage_or_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    stages = {"decode": StageCost(wall=1.0), "encode": StageCost(wall=3.0),
              "render": StageCost(wall=50.0)}
    assert Timed(10, 6.0, 8.0, stages).bound == 3.0
    assert Timed(10, 6.0, 20.0, stages).bound == 5.0
    assert Timed(10, 6.0, 20.0, stages).overhead == 1.2
    runs = [Timed(10, wall, 20.0, stages) for wall in (5.0, 9.0, 6.0)]
    assert typical(runs).wall == 6.0


@pytest.mark.parametrize(("measured", "at_most", "holds"), [
    (1.2, True, True), (1.3, True, False), (1.2, False, False), (1.3, False, True)])
def test_a_rule_holds_on_its_side(measured: float, at_most: bool, holds: bool) -> None:
    assert Rule("x", measured, 1.25, at_most).holds is holds
