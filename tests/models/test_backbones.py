"""Where the frozen networks' weights are looked for, and what passes for them."""

import hashlib
import shutil
from pathlib import Path

import pytest

from core.errors import ModelCorrupt, ModelMissing
from core.models import backbones
from core.models.backbones import SQUEEZENET, VGG, Weights, find, find_or_fetch

CONTENT = b"weights" * 99


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No backbone lies anywhere but where a test puts it."""
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(backbones, "FOLDER", tmp_path / "models")
    return tmp_path


def published(folder: Path, content: bytes = CONTENT) -> tuple[Weights, ...]:
    """A form that lies nowhere, and one with an address that answers."""
    (folder / "site").write_bytes(content)
    digest = hashlib.sha256(CONTENT).hexdigest()
    return Weights("local.pth", digest), Weights("public.pth", digest[:8],
                                                 (folder / "site").as_uri())


@pytest.mark.parametrize("forms", [VGG, SQUEEZENET])
def test_a_known_file_is_found_in_a_given_folder(forms, shared: Path) -> None:
    found = find(forms, shared / "nn" / "backbones")
    assert found == shared / "nn" / "backbones" / forms[0].name


@pytest.mark.parametrize("forms", [VGG, SQUEEZENET])
def test_the_last_form_can_be_fetched(forms) -> None:
    assert forms[-1].url.startswith("https://")


def test_places_are_searched_in_order(empty: Path) -> None:
    forms = published(empty)
    for place in ("data/backbones", "models", "given"):
        (empty / place).mkdir(parents=True)
        (empty / place / "local.pth").write_bytes(CONTENT)
        assert find(forms, empty / "given") == empty / place / "local.pth"


def test_nothing_is_fetched_by_looking(empty: Path) -> None:
    with pytest.raises(ModelMissing, match=r"public\.pth"):
        find(published(empty))
    assert not (empty / "data").exists()


def test_what_is_nowhere_is_fetched_once(empty: Path) -> None:
    forms = published(empty)
    fetched = find_or_fetch(forms)
    assert fetched == empty / "data" / "backbones" / "public.pth"
    (empty / "site").unlink()
    assert find_or_fetch(forms) == fetched == find(forms)
    assert [path.name for path in fetched.parent.iterdir()] == ["public.pth"]


def test_another_file_at_the_address_is_refused(empty: Path) -> None:
    with pytest.raises(ModelCorrupt, match="another file"):
        find_or_fetch(published(empty, b"a page that says sorry"))
    assert not (empty / "data" / "backbones").exists()


def test_an_address_that_does_not_answer_is_a_sentence(empty: Path) -> None:
    forms = published(empty)
    (empty / "site").unlink()
    with pytest.raises(ModelMissing, match="cannot be fetched"):
        find_or_fetch(forms)


def test_a_damaged_file_is_named(empty: Path, shared: Path) -> None:
    (empty / "given").mkdir()
    damaged = empty / "given" / VGG[0].name
    shutil.copy(shared / "nn" / "backbones" / VGG[0].name, damaged)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match=r"vgg_normalised_conv3_1\.pth is not the file"):
        find(VGG, empty / "given")
