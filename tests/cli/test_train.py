"""Training by the command line, on what the demo provides."""

from pathlib import Path

import pytest

from core.errors import ModelMissing
from core.jobs import JobStore, State
from core.models import ModelRegistry, backbones
from core.models.weights import Weights
from scripts import training_data
from scripts.latest import LATEST
from tests.cli.conftest import Cli, left_in
from trainer.run import TrainingRun
from trainer.tuning import FineTuning

SMALL = ("--set", "steps=2", "--set", "size=64", "--set", "width=4", "--set", "blocks=1",
         "--set", "batch=1")


@pytest.fixture
def data(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(training_data, "FOLDER", tmp_path / "data")
    ended = cli("demo", "--training-data", "--json")
    assert ended.document == {"data": str(tmp_path / "data")}
    return tmp_path / "data"


@pytest.mark.long
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


@pytest.mark.long
def test_practice_data_is_made_where_there_is_none(cli: Cli, tmp_path: Path, shared: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_data, "FOLDER", tmp_path / "repository" / "trainer" / "data")
    arguments = ("--epochs", "1", "--export", "model.onnx", *SMALL,
                 "--backbones", shared / "nn" / "backbones")
    trained = cli("train", "--data", "trainer/data", *arguments)
    assert trained.code == 0, trained.err
    assert f"{training_data.FOLDER} was empty and now holds practice data" in trained.err
    assert training_data.is_whole(training_data.FOLDER)
    again = cli("train", "--data", "trainer/data", *arguments)
    assert again.code == 0 and "practice data" not in again.err
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for path in training_data.FOLDER.glob("c*.png"):
        path.rename(photographs / path.name)
    marbled = cli("train", "--data", "photographs", "--work", "marbled", *arguments)
    assert marbled.code == 0, marbled.err
    assert "marbled paper is learned" in marbled.err
    assert (tmp_path / "marbled" / "marbled_paper.png").is_file()


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.parametrize("queue", [(), ("--queue",)])
def test_offline_it_is_said_at_once_which_files_go_where(
        queue: tuple[str, ...], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(weights: Weights, folder: Path) -> Path:
        raise ModelMissing(f"{weights.name} cannot be fetched to {folder}.", "")

    monkeypatch.setattr(backbones, "FOLDER", tmp_path / "none")
    monkeypatch.setattr(backbones, "download", unreachable)
    monkeypatch.setattr(training_data, "FOLDER", tmp_path / "trainer" / "data")
    ended = cli("train", "--data", "trainer/data", "--export", "model.onnx", *queue)
    assert ended.code == 2
    [said] = ended.err.splitlines()
    assert "vgg_normalised_conv3_1.pth and squeezenet1_1-b8a52dc0.pth are not here" in said
    assert f"into {backbones.fetched_to()}" in said
    assert left_in(tmp_path) == set()  # nothing was made for it yet


def test_practice_data_is_told_from_a_users_own(tmp_path: Path) -> None:
    assert not training_data.is_whole(tmp_path)
    for path in training_data._ours():
        assert not training_data.is_whole(tmp_path)
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert training_data.is_whole(tmp_path)
    next(tmp_path.glob("*.png")).unlink()
    assert not training_data.is_whole(tmp_path)  # an interruption is made good
    (tmp_path / "holiday.jpg").touch()
    assert training_data.is_whole(tmp_path)
