"""A disk without room: what is kept there stays as it was, and the same goes well afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.draft import Draft, DraftFile
from core import presets, settings
from core.errors import BrushreelError
from core.models import ModelRegistry
from core.paths import DATA_VARIABLE
from core.viewing.proxy import write_proxy
from feedback import FeedbackStore
from feedback.quality import Measurement, QualityLog
from scripts import luts
from scripts.failures import exit_code
from scripts.latest import Latest
from scripts.preview import write_png
from tests.clips import Film
from tests.feedback.samples import rating
from tests.networks import Network
from tests.render.disks import Disk, mounted

Writer = Callable[[Path, Path, int], object]
"""Keeps something in the folder named first, the same only for the same number; the second is
elsewhere, with room."""


def _settings(folder: Path, _: Path, number: int) -> None:
    settings.save(settings.Settings(cache_gb=number), folder)


def _preset(folder: Path, _: Path, number: int) -> None:  # noqa: ARG001 - it is the data folder's
    presets.save("pencil", f"mine-{number}", {"blur_sigma": 20 + number})


def _feedback(folder: Path, _: Path, number: int) -> None:
    FeedbackStore(folder / "feedback.json").add(rating(note=f"{number}" * 5000))


def _quality(folder: Path, _: Path, number: int) -> None:
    one = Measurement(look="pencil", version="1", source="0" * 5000, values={"psnr": number})
    QualityLog(folder / "renders.jsonl").add(one)


def _model(folder: Path, elsewhere: Path, number: int) -> None:
    path = Network(seed=number).write(elsewhere / "net.onnx")
    ModelRegistry(folder / "models", shipped=elsewhere / "none").add(path)


def _draft(folder: Path, _: Path, number: int) -> None:
    DraftFile(folder / "dashboard.json").save(Draft(number=number))


def _lut(folder: Path, _: Path, number: int) -> None:
    luts.write(folder, "teal-orange", 3 + number)


def _still(folder: Path, _: Path, number: int) -> None:
    write_png(folder / "still.png", np.full((64, 64, 3), number, np.uint8))


def _proxy(folder: Path, elsewhere: Path, number: int) -> None:
    source = Film(frames=8 + number, codec="ffv1").write(elsewhere / f"{number}.mkv")
    for _ in write_proxy(source, folder / "proxy.mp4"):
        pass


def _checkpoint(folder: Path, _: Path, number: int) -> None:
    from trainer.checkpoint import Checkpoint
    from trainer.settings import TrainingSettings

    Checkpoint(folder / "training", TrainingSettings()).save({"step": number})


WRITERS = [_settings, _preset, _feedback, _quality, _model, _draft, _lut, _still, _proxy,
           pytest.param(_checkpoint, marks=pytest.mark.long)]


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with mounted(tmp_path / "disk") as one:
        monkeypatch.setenv(DATA_VARIABLE, str(one.folder))
        yield one


def held(folder: Path) -> dict[str, bytes]:
    """Everything but locks and ballast."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and "lock" not in path.name and path.name != "ballast"}


def fill(folder: Path, spare: int = 0) -> Path:
    """Leave so much room and no more, in bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(file.tell() - spare)
    return ballast


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("spare", [0, 4096])
def test_what_finds_no_room(write: Writer, spare: int, disk: Disk, tmp_path: Path) -> None:
    """With room for no file at all, or for a part of what is to be written."""
    disk.empty("size=4m")
    write(disk.folder, tmp_path, 1)
    before, ballast = held(disk.folder), fill(disk.folder, spare)
    try:
        write(disk.folder, tmp_path, 2)
    except BrushreelError as error:
        assert "no room left in " in error.message
        assert exit_code(error) == 2
        assert held(disk.folder) == before
        ballast.unlink()
        write(disk.folder, tmp_path, 2)
    else:
        assert spare  # it was small enough
        ballast.unlink()
    assert held(disk.folder) != before


def test_the_latest_picture_finds_no_room(disk: Disk) -> None:
    """It is for looking at alone, and neither said nor left half-written."""
    disk.empty("size=64k")
    fill(disk.folder)
    Latest(disk.folder / "latest.jpg")(lambda: np.zeros((90, 160, 3), np.uint8))
    assert [path.name for path in disk.folder.iterdir()] == ["ballast"]
