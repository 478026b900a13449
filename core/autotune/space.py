"""The search space of a look, read from its declared parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from stylizers.base import StyleParams

_APART = 0.5**0.5
"""The place of a choice on its own axis, so that two choices lie at a distance of 1."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing to be chosen: a number from `low` to `high`, or one of `choices`.

    `item` tells which of a parameter's numbers it is, where that is a row of them.
    """

    name: str
    kind: Literal["float", "int", "choice"]
    low: float = 0.0
    high: float = 1.0
    choices: tuple[Any, ...] = ()
    item: int | None = None

    @property
    def key(self) -> str:
        return self.name if self.item is None else f"{self.name}[{self.item}]"


class SearchSpace:
    """What may be tuned of a look: every bounded number, switch and choice.

    Files and what only tells where to compute stay as they are. `encode` gives each number a
    coordinate of -1/2..1/2 over its range, and each choice an axis of its own; numbers come first.
    """

    def __init__(self, declared: type[StyleParams]) -> None:
        axes = list(_axes(declared))
        self.declared = declared
        self.axes = tuple(sorted(axes, key=lambda axis: axis.kind == "choice"))
        self.numbers = sum(axis.kind != "choice" for axis in axes)
        sizes = [len(axis.choices) for axis in self.axes[self.numbers:]]
        ends = np.cumsum([self.numbers, *sizes])
        self.groups = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
        """The coordinates of each choice."""
        self.size = int(ends[-1])

    def encode(self, values: Mapping[str, Any]) -> np.ndarray:
        """Parameters as a point (size,); those left out stand at their defaults."""
        known = self.declared.build(values)
        point = np.zeros(self.size)
        for place, axis in enumerate(self.axes):
            value = getattr(known, axis.name)
            value = value if axis.item is None else value[axis.item]
            if axis.kind == "choice":
                group = self.groups[place - self.numbers]
                point[group.start + axis.choices.index(value)] = _APART
            else:
                point[place] = (value - axis.low) / (axis.high - axis.low) - 0.5
        return point

    def decode(self, point: np.ndarray) -> dict[str, Any]:
        """The parameters nearest to a point, ready for `declared.build`."""
        values: dict[str, Any] = {}
        for place, axis in enumerate(self.axes):
            if axis.kind == "choice":
                group = self.groups[place - self.numbers]
                value: Any = axis.choices[int(np.argmax(point[group]))]
            else:
                share = float(np.clip(point[place] + 0.5, 0, 1))
                value = axis.low + share * (axis.high - axis.low)
                value = round(value) if axis.kind == "int" else float(f"{value:.6g}")
            if axis.item is None:
                values[axis.name] = value
            else:
                values.setdefault(axis.name, []).append(value)
        return values

    def default(self) -> np.ndarray:
        """Where the look stands untouched."""
        return self.encode({})

    def random(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Points (count, size), uniform over the ranges."""
        points = np.zeros((count, self.size))
        points[:, :self.numbers] = rng.random((count, self.numbers)) - 0.5
        for group in self.groups:
            chosen = rng.integers(group.start, group.stop, count)
            points[np.arange(count), chosen] = _APART
        return points


def _axes(declared: type[StyleParams]) -> Iterator[Axis]:
    schema = declared.model_json_schema()
    for name, entry in schema.get("properties", {}).items():
        if "$ref" in entry:
            entry = {**schema["$defs"][entry["$ref"].rsplit("/", 1)[1]], **entry}
        if entry.get("execution"):
            continue
        for item, part in enumerate(entry.get("prefixItems", [])):
            yield from _number(name, part, item)
        if entry.get("type") == "boolean":
            yield Axis(name, "choice", choices=(False, True))
        elif "enum" in entry:
            yield Axis(name, "choice", choices=tuple(entry["enum"]))
        yield from _number(name, entry)


def _number(name: str, entry: Mapping[str, Any], item: int | None = None) -> Iterator[Axis]:
    kinds: dict[str, Literal["float", "int"]] = {"number": "float", "integer": "int"}
    kind = kinds.get(entry.get("type", ""))
    if kind and "minimum" in entry and "maximum" in entry:
        yield Axis(name, kind, entry["minimum"], entry["maximum"], item=item)
