"""Finished renders measured by the worker while it has nothing to do, as the pages see them."""

import json
import os
from pathlib import Path

import pytest

from app import serving
from app.lab import results
from core import settings
from core.jobs import JobStore
from feedback.quality import QualityLog
from scripts import cli, idle_measuring, work
from tests.app.test_lab import done

pytestmark = pytest.mark.usefixtures("data")


def test_it_is_wanted_unless_it_was_turned_off(tmp_path: Path) -> None:
    assert "measure-renders" in work._idle_command(tmp_path / "queue.db")
    settings.save(settings.Settings(measure_renders=False))
    assert work._idle_command(tmp_path / "queue.db") == ()


def test_what_ends_by_request_is_tried_again_and_what_crashes_is_not(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "metrics" / "one.json"
    begun = idle_measuring._Begun()
    with begun.on(place):
        assert place.exists()  # a crash would leave it
        monkeypatch.setattr(os, "read", lambda *_: b"")
        monkeypatch.setattr(os, "_exit", lambda _: None)
        begun.end_when_asked()
        assert not place.exists()


@pytest.mark.long
def test_finished_renders_are_measured_for_the_style_lab_and_analytics(
        film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_measuring._Begun, "end_when_asked", lambda _: None)
    good = done(serving.jobs(), film, tmp_path, "pencil")
    done(serving.jobs(), film, tmp_path, "ink").write_bytes(b"no video")
    queue = serving.jobs().path
    with JobStore(queue) as store:
        assert len(list(idle_measuring.unmeasured(store))) == 2
        assert cli.main(["measure-renders", "--queue", str(queue)]) == 0
        assert list(idle_measuring.unmeasured(store)) == []
    by_style = {one.style: one for one in results(serving.jobs())}
    timeline = serving.measurements().of(by_style["pencil"])
    assert timeline is not None and timeline.values["ssim"] == pytest.approx(1)
    assert serving.measurements().of(by_style["ink"]) is None
    assert [one.output for one in QualityLog().read()] == [good.name]
    idle_measuring.place_of(film, good, None, None).unlink()  # the cache was emptied
    assert cli.main(["measure-renders", "--queue", str(queue)]) == 0
    assert [one.output for one in QualityLog().read()] == [good.name]
    assert not list(tmp_path.glob("*.json"))  # nothing was left beside the renders
    assert json.loads(idle_measuring.place_of(film, good, None, None).read_text())["values"]
