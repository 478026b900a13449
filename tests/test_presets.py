"""Look presets: what is shipped is right, and one's own are kept, found and refused as promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import InputError, InvalidParameter, UnknownStyle
from core.presets import LAID_ON, SHIPPED, own_file, preset, presets, remove, restyled, save
from core.recipe import Layer, Recipe
from stylizers import STYLES

SHIPPED_PRESETS = [(path.stem, name) for path in sorted(SHIPPED.glob("*.toml"))
                   for name in presets(path.stem)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path))


def test_every_file_is_of_a_look() -> None:
    assert {path.stem for path in SHIPPED.glob("*.toml")} <= STYLES.keys()


@pytest.mark.parametrize(("look", "name"), SHIPPED_PRESETS)
def test_what_is_shipped_is_whole(look: str, name: str) -> None:
    found = preset(look, name)
    assert found.shipped
    assert found.about.endswith(".")
    recipe = Recipe.build({"layers": [found.layer]})
    assert recipe.name() == f"{look}-{name}"
    assert Recipe.from_json(recipe.to_json()) == recipe
    params = recipe.layers[0].settings
    for key, value in found.values.items():
        if key not in LAID_ON:
            assert getattr(params, key) != type(params).model_fields[key].default, \
                f"{key} = {value} is the default"


@pytest.mark.parametrize("look", STYLES)
def test_no_parameter_is_called_as_a_setting_of_presets(look: str) -> None:
    assert not {"about", "preset", *LAID_ON} & STYLES[look].Params.model_fields.keys()


def test_ones_own_come_back() -> None:
    save("pencil", "mine", {"blur_sigma": 33, "strength": 0.5}, "Just so.")
    found = presets("pencil")["mine"]
    assert (found.about, found.shipped) == ("Just so.", False)
    layer = Recipe.build({"layers": [found.layer]}).layers[0]
    assert (layer.params["blur_sigma"], layer.strength, layer.preset) == (33.0, 0.5, "mine")
    remove("pencil", "mine")
    assert "mine" not in presets("pencil")


def test_saving_again_replaces_and_leaves_the_others() -> None:
    save("pencil", "one", {"blur_sigma": 10})
    save("pencil", "two", {"blur_sigma": 20})
    save("pencil", "one", {"blur_sigma": 30})
    assert preset("pencil", "one").values == {"blur_sigma": 30.0}
    assert preset("pencil", "two").values == {"blur_sigma": 20.0}


def test_writers_at_once_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: save("pencil", f"p{n}", {"blur_sigma": 10 + n}), range(24)))
    assert {f"p{n}" for n in range(24)} <= presets("pencil").keys()


def test_files_are_found_from_wherever_a_preset_is_used(tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    save("pencil", "mine", {"texture_path": "paper.png"})
    monkeypatch.chdir(tmp_path)
    assert preset("pencil", "mine").layer["params"]["texture_path"] == here / "paper.png"
    own_file("pencil").write_text('[typed]\ntexture_path = "paper.png"\n')
    assert preset("pencil", "typed").layer["params"]["texture_path"] == \
        own_file("pencil").parent / "paper.png"


@pytest.mark.parametrize("name", ["", "Mine", "a b", "../x", "a--b", "-a", "ä", "a:b"])
def test_names_that_cannot_stand_in_a_file_name_are_refused(name: str) -> None:
    with pytest.raises(InvalidParameter):
        save("pencil", name, {})


@pytest.mark.parametrize("values", [{"blur_sigma": 900}, {"nothing": 1}, {"strength": 2},
                                    {"style": "comic"}, {"mask": "x.png"}])
def test_wrong_values_are_refused_and_nothing_is_written(values: dict[str, object]) -> None:
    with pytest.raises(InvalidParameter):
        save("pencil", "mine", values)
    assert not own_file("pencil").exists()


@pytest.mark.parametrize(("look", "name"), SHIPPED_PRESETS[:1])
def test_a_shipped_name_is_not_taken(look: str, name: str) -> None:
    with pytest.raises(InvalidParameter, match="comes with"):
        save(look, name, {})
    with pytest.raises(InvalidParameter, match="not one of your own"):
        remove(look, name)


def test_unknown_ones_name_the_near_ones() -> None:
    save("pencil", "charred", {"blur_sigma": 10})
    with pytest.raises(InvalidParameter, match="Did you mean 'charred'"):
        preset("pencil", "chared")
    with pytest.raises(UnknownStyle):
        presets("pensil")
    with pytest.raises(InvalidParameter, match="no preset 'wave'"):
        preset("neural", "wave")


def test_no_look_names_a_file_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text("[mine]\nblur_sigma = 10\n")
    for change in (lambda: remove("../outside", "mine"), lambda: save("../outside", "mine", {})):
        with pytest.raises(UnknownStyle):
            change()
    assert [path.name for path in tmp_path.iterdir()] == ["outside.toml"]
    assert outside.read_text().startswith("[mine]")


@pytest.mark.parametrize("text", ["[mine", "loose = 1", "\udcff"])
def test_a_file_that_cannot_be_read_is_named_and_kept(text: str) -> None:
    own_file("pencil").parent.mkdir()
    own_file("pencil").write_bytes(text.encode(errors="surrogateescape"))
    before = own_file("pencil").read_bytes()
    for use in (lambda: presets("pencil"), lambda: save("pencil", "mine", {})):
        with pytest.raises(InputError, match=r"pencil\.toml"):
            use()
    assert own_file("pencil").read_bytes() == before


def test_one_wrong_preset_leaves_the_others_usable() -> None:
    own_file("pencil").parent.mkdir()
    own_file("pencil").write_text("[good]\nblur_sigma = 10\n[bad]\nblur_sigma = 900\n"
                                  "[odd]\ntexture_path = 5\n[odder]\ntexture_path = [1]\n")
    assert preset("pencil", "good").layer["params"]["blur_sigma"] == 10
    for name in ("bad", "odd", "odder"):
        with pytest.raises(InvalidParameter, match=f"pencil:{name}"):
            _ = preset("pencil", name).layer


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in ("mine.jpg", "second.jpg", "mask.png")]
    for path in found:
        path.write_bytes(b"x")
    return found


def test_a_preset_leaves_the_files_that_were_chosen(files: list[Path]) -> None:
    mine, second, mask = files
    layer = Layer.model_validate({
        "style": "paint", "mask": mask, "params": {
            "style_image": mine, "style_image_2": second, "weight_2": 0.3, "smoothness": 0.9}})
    name = next(iter(presets("paint")))
    for chosen in (name, ""):
        other = restyled(layer, chosen)
        assert (other.preset, other.mask) == (chosen, mask)
        assert (other.params["style_image"], other.params["style_image_2"],
                other.params["weight_2"]) == (mine, second, 0.3)
        assert other.params["smoothness"] != 0.9


def test_a_file_that_came_with_a_preset_goes_with_it(files: list[Path]) -> None:
    mine, second, _ = files
    save("cinematic", "filed", {"lut_path": mine}, "")
    filed = restyled(Layer(style="cinematic"), "filed")
    assert filed.params["lut_path"] == mine
    assert restyled(filed, "").params["lut_path"] is None
    own = restyled(filed, "").model_copy(update={"params": {
        **filed.params, "lut_path": second}})
    assert restyled(own, "").params["lut_path"] == second
    assert restyled(own, "filed").params["lut_path"] == mine  # which is what it is


def test_an_installed_network_is_what_its_preset_is_about(files: list[Path]) -> None:
    name = next(iter(presets("neural")))
    layer = Layer.model_validate({"style": "neural", "params": {"model_path": files[0]}})
    assert restyled(layer, "").params["model_path"] == files[0]
    assert restyled(layer, name).params["model_path"] != files[0]
