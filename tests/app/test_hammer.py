"""The app under random acts, by seed: nothing that can be pressed may break a page.

    BRUSHREEL_HAMMER=300 BRUSHREEL_HAMMER_SEED=7 ./run.sh test --all tests/app/test_hammer.py -n 0
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.app.browser import Faults, Server, browsing, doubled, settled
from tests.clips import Film

ACTS = int(os.environ.get("BRUSHREEL_HAMMER", "60"))
SEED = int(os.environ.get("BRUSHREEL_HAMMER_SEED", "1"))
_SECONDS_AN_ACT = 8
"""On a busy machine, at most, on average."""
_LEAST = 0.6
"""Share of acts that have to reach what they were meant for."""
_LEFT_ALONE = re.compile(r"Try them|Try the sample|^Start|Fine-tune|^Tune|Open folder|Import|"
                         r"Stop|Full screen|Export|Upload|Deploy|menu|Skip", re.IGNORECASE)
"""What takes minutes, leaves the page or is Streamlit's own."""
_PAGES = ("Dashboard", "Batch Queue", "Style Lab", "Trainer", "Analytics", "Settings")
_KEYS = ("c", "r", "z", "Space", "ArrowLeft", "ArrowRight", "Shift+ArrowRight", "Escape", "i", "o",
         "Tab", "Enter", "Control+z")
_NUMBERS = ("", "0", "1", "0.5", "7", "-3", "9999")
pytestmark = [pytest.mark.long, pytest.mark.timeout(300 + _SECONDS_AN_ACT * ACTS)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Paths to be typed: videos, and what is none."""
    folder = tmp_path_factory.mktemp("films")
    for name, size in (("one", (320, 180)), ("two", (180, 320)), ("three", (64, 64))):
        Film(size=size, frames=25, codec="libx264", options={"g": "10"}).write(
            folder / f"{name}.mp4")
    (folder / "text.mp4").write_text("no video")
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "half.mp4").write_bytes((folder / "one.mp4").read_bytes()[:2000])
    return [*map(str, sorted(folder.glob("*.mp4"))), str(folder), "/nowhere/at/all.mp4",
            "relative/film.mp4", "", "~nobody/x.mp4"]


@dataclass
class Hammer:
    """One user in a hurry."""

    page: Any
    files: list[str]
    chance: random.Random
    done: list[str] = field(default_factory=list)
    missed: int = 0

    @property
    def told(self) -> str:
        """All acts, in order."""
        return "\n".join(f"{number} {act}" for number, act in enumerate(self.done))

    def act(self) -> None:
        """Something by chance; what is gone before it can be pressed is missed."""
        from playwright.sync_api import Error

        ways: list[tuple[int, Callable[[], str]]] = [
            (30, self._press), (14, self._open), (10, self._write), (10, self._key),
            (8, self._slide), (6, self._choose), (6, self._go), (4, self._step_back),
            (2, self._reload), (3, self._close_dialog), (10, self._look)]
        way = self.chance.choices([one for _, one in ways], [weight for weight, _ in ways])[0]
        try:
            self.done.append(way())
        except Error as error:
            self.missed += 1
            self.done.append(f"{way.__name__}: missed, {str(error).splitlines()[0]}")
        if self.chance.random() < 0.6:
            settled(self.page)

    def _any(self, selector: str) -> Any:
        """One of them by chance, in the dialog where one is open; None where there is none."""
        dialog = self.page.locator("[role=dialog]:visible")
        within = dialog.last if dialog.count() else self.page
        found = [one for one in within.locator(selector).all() if one.is_visible()]
        return self.chance.choice(found) if found else None

    def _press(self) -> str:
        button = self._any("button:not([disabled]), [role=tab], [role=radio], label")
        if button is None:
            return "nothing to press"
        name = " ".join((button.get_attribute("aria-label", timeout=1000)
                         or button.inner_text(timeout=1000)).split())
        if _LEFT_ALONE.search(name):
            return f"left {name} alone"
        button.click(timeout=2000)
        return f"pressed {name}"

    def _look(self) -> str:
        card = self._any(".cards button")
        if card is None:
            return "no cards"
        card.click(timeout=2000)
        return f"card {card.inner_text(timeout=1000)!r}"

    def _open(self) -> str:
        path = self.chance.choice(self.files)
        box = self.page.get_by_label("Path of a video or a folder")
        if not box.count():
            self.page.get_by_role("button", name="Open…").click(timeout=2000)
        box.fill(path, timeout=5000)
        box.press("Enter", timeout=2000)
        return f"opened {path!r}"

    def _write(self) -> str:
        box = self._any("input[type=text], input[type=number], textarea")
        if box is None:
            return "nothing to write in"
        number = box.get_attribute("type", timeout=1000) == "number"
        text = self.chance.choice(_NUMBERS if number else (*self.files, "ü {stem} <b>", "x" * 300))
        label = box.get_attribute("aria-label", timeout=1000)
        box.fill(text, timeout=2000)
        box.press(self.chance.choice(("Enter", "Tab")), timeout=2000)
        return f"wrote {text[:40]!r} into {label}"

    def _key(self) -> str:
        key = self.chance.choice(_KEYS)
        stage = self.page.locator(".stage")
        if stage.count() and self.chance.random() < 0.7:
            stage.first.focus(timeout=1000)
        self.page.keyboard.press(key)
        return f"key {key}"

    def _slide(self) -> str:
        slider = self._any("[role=slider]")
        if slider is None:
            return "no sliders"
        slider.focus(timeout=1000)
        key = self.chance.choice(("ArrowLeft", "ArrowRight", "Home", "End"))
        for _ in range(self.chance.randint(1, 6)):
            self.page.keyboard.press(key)
        return f"slid {slider.get_attribute('aria-label', timeout=1000)} by {key}"

    def _choose(self) -> str:
        box = self._any("[data-testid=stSelectbox] input")
        if box is None:
            return "nothing to choose"
        box.click(timeout=2000)
        options = self.page.locator("[role=option]")
        options.first.wait_for(timeout=2000)
        option = options.nth(self.chance.randrange(options.count()))
        name = option.inner_text(timeout=1000)
        option.click(timeout=2000)
        return f"chose {name}"

    def _go(self) -> str:
        name = self.chance.choice(_PAGES)
        self.page.get_by_role("link", name=name).click(timeout=2000)
        return f"page {name}"

    def _step_back(self) -> str:
        way = self.chance.choice(("go_back", "go_forward"))
        getattr(self.page, way)(timeout=20_000)
        self._there()
        return way

    def _reload(self) -> str:
        self.page.reload()
        self._there()
        return "reloaded"

    def _there(self) -> None:
        if self.page.url == "about:blank":  # back to before the app
            self.page.go_forward()
        self.page.locator("[data-testid=stMain]").wait_for()

    def _close_dialog(self) -> str:
        self.page.keyboard.press("Escape")
        return "Escape"


def test_no_act_breaks_a_page(server: Server, files: list[str], tmp_path: Path) -> None:
    with browsing(200 + _SECONDS_AN_ACT * ACTS) as page:
        faults = Faults(page, server)
        page.goto(server.address)
        page.get_by_role("heading", name="Choose a video").wait_for()
        hammer = Hammer(page, files, random.Random(SEED))
        for _ in range(ACTS):
            hammer.act()
            _check(page, faults, hammer, tmp_path / "broken.png")
        settled(page)
        _check(page, faults, hammer, tmp_path / "broken.png")
        assert hammer.missed < (1 - _LEAST) * ACTS, hammer.told


def _check(page: Any, faults: Faults, hammer: Hammer, picture: Path) -> None:
    found = faults.found()
    if not found and doubled(page):
        settled(page)  # a run that was on its way draws what remains
        found = [f"left over: {doubled(page)}"] if doubled(page) else []
    if found:
        page.screenshot(path=picture)
        pytest.fail("\n".join([*found, f"Seed {SEED}, picture {picture}, acts:", hammer.told]))
