"""A run goes on where it was interrupted, to the same weights; and says what is wrong."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from core.errors import InputError, TrainingError, UnreadableImage
from core.models import Card, ModelRegistry
from tests.cli.conftest import write_clip
from trainer.checkpoint import NAME
from trainer.curves import LOSSES
from trainer.dataset import read_content, read_pairs
from trainer.run import TrainingRun
from trainer.settings import TrainingSettings
from trainer.train import Training, TrainingProgress

TINY = {"width": 4, "blocks": 1, "size": 64, "batch": 1, "steps": 3, "epochs": 2,
        "style_size": 64, "warm_up": 2}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("astronaut", "coffee", "chelsea"):
        picture = cv2.resize(getattr(skimage.data, name)(), (96, 80))[..., ::-1]
        for place, image in ((".", picture), ("pairs/source", picture),
                             ("pairs/wanted", 255 - picture)):
            (folder / place).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / place / f"{name}.png"), image)
    return folder


def run_of(data: Path, shared: Path, target: Path, *, painting: bool = True,
           **changes: object) -> TrainingRun:
    wave = shared / "nn" / "styles" / "great_wave.jpg"
    return TrainingRun(data=data, target=target, style_image=wave if painting else None,
                       settings=TrainingSettings.model_validate({**TINY, **changes}),
                       backbones=shared / "nn" / "backbones")


def weights(training: Training) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in training.network.state_dict().items()}


@pytest.mark.parametrize("painting", [True, False])
def test_an_interrupted_run_ends_with_the_same_weights(data: Path, shared: Path, tmp_path: Path,
                                                       painting: bool) -> None:
    whole = run_of(data, shared, tmp_path / "whole.onnx", painting=painting).training()
    told = list(whole.run())
    assert [progress.step for progress in told] == [1, 2, 3, 4, 5, 6]
    assert [progress.validation is not None for progress in told] == [False, False, True] * 2

    asked = run_of(data, shared, tmp_path / "parts.onnx", painting=painting)
    first = asked.training().run()
    for _ in range(5):  # an epoch, kept, and two steps that are lost
        next(first)
    first.close()
    second = asked.training()
    assert [progress.step for progress in second.run()] == [4, 5, 6]
    assert all(np.array_equal(one, two) for one, two in
               zip(weights(whole).values(), weights(second).values(), strict=True))
    assert (tmp_path / "parts.training" / LOSSES).read_text() \
        == (tmp_path / "whole.training" / LOSSES).read_text()
    assert cv2.imread(str(tmp_path / "parts.training" / "sheet-002.jpg")) is not None


def test_an_export_is_a_model_that_can_be_imported(data: Path, shared: Path, tmp_path: Path
                                                   ) -> None:
    asked = run_of(data, shared, tmp_path / "wave.onnx", epochs=1)
    training = asked.training()
    assert len(list(training.run())) == 3
    asked.export(training)
    card = Card.of(asked.target)
    assert card.conventions.global_statistics
    assert card.about == "Painted as Great Wave."
    installed = ModelRegistry(own=tmp_path / "own").add(asked.target)
    assert installed.card.conventions == card.conventions
    assert installed.card.about == card.about
    onward = asked.model_copy(update={"start": asked.target, "target": tmp_path / "onward.onnx"})
    told = list(onward.training().run())
    assert len(told) == 3


def test_it_learns(data: Path, shared: Path, tmp_path: Path) -> None:
    """Negatives, from pairs: what is wanted is a plain function of what is given."""
    asked = run_of(data, shared, tmp_path / "negative.onnx", painting=False, steps=40, epochs=1,
                   learning_rate=0.01, style_weight=0.0, stability_weight=0.0)
    likeness = [progress.terms["likeness"] for progress in asked.training().run()]
    assert np.mean(likeness[-5:]) < 0.75 * np.mean(likeness[:5])


def test_it_stops_when_nothing_gets_better(data: Path, shared: Path, tmp_path: Path) -> None:
    asked = run_of(data, shared, tmp_path / "flat.onnx", epochs=9, patience=1, steps=1,
                   learning_rate=1e-12)
    told: list[TrainingProgress] = list(asked.training().run())
    assert [progress.best for progress in told] == [True, False]


def test_another_run_and_a_damaged_checkpoint_are_told(data: Path, shared: Path, tmp_path: Path
                                                       ) -> None:
    asked = run_of(data, shared, tmp_path / "m.onnx", epochs=1, steps=1)
    list(asked.training().run())
    with pytest.raises(TrainingError, match="holds another training run"):
        list(run_of(data, shared, tmp_path / "m.onnx", epochs=1, steps=1, seed=9).training().run())
    (tmp_path / "m.training" / NAME).write_bytes(b"not a checkpoint")
    with pytest.raises(TrainingError, match="is damaged"):
        list(asked.training().run())


def test_data_is_pictures_and_frames_of_videos(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture and no video"):
        read_content(tmp_path / "absent")
    write_clip(tmp_path / "clip.mp4")
    found = read_content(tmp_path)
    assert found
    assert all(frame.dtype == np.uint8 and frame.shape == found[0].shape for frame in found)


def test_a_file_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match=r"broken\.png"):
        read_content(tmp_path)  # there is nothing else
    write_clip(tmp_path / "clip.mp4")
    (tmp_path / "sound.mp4").write_bytes(b"no video")
    notes: list[str] = []
    assert read_content(tmp_path, notes.append)
    assert [said.split(" was left out: ")[0] for said in notes] == ["broken.png", "sound.mp4"]


def test_pairs_belong_together(data: Path, tmp_path: Path) -> None:
    assert len(read_pairs(data)) == 3
    assert len(read_content(data)) == 3  # pairs are not content
    with pytest.raises(InputError, match="no pairs"):
        read_pairs(tmp_path)
    for place, size in (("source", (20, 20, 3)), ("wanted", (20, 30, 3))):
        (tmp_path / "pairs" / place).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "pairs" / place / "a.png"), np.zeros(size, np.uint8))
    with pytest.raises(InputError, match="another size"):
        read_pairs(tmp_path)
