"""What a page must be for those who see little or use no mouse, measured in the browser itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_MEASURES = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def faint(page: Any) -> tuple[int, list[str]]:
    """How many texts there are, and those below the contrast of WCAG 2.1 AA (1.4.3)."""
    found = page.evaluate(_MEASURES, "contrast")
    return found["count"], found["low"]


def nameless(page: Any) -> tuple[int, list[str]]:
    """How many controls there are, and those that say nothing to a screen reader (4.1.2)."""
    found = page.evaluate(_MEASURES, "nameless")
    return found["count"], found["nameless"]


def unmarked(page: Any, steps: int) -> tuple[set[str], list[str]]:
    """Where the tab key goes from the beginning, and where its place cannot be seen (2.4.7)."""
    been: set[str] = set()
    dark: list[str] = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        page.wait_for_timeout(60)
        found = page.evaluate(_MEASURES, "focus")
        if found is None:
            continue
        if found["name"] not in been and not found["visible"]:
            dark.append(found["name"])
        been.add(found["name"])
    return been, dark
