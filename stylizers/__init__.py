"""Pictures in, pictures out: every look, and the one table that names them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.errors import UnknownStyle
from stylizers.base import Analysis, StyleParams, Stylizer
from stylizers.cartoon import CartoonStylizer
from stylizers.cinematic import CinematicStylizer
from stylizers.comic import ComicStylizer
from stylizers.frame import Frame
from stylizers.identity import IdentityStylizer
from stylizers.ink import InkStylizer
from stylizers.neural.look import NeuralStylizer
from stylizers.oil import OilStylizer
from stylizers.paint.look import PaintStylizer
from stylizers.pencil import PencilStylizer

__all__ = ["STYLES", "Analysis", "CartoonStylizer", "CinematicStylizer", "ComicStylizer", "Frame",
           "IdentityStylizer", "InkStylizer", "NeuralStylizer", "OilStylizer", "PaintStylizer",
           "PencilStylizer", "StyleParams", "Stylizer", "create", "style"]

STYLES: Mapping[str, type[Stylizer[Any]]] = MappingProxyType({
    "cartoon": CartoonStylizer,
    "cinematic": CinematicStylizer,
    "comic": ComicStylizer,
    "identity": IdentityStylizer,
    "ink": InkStylizer,
    "neural": NeuralStylizer,
    "oil": OilStylizer,
    "paint": PaintStylizer,
    "pencil": PencilStylizer,
})


def style(name: str) -> type[Stylizer[Any]]:
    """The look called `name`; raises UnknownStyle naming the nearest one and all others."""
    if name in STYLES:
        return STYLES[name]
    near = difflib.get_close_matches(name.lower(), STYLES, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    raise UnknownStyle(f"There is no style '{name}'.",
                       f"{guess}Known styles: {', '.join(STYLES)}.")


def create(name: str, values: Mapping[str, Any]) -> Stylizer[Any]:
    """The look called `name` with parameters as typed in a form or on a command line.

    Raises UnknownStyle, InvalidParameter, or what the look says of its files.
    """
    look = style(name)
    return look(look.Params.build(values))
