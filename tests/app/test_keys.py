"""The Dashboard by keys and by hand, in a real browser; what it shows is what it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.browser import browsing, served, until, worker_ended

pytestmark = pytest.mark.long


@pytest.fixture
def page(film: Path, tmp_path: Path) -> Iterator[Any]:
    """With the film open, in pencil."""
    data = tmp_path / "data"
    with worker_ended(data), served(data, tmp_path / "server.log") as server, browsing() as shown:
        shown.goto(server.address)
        box = shown.get_by_label("Path of a video or a folder")
        box.fill(str(film))
        box.press("Enter")
        shown.locator(".cards.wide button", has_text="Pencil").click()
        shown.locator(".viewer .divider").wait_for()
        shown.kept = data / "dashboard.json"
        yield shown


def number(page: Any) -> int:
    return int(page.locator(".viewer .scrub").input_value())


def shading(page: Any) -> float:
    kept = json.loads(page.kept.read_text())
    return float(kept["takes"][0][0]["params"]["shading"])


def slider(page: Any) -> Any:
    return page.get_by_role("slider", name="Shading")


def settled(page: Any, true: Callable[[float], bool], what: str) -> float:
    """Both the draft and the slider hold a value that is `true`; gives it."""
    until(lambda: true(shading(page)) and float(slider(page).input_value()) == shading(page), what)
    return shading(page)


def test_every_key_does_what_it_says(page: Any) -> None:
    page.locator(".viewer .stage").focus()
    for mode in ("before", "after", "split"):
        page.keyboard.press("c")
        assert page.locator(f"[data-mode={mode}]").get_attribute("aria-checked") == "true"
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("Shift+ArrowRight", 27),
                       ("ArrowLeft", 26)):
        page.keyboard.press(key)
        assert number(page) == place, key
    until(lambda: json.loads(page.kept.read_text())["number"] == 26, "the place")
    page.keyboard.press("Space")
    until(lambda: number(page) > 30, "playing")
    page.keyboard.press("Space")
    until(lambda: page.locator(".viewer .play").get_attribute("aria-label") == "Play", "a stop")
    page.keyboard.press("z")
    page.locator(".viewer.actual").wait_for()
    page.keyboard.press("z")
    page.locator(".viewer:not(.actual)").wait_for()


def test_a_slider_stays_where_it_is_put(page: Any) -> None:
    assert settled(page, lambda value: value == 0.8, "the preset's value") == 0.8
    box = slider(page).locator("xpath=ancestor::*[@data-testid='stSlider']").bounding_box()
    thumb = page.locator("[data-testid=stSlider]", has=slider(page)).locator(
        "[data-testid=stSliderThumbValue]").bounding_box()
    x, y = thumb["x"] + thumb["width"] / 2, box["y"] + box["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - box["width"] / 3, y, steps=8)
    page.mouse.up()
    # On the way it tells values, too: the last is the one that the slider itself shows.
    dragged = settled(page, lambda value: 0.2 < value < 0.7, "a drag")
    page.wait_for_timeout(3000)
    dragged = settled(page, lambda value: 0.2 < value < 0.7, "the end of a drag")
    page.locator(".viewer .stage").focus()
    page.keyboard.press("r")
    settled(page, lambda value: value == 0.8, "a reset")
    page.get_by_role("button", name="Undo").click()
    settled(page, lambda value: value == dragged, "undo")
    page.get_by_role("button", name="Redo").click()
    settled(page, lambda value: value == 0.8, "redo")
    page.get_by_role("button", name="Undo").click()
    settled(page, lambda value: value == dragged, "undo again")
    page.reload()
    page.locator(".viewer .divider").wait_for()
    settled(page, lambda value: value == dragged, "the value after a refresh")
    page.wait_for_timeout(2000)
    assert shading(page) == float(slider(page).input_value()) == dragged


def styles(page: Any) -> list[str]:
    return [take[0]["style"] for take in json.loads(page.kept.read_text())["takes"]]


def clicked_at_once(page: Any, *buttons: Any) -> None:
    """All before the server can have answered the first."""
    page.evaluate("buttons => buttons.forEach((button) => button.click())",
                  [button.element_handle() for button in buttons])


def test_clicks_in_a_row_all_count(page: Any) -> None:
    cards = [page.locator(".cards.wide button", has_text=name) for name in ("Ink", "Comic", "Oil")]
    clicked_at_once(page, *cards)
    until(lambda: styles(page) == ["pencil", "ink", "comic", "oil"], "three looks")
    for name, left in (("Undo", ["pencil"]), ("Redo", ["pencil", "ink", "comic", "oil"])):
        button = page.get_by_role("button", name=name)
        until(button.is_enabled, name)
        clicked_at_once(page, button, button, button)
        until(lambda left=left: styles(page) == left, f"three times {name}")
