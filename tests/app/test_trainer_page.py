"""The Trainer without a browser: asked for, watched, and models brought back."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import serving, training
from core.errors import BrushreelError
from core.models import ModelRegistry
from tests.networks import Network

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "trainer_page.py"
pytestmark = pytest.mark.usefixtures("data")


def page() -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=120).run()
    assert not shown.exception
    return shown


def texts(shown: AppTest) -> str:
    return " ".join(one.value for one in (*shown.text, *shown.caption, *shown.subheader))


def test_without_a_training_it_says_what_one_is() -> None:
    assert "No training yet" in texts(page())


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    for name, data in (("", str(tmp_path)), ("rain", str(tmp_path / "nowhere")), ("rain", "")):
        with pytest.raises(BrushreelError) as refused:
            training.ordered(serving.jobs(), name=name, data=data, painting="", recipe="",
                             changes={})
        assert refused.value.hint
    assert serving.jobs().list() == []


def test_a_training_is_queued_and_its_curves_are_shown(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "van.jpg").write_bytes(b"x")
    job = training.ordered(serving.jobs(), name="Rainy Night", data=str(tmp_path),
                           painting=str(tmp_path / "van.jpg"), recipe="starry-night",
                           changes={"epochs": 2})
    assert (job.kind, job.target.name) == ("train", "rainy-night.onnx")
    assert job.order.options["run"]["settings"]["epochs"] == 2
    assert training.losses(job) is None
    folder = training.folder_of(job)
    folder.mkdir(parents=True)
    lines = ["step,loss,validation", *(f"{n},{1 / n:.4f},{'0.5' if n == 900 else ''}"
                                       for n in range(1, 2001))]
    (folder / "losses.csv").write_text("\n".join(lines))
    table = training.losses(job)
    assert table is not None
    assert len(table) < 800
    assert table["validation"].dropna().to_dict() == {900: 0.5}
    shown = page()
    assert shown.selectbox("training").value == job.id
    shown.button(f"train.cancel.{job.id}").click().run()
    assert serving.jobs().get(job.id).state == "cancelled"


def test_an_earlier_version_of_a_model_is_brought_back(tmp_path: Path) -> None:
    registry = ModelRegistry()
    for seed in (1, 2):
        registry.add(Network(seed=seed).write(tmp_path / f"{seed}.onnx"), name="wave")
    shown = page()
    shown.button("back.wave.1").click().run()
    assert ModelRegistry().model("wave").card.version == 1
    shown.button("remove.wave.2").click().run()
    assert [one.card.version for one in ModelRegistry().versions("wave")] == [1]
    assert not shown.exception
