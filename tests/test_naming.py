"""What outputs are called."""

from pathlib import Path

import pytest

from core.errors import InvalidParameter
from core.naming import TEMPLATE, free_name, named, target_in
from core.recipe import Recipe
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
