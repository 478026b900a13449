"""Names for outputs that never collide."""

from __future__ import annotations

import os
import string
from collections.abc import Collection, Mapping
from pathlib import Path

from core.differing import in_words, plain_settings, settings_in, settings_of
from core.durable import cut
from core.errors import InvalidParameter
from core.io import VideoProbe
from core.recipe import Recipe
from core.render.target import natural_container

TEMPLATE = "{stem}_{style}"
"""What an output is called, but for its suffix and the number that tells it from others."""
_FIELDS = ("stem", "style", "quality")
_REFUSED = frozenset('<>:"/\\|?*') | {chr(code) for code in range(32)}
"""Signs that some system does not have in names of files."""
_TAKEN = {"con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt")
                                        for number in range(1, 10))}
"""What Windows takes for a device, whatever the suffix."""
_LONGEST = 230
"""Bytes of a name that leave room for what is put beside the file."""
_DETAILS = 40
"""Bytes of it that are kept for numbers, the suffix, and what differs in a batch."""


def target_in(folder: str | Path, input_path: str | Path, recipe: Recipe,
              taken: Mapping[Path, str] | Collection[Path] = (), template: str = TEMPLATE,
              batch: Collection[Recipe] = ()) -> Path:
    """The name of a template and `{_n}.{ext}` in `folder`, for the first n that is free.

    That is one no finished file has, nor `taken`, where a mapping says by what recipe, as JSON. An
    interrupted render leaves no finished file, so the same call names it again. Where others of the
    `batch`, or the first of that name, have other settings, it also says what differs, as in
    clip_pencil_blur-sigma-30.mp4. Raises InvalidParameter where the template is none.
    """
    source = Path(input_path)
    container = recipe.output.container or natural_container(
        VideoProbe.probe(source), recipe.output.codec)

    def called(one: Recipe) -> str:
        stem, others = source.stem, {"style": one.name(), "quality": one.preset}
        # What tells results apart stands at the end, so the source's name gives way.
        much = len(os.fsencode(named(template, stem=stem, **others))) - _LONGEST + _DETAILS
        if much > 0:
            stem = cut(stem, max(1, len(os.fsencode(stem)) - much))
        return named(template, stem=stem, **others)

    name, first = called(recipe), Path(folder) / f"{called(recipe)}.{container}"
    alike = [settings_of(one.portable()) for one in batch if called(one) == name]
    if not any(alike) and (first.exists() or first in taken):
        planned = taken.get(first, "") if isinstance(taken, Mapping) else ""
        alike = [settings_in(first, planned) or plain_settings(recipe)]
    differing = in_words(recipe, alike) if alike else ""
    return free_name(Path(folder), f"{name}_{differing}" if differing else name, container, taken)


def named(template: str, **values: str) -> str:
    """A template such as "{stem}_{style}" with these in the place of its fields.

    Raises InvalidParameter where it has other fields, or signs that no file name may have.
    """
    hint = "Use letters, digits and " + ", ".join(f"{{{name}}}" for name in _FIELDS) + "."
    wrong = sorted(_REFUSED & set(template))
    if wrong or not template.strip(" ."):
        raise InvalidParameter(f"'{template}' cannot name a file.", hint)
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise InvalidParameter(f"'{template}' has a brace too many or too few.", hint) from error
    for _, name, form, conversion in parts:
        if name is not None and (name not in _FIELDS or form or conversion):
            raise InvalidParameter(f"There is no {{{name}}} in a name.", hint)
    filled = "".join(text + ("" if name is None else values[name]) for text, name, _, _ in parts)
    name = filled.strip(" .")
    return f"_{name}" if name.partition(".")[0].strip().lower() in _TAKEN else name


def free_name(folder: Path, stem: str, suffix: str, taken: Collection[Path] = ()) -> Path:
    """`stem.suffix`, or `stem_2.suffix` and so on where that exists or is `taken`.

    A stem that is too long for a name loses its end.
    """
    number = 1
    while True:
        ending = f".{suffix}" if number == 1 else f"_{number}.{suffix}"
        name = cut(stem, _LONGEST - len(ending)).rstrip(" .") + ending
        if folder / name not in taken and not (folder / name).exists():
            return folder / name
        number += 1
