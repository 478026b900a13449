"""Copies of dropped videos: trimmed by age and size, but none that something still needs."""

import os
import time
from pathlib import Path

import pytest

from app import dropped, serving
from app.draft import Draft
from core.jobs import Order, State
from core.jobs.claims import claim_next
from core.recipe import Recipe

PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})
DAY = 24 * 3600


def copy(name: str, days: float, size: int = 100) -> Path:
    path = dropped.kept(name, bytes(size))
    os.utime(path, (time.time() - days * DAY,) * 2)
    return path


@pytest.mark.usefixtures("data")
def test_old_copies_go_but_none_that_is_needed(tmp_path: Path) -> None:
    store = serving.jobs()
    old, fresh, shown, undone, queued, failed, over = (
        copy(f"{name}.mp4", days, size) for size, (name, days) in enumerate((
            ("old", 40), ("fresh", 20), ("shown", 40), ("undone", 40), ("queued", 40),
            ("failed", 40), ("over", 40)), 100))
    for source in (over, failed, queued):
        store.add(Order.render(source, tmp_path / f"{source.stem}.out.mp4", PENCIL))
    claims = [claim_next(store, lambda _: True) for _ in range(2)]
    claims[0].finish({}, [])
    store.cancel(claims[1].number)
    claims[1].stopped()
    assert [job.state for job in store.list({State.QUEUED})] == [State.QUEUED]
    dropped.trim(store, [Draft(sources=(shown,)), Draft(sources=(undone,))])
    assert not old.exists() and not over.exists()
    assert all(path.exists() for path in (fresh, shown, undone, queued, failed))


@pytest.mark.usefixtures("data")
def test_the_oldest_go_when_they_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "_ROOM", 250)
    today, recent, needed, oldest = (
        copy(f"{days}.mp4", days) for days in (0.5, 3, 4, 5))
    dropped.trim(serving.jobs(), [Draft(sources=(needed,))])
    assert [path.exists() for path in (today, recent, needed, oldest)] == [
        True, True, True, False]
    monkeypatch.setattr(dropped, "_ROOM", 0)
    dropped.trim(serving.jobs(), [])
    assert list(dropped.folder().iterdir()) == [today]  # what is of today may be undone to


@pytest.mark.usefixtures("data")
def test_a_copy_that_is_dropped_again_is_used_again() -> None:
    path = copy("walk.mp4", 40)
    assert dropped.kept("walk.mp4", bytes(100)) == path
    dropped.trim(serving.jobs(), [])
    assert path.exists()
