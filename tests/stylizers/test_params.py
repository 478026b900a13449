"""The table of looks, and refusals that a person can act on."""

from __future__ import annotations

import dataclasses
import json
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import Field, field_validator, model_validator

from core.errors import InvalidParameter, UnknownStyle
from core.presets import own_file, preset
from core.recipe import Recipe
from scripts.looks import layer_from
from stylizers import STYLES, Analysis, PencilStylizer, StyleParams, create, style


class Shape(Enum):
    DOT = "dot"
    LINE = "line"


class Everything(StyleParams):
    softness: float = Field(21.0, ge=5, le=50)
    levels: int = Field(8, ge=2, le=16)
    above: float = Field(1.0, gt=0)
    count: int = Field(1, lt=9)
    ink: bool = False
    screen: Literal["dot", "line"] = "dot"
    shape: Shape = Shape.DOT
    paper: Path | None = None
    label: str = ""
    even: int = Field(2, ge=0, le=10)

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("it must be even")
        return value

    @model_validator(mode="after")
    def _agree(self) -> Everything:
        if self.ink and self.levels == 2:
            raise ValueError("ink needs more than two levels")
        return self


@pytest.mark.parametrize(("values", "message"), [
    ({"softness": 90}, "softness=90 is refused: it must be 5 to 50."),
    ({"softness": "4.5"}, "softness=4.5 is refused: it must be 5 to 50."),
    ({"softness": "soft"}, "softness=soft is refused: it must be 5 to 50."),
    ({"softness": None}, "softness=none is refused: it must be 5 to 50."),
    ({"softness": [1, 2]}, "softness=[1, 2] is refused: it must be 5 to 50."),
    ({"levels": 2.5}, "levels=2.5 is refused: it must be a whole number from 2 to 16."),
    ({"above": 0}, "above=0 is refused: it must be a number above 0."),
    ({"count": 9}, "count=9 is refused: it must be a whole number below 9."),
    ({"ink": "maybe"}, "ink=maybe is refused: it must be true or false."),
    ({"screen": "ring"}, "screen=ring is refused: it must be one of dot, line."),
    ({"shape": "ring"}, "shape=ring is refused: it must be one of dot, line."),
    ({"paper": 3}, "paper=3 is refused: it must be a path or none."),
    ({"label": 3}, "label=3 is refused: it must be text."),
    ({"even": 3}, "even=3 is refused: it must be even."),
    ({"ink": True, "levels": 2},
     "These parameters do not go together: ink needs more than two levels."),
    ({"sofness": 9}, "There is no parameter 'sofness'."),
])
def test_a_refusal_is_one_plain_sentence(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Everything.build(values)
    assert caught.value.message == message
    assert caught.value.hint.endswith(".")


def test_the_hint_says_what_to_do() -> None:
    with pytest.raises(InvalidParameter) as caught:
        Everything.build({"softness": 90})
    assert caught.value.hint == "Leave it out for the default, 21."
    with pytest.raises(InvalidParameter) as caught:
        Everything.build({"sofness": 9})
    assert caught.value.hint.startswith("Did you mean 'softness'? Known parameters: softness, ")


def test_long_values_are_cut_short() -> None:
    with pytest.raises(InvalidParameter) as caught:
        Everything.build({"softness": "x" * 500})
    assert len(caught.value.message) < 120


def test_strings_are_read_as_typed() -> None:
    typed = Everything.build({"softness": "30", "levels": "4", "ink": "true", "shape": "line",
                              "paper": "grain.png"})
    assert typed == Everything(softness=30, levels=4, ink=True, shape=Shape.LINE,
                               paper=Path("grain.png"))


@pytest.mark.parametrize("cleared", ["", "none", None])
def test_an_option_can_be_cleared(cleared: str | None) -> None:
    assert Everything.build({"paper": cleared}).paper is None
    assert Everything.build({"label": "none"}).label == "none"


def test_an_unknown_style_names_the_nearest() -> None:
    with pytest.raises(UnknownStyle) as caught:
        style("Pencl")
    assert caught.value.message == "There is no style 'Pencl'."
    assert caught.value.hint == f"Did you mean 'pencil'? Known styles: {', '.join(STYLES)}."


def test_an_unknown_style_like_no_other_names_all() -> None:
    with pytest.raises(UnknownStyle) as caught:
        create("xyzzy", {})
    assert caught.value.hint == f"Known styles: {', '.join(STYLES)}."


def test_values_given_beside_parameters_replace_them() -> None:
    params = PencilStylizer.Params.build({"blur_sigma": 30, "use_texture": True})
    assert PencilStylizer(params, blur_sigma=9).params.model_dump() == {
        **PencilStylizer.Params().model_dump(), "blur_sigma": 9.0, "use_texture": True}
    with pytest.raises(InvalidParameter):
        PencilStylizer(params, blur_sigma=90)


def test_analysis_keeps_numbers_and_arrays() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Learned(Analysis):
        threshold: float
        count: int
        palette: np.ndarray

    learned = Learned(0.1, 7, np.arange(6, dtype=np.float32).reshape(2, 3))
    restored = Learned.from_arrays(learned.to_arrays())
    assert (restored.threshold, restored.count) == (0.1, 7)
    assert type(restored.count) is int
    assert restored.palette.dtype == np.float32
    assert np.array_equal(restored.palette, learned.palette)


@pytest.mark.parametrize("look", ["neural", "paint"])
@pytest.mark.parametrize(("given", "stored"), [
    (True, "auto"), (False, "off"), ("true", "auto"), ("False", "off"), ("require", "require")])
def test_whether_a_gpu_is_used_may_be_a_boolean(look: str, given: bool | str, stored: str,
                                                ) -> None:
    assert style(look).Params(use_gpu=given).use_gpu == stored
    recipe = Recipe.build({"layers": [{"style": look, "params": {"use_gpu": given}}]})
    again = Recipe.from_json(recipe.to_json())
    assert again.layers[0].params["use_gpu"] == stored
    assert layer_from(look, [f"{look}.use_gpu={given}"])["params"]["use_gpu"] == stored
    own = own_file(look)
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(f"[mine]\nuse_gpu = {json.dumps(given)}\n")
    assert preset(look, "mine").layer["params"]["use_gpu"] == stored


def test_a_gpu_that_is_neither_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="one of auto, require, off"):
        style("neural").Params.build({"use_gpu": "maybe"})
