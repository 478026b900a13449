"""Installed networks: versions, hashes and cards; what is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from core.errors import InvalidParameter, ModelCorrupt, ModelError, ModelMissing
from core.models import ModelRegistry
from tests.networks import Network


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models", shipped=tmp_path / "shipped")


def written(folder: Path, name: str = "Starry Night.onnx", **what: object) -> Path:
    return Network(**what).write(folder / name)  # type: ignore[arg-type]


def left(registry_folder: Path) -> set[str]:
    return {path.name for path in registry_folder.rglob("*") if path.name != ".lock"}


def test_a_file_is_installed_with_its_card(registry: ModelRegistry, tmp_path: Path) -> None:
    source = written(tmp_path)
    model = registry.add(source, license="CC0", about="Swirls.")
    assert (model.name, model.card.version, model.shipped) == ("starry-night", 1, False)
    assert model.path.read_bytes() == source.read_bytes()
    assert model.card.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert model.card.size == source.stat().st_size
    assert (model.card.license, model.card.about) == ("CC0", "Swirls.")
    assert registry.models() == {"starry-night": model}
    assert registry.find(model.card.sha256) == model.path
    card = json.loads(model.path.with_suffix(".json").read_text())
    assert card["conventions"]["layout"] == "NCHW"


def test_versions_come_and_go(registry: ModelRegistry, tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        registry.add(written(tmp_path, seed=seed), name="wave")
    assert registry.model("wave").card.version == 3
    assert registry.rollback("wave").card.version == 2
    assert registry.rollback("wave", 1).card.version == 1
    with pytest.raises(InvalidParameter, match="has not an earlier version"):
        registry.rollback("wave")
    with pytest.raises(InvalidParameter, match="version 9"):
        registry.rollback("wave", 9)
    registry.remove("wave", 1)
    assert registry.model("wave").card.version == 3
    assert [model.card.version for model in registry.versions("wave")] == [2, 3]
    assert registry.add(written(tmp_path, seed=4), name="wave").card.version == 4
    assert [change.what for change in registry.changes("wave")][-2:] == [
        "Version 1 removed.", "Version 4 imported from Starry Night.onnx."]
    registry.remove("wave")
    assert registry.models() == {}
    assert left(tmp_path / "models") == set()


def test_the_same_file_twice(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(written(tmp_path))
    with pytest.raises(InvalidParameter, match="installed already, as version 1"):
        registry.add(written(tmp_path))
    assert registry.add(written(tmp_path), hints={"order": "BGR"}).card.version == 2


def test_a_wrong_hash(registry: ModelRegistry, tmp_path: Path) -> None:
    source = written(tmp_path)
    with pytest.raises(ModelCorrupt, match="has the SHA-256") as error:
        registry.add(source, sha256="0" * 64)
    assert hashlib.sha256(source.read_bytes()).hexdigest() in error.value.message
    assert "0" * 64 in error.value.message
    assert left(tmp_path / "models") == set()
    assert registry.add(source, sha256=hashlib.sha256(source.read_bytes()).hexdigest().upper())


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"PK\x03\x04zip", b"x" * 999])
def test_what_is_refused_leaves_nothing(content: bytes, registry: ModelRegistry, tmp_path: Path
                                        ) -> None:
    (tmp_path / "bad.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        registry.add(tmp_path / "bad.onnx")
    assert left(tmp_path / "models") == set()
    assert registry.models() == {}


def test_what_a_killed_import_left_is_swept_away(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(written(tmp_path))
    half = tmp_path / "models" / ".import-now"
    half.mkdir()
    (half / "half.onnx").touch()
    assert list(registry.models()) == ["starry-night"]
    registry.rollback("starry-night", 1)
    assert not half.exists()


def test_an_import_killed_before_its_history_counts(registry: ModelRegistry, tmp_path: Path
                                                    ) -> None:
    model = registry.add(written(tmp_path))
    (tmp_path / "models" / "starry-night" / "history.json").unlink()
    assert registry.models() == {"starry-night": model}
    with pytest.raises(InvalidParameter, match="installed already"):
        registry.add(written(tmp_path))
    registry.add(written(tmp_path, seed=2), name="starry-night")
    assert registry.rollback("starry-night").card.version == 1


@pytest.mark.parametrize("name", ["", "Big", "a b", "../up", "a/b", "-a", "con:1"])
def test_names_that_are_none(name: str, registry: ModelRegistry, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="no name for a model"):
        registry.add(written(tmp_path), name=name)


def test_a_card_beside_the_file_settles_what_it_says(registry: ModelRegistry, tmp_path: Path
                                                     ) -> None:
    source = written(tmp_path)
    first = registry.add(source, hints={"order": "BGR"})
    source.with_suffix(".json").write_bytes(first.path.with_suffix(".json").read_bytes())
    assert registry.add(source, name="other").card.conventions.order == "BGR"
    for odd in ("{}", "[" * 100_000, "\xff"):
        source.with_suffix(".json").write_text(odd, encoding="latin-1")
        with pytest.raises(ModelCorrupt, match="card"):
            registry.add(source, name="third")


def test_shipped_ones_stay(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    maker = ModelRegistry(tmp_path / "maker", shipped=tmp_path / "none")
    made = maker.add(written(tmp_path), name="night")
    for path in (made.path, made.path.with_suffix(".json")):
        (shipped / path.name).write_bytes(path.read_bytes())
    registry = ModelRegistry(tmp_path / "models", shipped=shipped)
    registry.add(written(tmp_path, seed=2), name="a-first-name")
    assert list(registry.models()) == ["night", "a-first-name"]
    assert registry.model("night").shipped and registry.model("night").intact()
    for change in (lambda: registry.remove("night"), lambda: registry.rollback("night"),
                   lambda: registry.add(written(tmp_path, seed=3), name="night")):
        with pytest.raises(InvalidParameter, match="comes with Brushreel"):
            change()


def test_unknown_names_are_told_the_known_ones(registry: ModelRegistry, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="None is installed"):
        registry.model("starry")
    registry.add(written(tmp_path))
    with pytest.raises(ModelMissing, match="Did you mean 'starry-night'"):
        registry.model("stary-night")


def test_a_damaged_file_is_noticed(registry: ModelRegistry, tmp_path: Path) -> None:
    model = registry.add(written(tmp_path))
    assert model.intact()
    model.path.write_bytes(model.path.read_bytes()[:-1])
    assert not registry.model("starry-night").intact()
    assert registry.find(model.card.sha256) is None


@pytest.mark.parametrize("damage", ["card", "history", "gone"])
def test_one_that_is_broken_takes_no_other_with_it(damage: str, registry: ModelRegistry,
                                                   tmp_path: Path) -> None:
    broken, whole = (registry.add(written(tmp_path, seed=seed), name=name)
                     for seed, name in ((1, "broken"), (2, "whole")))
    card = broken.path.with_suffix(".json")
    if damage == "gone":
        card.unlink()
    else:
        (card if damage == "card" else card.parents[1] / "history.json").write_text("{")
    assert list(registry.models()) == ["whole"]
    assert list(registry.broken()) == ["broken"]
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        registry.model("broken")
    assert registry.find(whole.card.sha256) == whole.path


def test_an_old_version_that_is_broken_stays_out_of_the_way(registry: ModelRegistry,
                                                           tmp_path: Path) -> None:
    for seed in (1, 2):
        model = registry.add(written(tmp_path, seed=seed), name="wave")
    (tmp_path / "models" / "wave" / "1" / "wave.json").write_text("{")
    assert [version.card.version for version in registry.versions("wave")] == [2]
    assert registry.find(model.card.sha256) == model.path
    assert registry.add(written(tmp_path, seed=3), name="wave").card.version == 3
    registry.remove("wave", 1)


def test_two_imports_at_once(registry: ModelRegistry, tmp_path: Path) -> None:
    files = [written(tmp_path, f"{seed}.onnx", seed=seed) for seed in (1, 2)]
    threads = [threading.Thread(target=registry.add, args=(path,), kwargs={"name": "wave"})
               for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [model.card.version for model in registry.versions("wave")] == [1, 2]
