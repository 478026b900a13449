"""What outputs are called."""

from pathlib import Path

import pytest

from core.errors import InputError, InvalidParameter
from core.naming import TEMPLATE, free_name, named, target_in
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.options import RenderOptions
from tests.clips import Film

VALUES = {"stem": "walk", "style": "pencil+ink", "quality": "speed"}


@pytest.mark.parametrize(("template", "name"), [
    (TEMPLATE, "walk_pencil+ink"), ("{quality} of {stem}", "speed of walk"), ("final", "final"),
    ("{{{stem}}}", "{walk}"), (" {stem}. ", "walk")])
def test_a_template_is_filled(template: str, name: str) -> None:
    assert named(template, **VALUES) == name


@pytest.mark.parametrize("template", [
    "", " . ", "{stem}/{style}", "..\\{stem}", "{stem.__class__}", "{stem!r}", "{stem:>9}", "{0}",
    "{}", "{stem", "a:b", "{other}", "a\nb"])
def test_what_is_none_is_refused(template: str) -> None:
    with pytest.raises(InvalidParameter) as error:
        named(template, **VALUES)
    assert "{stem}, {style}, {quality}" in error.value.hint


def test_names_are_counted_on_where_they_are_taken(tmp_path: Path) -> None:
    film = Film(size=(64, 48), frames=1).write(tmp_path / "walk.mkv")
    recipe = Recipe.build({"layers": [{"style": "pencil"}], "output": {"container": "mp4"}})
    target = target_in(tmp_path, film, recipe, template="{stem} {quality}")
    assert target == tmp_path / "walk balanced.mp4"
    target.touch()
    taken = {tmp_path / "walk balanced_2.mp4"}
    assert target_in(tmp_path, film, recipe, taken, "{stem} {quality}").stem == "walk balanced_3"
    assert free_name(tmp_path, "new", "mp4") == tmp_path / "new.mp4"


def pencil(quality: str = "balanced", style: str = "pencil", **params: object) -> Recipe:
    return Recipe.build({"layers": [{"style": style, "params": params}], "preset": quality,
                         "output": {"container": "mp4"}})


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return Film(size=(64, 48), frames=1).write(tmp_path / "walk.mkv")


def test_results_of_a_batch_are_told_apart_by_what_differs(film: Path, tmp_path: Path) -> None:
    batch = [pencil(blur_sigma=10), pencil("speed", blur_sigma=10), pencil(blur_sigma=30.5),
             pencil(use_texture=True, blur_sigma=10), pencil(style="identity")]
    names, taken = [], set()
    for recipe in batch:
        taken.add(target := target_in(tmp_path, film, recipe, taken, batch=batch))
        names.append(target.name)
    assert names == ["walk_pencil_blur-sigma-10_use-texture-off_balanced.mp4",
                     "walk_pencil_blur-sigma-10_use-texture-off_speed.mp4",
                     "walk_pencil_blur-sigma-30.5_use-texture-off_balanced.mp4",
                     "walk_pencil_blur-sigma-10_use-texture-on_balanced.mp4",
                     "walk_identity.mp4"]
    assert target_in(tmp_path, film, batch[0], template="final", batch=(batch[0], batch[-1])
                     ).name == "final_pencil.mp4"


def test_another_render_of_the_same_look_says_what_differs_from_the_first(
        film: Path, tmp_path: Path) -> None:
    first = pencil(blur_sigma=30)
    list(Pipeline.of(film, target_in(tmp_path, film, first), first, RenderOptions()).run())
    for recipe, name in ((first, "walk_pencil_2"), (pencil(), "walk_pencil_blur-sigma-21"),
                         (pencil("speed", blur_sigma=30), "walk_pencil_speed")):
        assert target_in(tmp_path, film, recipe).stem == name


def test_of_what_is_not_there_yet_the_plain_look_is_told_from(film: Path, tmp_path: Path) -> None:
    taken = {tmp_path / "walk_pencil.mp4"}
    for recipe, name in ((pencil(), "walk_pencil_2"),
                         (pencil(blur_sigma=9), "walk_pencil_blur-sigma-9")):
        assert target_in(tmp_path, film, recipe, taken).stem == name
    taken.add(tmp_path / "walk_pencil_blur-sigma-9.mp4")
    assert target_in(tmp_path, film, pencil(blur_sigma=9), taken).stem \
        == "walk_pencil_blur-sigma-9_2"


@pytest.mark.parametrize("letter", ["x", "ä", "語", "🎬"])
def test_long_names_are_cut_between_characters_and_stay_apart(letter: str, tmp_path: Path) -> None:
    stem = letter * (244 // len(letter.encode()))
    film = Film(size=(64, 48), frames=1).write(tmp_path / f"{stem}.mkv")
    names: list[Path] = []
    for style in ("pencil", "identity", "identity"):
        target = target_in(tmp_path, film, pencil(style=style), names)
        assert len(target.name.encode()) <= 230 and stem.startswith(target.stem.partition("_")[0])
        names.append(target)
        target.touch()
    assert len(set(names)) == 3
    assert names[0].stem.endswith("_pencil") and names[1].stem.endswith("_identity")


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_render_goes_into_the_longest_name_there_is(suffix: str, film: Path, tmp_path: Path
                                                      ) -> None:
    recipe = Recipe.build({"layers": [{"style": "identity"}], "output": {"codec": "auto"}})
    target = tmp_path / f"{'x' * 251}.{suffix}"
    list(Pipeline.of(film, target, recipe, RenderOptions()).run())
    assert sorted(tmp_path.iterdir()) == sorted([film, target])
    longer = target.with_name(f"x{target.name}")
    with pytest.raises(InputError, match="cannot be the name of a file"):
        list(Pipeline.of(film, longer, recipe, RenderOptions()).run())


@pytest.mark.parametrize(("stem", "name"), [
    ("con", "_con"), ("LPT1.old", "_LPT1.old"), ("console", "console"), ("aux ", "_aux")])
def test_names_of_devices_are_not_taken(stem: str, name: str) -> None:
    assert named("{stem}", stem=stem) == name
