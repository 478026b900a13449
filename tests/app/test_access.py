"""Every page in both themes, in a real browser: contrast, names, and where the focus is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import paths, settings
from core.jobs import JobStore, Order
from core.recipe import Recipe
from tests.app.access import faint, nameless, unmarked
from tests.app.browser import browsing, served, worker_ended

pytestmark = pytest.mark.long
PAGES = {"": ".files", "queue": ".jobs li", "lab": "h2, h3", "trainer": "h3",
         "analytics": "h2, h3, [data-testid=stCaptionContainer]", "settings": "h3"}


@pytest.fixture(params=["dark", "light"])
def page(request: pytest.FixtureRequest, tmp_path: Path, film: Path,
         monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    data = tmp_path / "data"
    monkeypatch.setenv(paths.DATA_VARIABLE, str(data))
    settings.save(settings.Settings(theme=request.param))
    with JobStore(data / "queue.db") as store:
        recipe = Recipe.build({"layers": [{"style": "pencil"}]})
        job = store.add(Order.render(film, tmp_path / "walk_pencil.mp4", recipe))
        store.pause(job.id)
    with worker_ended(data), served(data, tmp_path / "server.log") as server, browsing() as shown:
        shown.address = server.address
        yield shown


def test_pages_can_be_read_heard_and_used_by_keys(page: Any, film: Path) -> None:
    for path, sign in PAGES.items():
        page.goto(f"{page.address}/{path}")
        page.locator(sign).first.wait_for()
        _check(page, path or "first")
    page.goto(page.address)
    box = page.get_by_label("Path of a video or a folder")
    box.fill(str(film))
    box.press("Enter")
    page.locator(".viewer .after[src]").wait_for()
    page.locator(".cards.wide button", has_text="Pencil").click()
    page.locator(".viewer .divider").wait_for()
    _check(page, "dashboard", steps=60)


def _check(page: Any, name: str, steps: int = 25) -> None:
    page.wait_for_timeout(1500)
    texts, low = faint(page)
    controls, without = nameless(page)
    assert texts > 5, name
    assert controls > 5, name
    assert low == [], f"{name}: too little contrast"
    assert without == [], f"{name}: no name"
    been, dark = unmarked(page, steps)
    assert len(been) > 5, name
    assert dark == [], f"{name}: the focus cannot be seen"
