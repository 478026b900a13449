"""Recipes that lie in files: written by themselves, or inside a rendered video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.edge import edge
from core.errors import BrushreelError, InputError

if TYPE_CHECKING:
    from core.recipe import Recipe


def recipe_from_file(path: Path, inputs: Iterable[Path]) -> Recipe:
    """The recipe in a JSON file; its assets are looked for as `recipe_like` does."""
    from core.recipe import Recipe

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The recipe {path} cannot be read.",
                         "Give a JSON file written by Brushreel.") from error
    with edge(path):
        return Recipe.from_json(text, _Finder(path, inputs))


def recipe_like(path: Path, inputs: Iterable[Path]) -> Recipe:
    """The recipe a video was rendered with.

    Files it needs are looked for beside the inputs, beside that video and in the current folder.
    """
    from core.io import VideoProbe
    from core.recipe import Recipe

    text = embedded(VideoProbe.probe(path).tags_text)
    if text is None:
        raise InputError(f"{path.name} holds no recipe.",
                         "Give a video rendered by Brushreel, or name the look with --styles.")
    with edge(path):
        return Recipe.from_json(text, _Finder(path, inputs))


def embedded(tags: Mapping[str, str]) -> str | None:
    """The recipe among a file's tags; Matroska writes their names in capitals."""
    from core.recipe import METADATA_KEY

    return next((text for key, text in tags.items() if key.lower() == METADATA_KEY), None)


class _Finder:
    """Finds an asset by name and content in the folders of `beside` and `inputs`, or a model by
    its content wherever it is installed.
    """

    def __init__(self, beside: Path, inputs: Iterable[Path]) -> None:
        places = [*(path.parent for path in inputs), beside.parent, Path()]
        self._folders = list(dict.fromkeys(place.resolve() for place in places))

    def __call__(self, name: str, sha256: str) -> Path | None:
        from core.recipe import asset_digest

        # The name comes out of somebody's file: it must not lead anywhere else.
        candidates = (folder / Path(name).name for folder in self._folders)
        for path in candidates:
            try:
                if path.is_file() and asset_digest(path) == sha256:
                    return path
            except BrushreelError:
                continue
        from core.models import ModelRegistry

        return ModelRegistry().find(sha256)
