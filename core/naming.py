"""Names for outputs that never collide."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.io import VideoProbe
from core.recipe import Recipe
from core.render.target import natural_container


def target_in(folder: str | Path, input_path: str | Path, recipe: Recipe,
              taken: Collection[Path] = ()) -> Path:
    """`{stem}_{style}{_n}.{ext}` in `folder`, for the first n no finished file has, nor `taken`.

    An interrupted render leaves no finished file, so the same call names it again.
    """
    source = Path(input_path)
    container = recipe.output.container or natural_container(
        VideoProbe.probe(source), recipe.output.codec)
    return free_name(Path(folder), f"{source.stem}_{recipe.name()}", container, taken)


def free_name(folder: Path, stem: str, suffix: str, taken: Collection[Path] = ()) -> Path:
    """`stem.suffix`, or `stem_2.suffix` and so on where that exists or is `taken`."""
    number = 1
    while True:
        name = f"{stem}.{suffix}" if number == 1 else f"{stem}_{number}.{suffix}"
        if folder / name not in taken and not (folder / name).exists():
            return folder / name
        number += 1
