"""Fields of a form, read from the declaration of a look's parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from stylizers.base import StyleParams

Kind = Literal["number", "integer", "switch", "choice", "file", "numbers", "text"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One parameter: what to call it, what it does, and what it may be."""

    name: str
    label: str
    about: str
    kind: Kind
    default: Any
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    choices: tuple[str, ...] = ()


@cache
def fields_of(params: type[StyleParams]) -> tuple[FormField, ...]:
    """In the order of the declaration; how a look is executed is none of an artist's business."""
    schema = params.model_json_schema()
    shared = schema.get("$defs", {})
    return tuple(_field(name, entry, shared) for name, entry in schema["properties"].items()
                 if not entry.get("execution"))


def label_of(name: str) -> str:
    """Words for a name in code: "blur_sigma" becomes "Blur sigma"."""
    words = name.removesuffix("_path").replace("_", " ").strip()
    return {"lut": "LUT file", "model": "Model file", "texture": "Texture file"}.get(
        words, words[:1].upper() + words[1:])


def _field(name: str, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> FormField:
    declared = {**entry, **_resolved(entry, shared)}
    kind = _kind(declared)
    about, default = str(entry.get("description", "")), entry.get("default")
    if kind in ("number", "integer"):
        low, high = float(declared["minimum"]), float(declared["maximum"])
        step = 1.0 if kind == "integer" else _step(high - low)
        return FormField(name, label_of(name), about, kind, default, low, high, step)
    if kind == "numbers":
        first = declared["prefixItems"][0]
        return FormField(name, label_of(name), about, kind, tuple(default or ()),
                         float(first["minimum"]), float(first["maximum"]), 1.0)
    return FormField(name, label_of(name), about, kind, default,
                     choices=tuple(map(str, declared.get("enum", ()))))


def _resolved(entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in entry:
        found: Mapping[str, Any] = shared[entry["$ref"].rsplit("/", 1)[1]]
        return found
    options = [option for option in entry.get("anyOf", ()) if option.get("type") != "null"]
    return options[0] if options else entry


def _kind(declared: Mapping[str, Any]) -> Kind:
    if "enum" in declared:
        return "choice"
    if "prefixItems" in declared:
        return "numbers"
    bounded = "minimum" in declared and "maximum" in declared
    kinds: dict[str, Kind] = {"boolean": "switch"}
    if bounded:
        kinds |= {"number": "number", "integer": "integer"}
    if declared.get("format") == "path":
        return "file"
    return kinds.get(declared.get("type", ""), "text")


def _step(span: float) -> float:
    """About a hundredth of the range, as 1, 2 or 5 of some decimal place."""
    exact = span / 100
    unit = 10.0 ** math.floor(math.log10(exact))
    return float(next(round(unit * factor, 10) for factor in (1, 2, 5, 10)
                      if unit * factor >= exact * 0.999))
