"""Recipes from somebody's files: what is none is refused in words, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BrushreelError
from core.recipe import Recipe

LAYER = '{"layers": [{"style": "pencil", "params": %s}]}'


def _nowhere(name: str, sha256: str) -> Path | None:
    assert not Path(name + sha256).is_file()
    return None


@pytest.mark.parametrize("text", [
    "", "[]", "7", "[" * 100_000, '{"layers":' * 100_000, "9" * 5000,
    '{"layers": [' + "[" * 500 + "]" * 500 + "]}",
    '{"layers": [{"style": "pencil", "mask": "a\\u0000b"}]}',
    LAYER % '{"texture_path": {"name": 5, "sha256": null}}',
    LAYER % '{"texture_path": {"name": "a\\u0000b", "sha256": "0"}}',
    LAYER % '{"blur_sigma": 1e999}', LAYER % '{"blur_sigma": NaN}', LAYER % "[1]"])
def test_what_is_no_recipe_is_refused_in_words(text: str) -> None:
    with pytest.raises(BrushreelError) as refusal:
        Recipe.from_json(text, _nowhere)
    assert refusal.value.message.endswith(".") and refusal.value.hint
