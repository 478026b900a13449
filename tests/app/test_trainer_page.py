"""The Trainer without a browser: asked for, watched, and models brought back."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app import serving, training
from core import settings
from core.errors import BrushreelError, TrainingError
from core.jobs import Job, Order
from core.jobs.claims import claim_next
from core.models import Lineage, ModelRegistry
from core.recipe import Recipe
from feedback import Approval
from feedback.records import sample_of
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
    again = training.ordered(serving.jobs(), name="Rainy Night", data=str(tmp_path), painting="",
                             recipe="", changes={})
    assert training.folder_of(again) != folder


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


def test_fine_tuning_is_offered_only_once_it_is_wanted(film: Path) -> None:
    shown = page()
    assert "Network" not in [one.label for one in shown.selectbox]
    shown.toggle("tune.offered").set_value(True).run()
    assert settings.load().fine_tuning
    assert "Nothing is approved yet" in texts(shown)
    assert next(one for one in shown.button if one.label == "Fine-tune").disabled
    pencil = Recipe.build({"layers": [{"style": "pencil"}]})
    serving.feedback().add(Approval(sample=sample_of(pencil, film)))
    shown = page()
    assert "1 render approved" in texts(shown)
    assert "great-wave" in shown.selectbox("tune.model").options
    assert serving.jobs().list() == []


def test_a_fine_tuning_is_queued_with_a_folder_of_its_own(film: Path) -> None:
    pytest.importorskip("torch")
    store = serving.jobs()
    first, second = (training.tuning_ordered(store, model="udnie", videos=str(film.parent),
                                             epochs=2) for _ in range(2))
    assert first.kind == "finetune"
    assert training.folder_of(first) != training.folder_of(second)
    assert first.order.options["run"]["settings"]["epochs"] == 2
    assert training.trainings(store) == [second, first]
    for model, videos in (("udnie", "/nowhere"), ("gone", str(film.parent))):
        with pytest.raises(BrushreelError):
            training.tuning_ordered(store, model=model, videos=videos, epochs=1)


def judged(tmp_path: Path, *, current: bool, reasons: list[str]) -> Job:
    """A fine-tuning of the network wave that has ended."""
    registry = ModelRegistry()
    parent = registry.add(Network(seed=1).write(tmp_path / "wave.onnx"), name="wave")
    before, after = {"objective": 0.2, "lpips": 0.3}, {"objective": 0.1, "lpips": 0.33}
    registry.follow("wave", Network(seed=2).write(tmp_path / "2.onnx"), Lineage(
        parent=parent.card.sha256, data="x", settings={}, before=before, after=after,
        verdict="as told"), current=current)
    serving.jobs().add(Order("finetune", "wave, fine-tuned", tmp_path / "wave.onnx"))
    claim = claim_next(serving.jobs(), lambda _: True)
    assert claim is not None
    claim.finish({"model": "wave", "version": 2, "current": current, "reasons": reasons,
                  "before": before, "after": after}, [])
    return serving.jobs().get(claim.number)


def test_what_the_gate_kept_back_is_said_with_its_reason_and_can_be_used(tmp_path: Path) -> None:
    judged(tmp_path, current=False, reasons=["it is less like the wanted pictures (LPIPS)"])
    shown = page()
    assert "It is less like the wanted pictures (LPIPS)." in texts(shown)
    assert "set aside as version 2" in texts(shown)
    [table] = shown.table
    assert list(table.value["change"]) == ["-50%", "+10%"]
    shown.button("verdict.use").click().run()
    assert ModelRegistry().model("wave").card.version == 2
    assert not shown.exception


def test_what_took_over_can_be_taken_back(tmp_path: Path) -> None:
    judged(tmp_path, current=True, reasons=[])
    shown = page()
    assert "better on all counts" in texts(shown)
    shown.button("verdict.back").click().run()
    assert ModelRegistry().model("wave").card.version == 1


def test_versions_of_a_shipped_network_are_listed_with_it(tmp_path: Path) -> None:
    registry = ModelRegistry()
    parent = registry.model("udnie")
    registry.follow("udnie", Network(seed=2).write(tmp_path / "2.onnx"), Lineage(
        parent=parent.card.sha256, data="x", settings={}, before={}, after={}, verdict="as told"),
        current=True)
    shown = page()
    shown.button("back.udnie.0").click().run()
    assert ModelRegistry().model("udnie").shipped
    assert not shown.exception


def test_the_training_just_started_is_the_one_shown(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "van.png")
    store = serving.jobs()
    first = training.ordered(store, name="wave", data=str(tmp_path), recipe="", changes={},
                             painting=str(tmp_path / "van.png"))
    claim = claim_next(store, lambda _: True)
    assert claim is not None
    claim.fail(TrainingError("The first failed.", "Try again."))
    shown = page()
    assert "The first failed." in texts(shown)
    fields = {one.label: one for one in shown.text_input}
    for label, value in (("Name", "wave"), ("Painting", str(tmp_path / "van.png")),
                         ("Folder", str(tmp_path))):
        fields[label].input(value)
    next(one for one in shown.button if one.label == "Start").click().run()
    assert not shown.exception
    second = store.list(newest_first=True)[0]
    assert second.id != first.id
    assert shown.selectbox("training").value == second.id
    assert "The first failed." not in texts(shown)
    assert len(set(shown.selectbox("training").options)) == 2  # though both are called wave
    shown.selectbox("training").select(first.id).run()
    assert "The first failed." in texts(shown)


def test_enter_starts_no_training() -> None:
    assert [form.proto.form.enter_to_submit for form in page().get("form")] == [False]
