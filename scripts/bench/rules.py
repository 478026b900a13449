"""Rules that what was measured is held to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from scripts.terminal import say


@dataclass(frozen=True, slots=True)
class Rule:
    """A number that must not exceed, or must reach, its limit."""

    text: str
    measured: float
    limit: float
    at_most: bool = True

    @property
    def holds(self) -> bool:
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def say_rules(rules: Iterable[Rule]) -> None:
    for rule in rules:
        verdict = "holds" if rule.holds else "BROKEN"
        say(f"{verdict:>6}  {rule.text}: {rule.measured:.3f} "
            f"({'at most' if rule.at_most else 'at least'} {rule.limit})")
