"""Training by the command line, on what the demo provides."""

from pathlib import Path

import pytest

from core.jobs import JobStore, State
from core.models import ModelRegistry
from scripts import training_data
from scripts.latest import LATEST
from tests.cli.conftest import Cli
from trainer.run import TrainingRun
from trainer.tuning import FineTuning

pytestmark = pytest.mark.long

SMALL = ("--set", "steps=2", "--set", "size=64", "--set", "width=4", "--set", "blocks=1",
         "--set", "batch=1")


@pytest.fixture
def data(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(training_data, "FOLDER", tmp_path / "data")
    ended = cli("demo", "--training-data", "--json")
    assert ended.document == {"data": str(tmp_path / "data")}
    return tmp_path / "data"


def test_what_the_demo_provides_can_be_learned(cli: Cli, data: Path, shared: Path) -> None:
    trained = cli("train", "--data", str(data), "--epochs", "1", "--export", "model.onnx",
                  "--backbones", str(shared / "nn" / "backbones"), *SMALL, "--variants", "--json")
    assert trained.code == 0
    assert trained.document["difference"] < 1e-3
    assert [Path(each["path"]).name for each in trained.document["variants"]] \
        == ["model-fp16.onnx", "model-int8.onnx"]
    assert cli("models", "import", "model.onnx", "--name", "learned").code == 0
    assert ModelRegistry().model("learned").card.about == "Trained from pairs of pictures."
    ModelRegistry().remove("learned")


def test_the_worker_trains_and_installs(cli: Cli, data: Path, tmp_path: Path, shared: Path) -> None:
    queued = cli("train", "--data", "data", "--epochs", "2", "--export", "queued.onnx",
                 "--backbones", shared / "nn" / "backbones", *SMALL, "--queue", "--json")
    with JobStore() as store:
        job = store.get(queued.document["job"])
        assert TrainingRun.of(job.order).data == data
        assert cli("work", "--once").code == 0
        job = store.get(job.id)
        assert (job.state, job.progress.frames, job.progress.kept) == (State.DONE, 4, 4)
        assert job.result["style"] == "neural:queued"
        assert (store.folder(job.id) / LATEST).read_bytes() \
            == (tmp_path / "queued.training" / "sheet-002.jpg").read_bytes()
    assert ModelRegistry().model("queued").card.version == 1


def test_a_painting_is_learned_and_gone_on_with(cli: Cli, data: Path, tmp_path: Path, shared: Path
                                                ) -> None:
    common = ("--data", str(data), "--style-image", str(shared / "nn/styles/udnie.jpg"),
              "--backbones", str(shared / "nn" / "backbones"), *SMALL)
    first = cli("train", *common, "--epochs", "1", "--export", "first.onnx")
    assert (first.code, first.err.count("on pictures held back")) == (0, 1)
    again = cli("train", *common, "--epochs", "1", "--export", "first.onnx")
    assert (again.code, again.err.count("on pictures held back")) == (0, 0)  # nothing was left
    onward = cli("train", *common, "--epochs", "2", "--start", "first.onnx", "--export", "on.onnx")
    assert (onward.code, onward.err.count("on pictures held back")) == (0, 2)
    assert {"sheet-001.jpg", "sheet-002.jpg", "losses.csv", "checkpoint.pt"} \
        == {path.name for path in (tmp_path / "on.training").iterdir()}


def test_the_worker_fine_tunes_and_the_gate_decides(cli: Cli, data: Path, shared: Path) -> None:
    queued = cli("finetune", "--model", "udnie", "--data", "data", "--epochs", "1", "--set",
                 "steps=2", "--set", "size=64", "--set", "batch=1",
                 "--backbones", shared / "nn" / "backbones", "--queue", "--json")
    assert queued.code == 0
    assert Path(queued.document["work"]).name.startswith("udnie-")
    with JobStore() as store:
        job = store.get(queued.document["job"])
        assert FineTuning.of(job.order).data == data
        assert cli("work", "--once").code == 0
        job = store.get(job.id)
        assert (job.kind, job.state, job.progress.kept) == ("finetune", State.DONE, 2)
        assert (Path(job.result["work"]) / "losses.csv").is_file()
        assert not job.result["current"]  # two steps change next to nothing
        assert job.result["reasons"]
        assert "udnie stays as it is" in (store.folder(job.id) / "report.txt").read_text()
    assert ModelRegistry().model("udnie").shipped
    assert [one.shipped for one in ModelRegistry().versions("udnie")] == [True, False]
    ModelRegistry().remove("udnie", job.result["version"])
