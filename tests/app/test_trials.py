"""Previews before the rest of the queue, and measured contact sheets."""

import time
from fractions import Fraction
from pathlib import Path

import pytest

from app import previewing, serving
from app.contact import ContactSheet
from app.draft import Draft, layer_of
from app.footage import Footage, plays
from app.media import MediaLibrary
from core.errors import InvalidParameter
from core.io import VideoProbe
from core.jobs import ENDED, HIGH, PREVIEW, Order
from core.jobs.claims import claim_next
from core.recipe import Recipe
from tests.clips import Film

pytestmark = pytest.mark.usefixtures("data")
PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})


def test_a_preview_goes_before_all_others_and_is_asked_for_once(film: Path, tmp_path: Path
                                                               ) -> None:
    store = serving.jobs()
    store.add(Order.render(film, tmp_path / "long.mp4", PENCIL))
    draft = Draft(sources=(film,), takes=((layer_of("pencil"),),))
    first = previewing.begun(draft, store, Fraction(3, 2), 1, Fraction(2))
    again = previewing.begun(draft, store, Fraction(3, 2), 1, Fraction(2))
    assert first == again
    assert (first.start, first.end, first.ready) == (1.0, 2.0, False)
    [head, _] = store.list()
    assert (head.id, head.priority, head.kind) == (first.job, HIGH, PREVIEW)
    assert head.order.recipe.output.codec == "h264"
    first.path.write_bytes(b"done")
    there = previewing.begun(draft, store, Fraction(3, 2), 1, Fraction(2))
    assert (there.ready, there.job) == (True, None)
    claim = claim_next(store, lambda job: job.kind == PREVIEW)
    assert claim is not None
    claim.finish({}, [])
    previewing.tidied(there, store)
    assert first.job not in [job.id for job in store.list()]


def test_a_preview_that_nobody_watches_is_cancelled(film: Path) -> None:
    store = serving.jobs()
    draft = Draft(sources=(film,), takes=((layer_of("pencil"),),))
    previewing.given_up(previewing.begun(draft, store, Fraction(0), 1, Fraction(2)), store)
    assert [job.state in ENDED for job in store.list()] == [True]


def test_another_look_is_another_preview(film: Path) -> None:
    store = serving.jobs()
    paths = {previewing.begun(Draft(sources=(film,), takes=((layer_of(look),),)), store,
                              Fraction(0), 1, Fraction(2)).path for look in ("pencil", "ink")}
    assert len(paths) == 2
    with pytest.raises(InvalidParameter):
        previewing.begun(Draft(sources=(film,)), store, Fraction(0), 1, Fraction(2))


@pytest.mark.long
def test_a_contact_sheet_measures_every_quality(film: Path) -> None:
    sheet = ContactSheet(film, [PENCIL], Fraction(0), Fraction(2), Fraction(25))
    until = time.monotonic() + 300
    while not sheet.done:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert [cell.recipe.preset for cell in sheet.cells] == ["speed", "balanced", "quality"]
    for cell in sheet.cells:
        assert not cell.error
        assert cell.fps is not None and cell.seconds is not None and cell.size is not None
        assert cell.seconds == pytest.approx(50 / cell.fps)
        assert 1000 < cell.size < 10_000_000


@pytest.mark.long
def test_a_contact_sheet_says_what_cannot_be_measured(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    sheet = ContactSheet(tmp_path / "text.mp4", [PENCIL], Fraction(0), Fraction(2), Fraction(25))
    until = time.monotonic() + 120
    while not sheet.done:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert all("text.mp4" in cell.error for cell in sheet.cells)


def test_what_browsers_do_not_play_gets_a_proxy(tmp_path: Path, film: Path) -> None:
    archive = Film(size=(321, 181), frames=10, codec="ffv1", pixel_format="yuv444p10le"
                   ).write(tmp_path / "archive.mkv")
    assert plays(VideoProbe.probe(film))
    assert not plays(VideoProbe.probe(archive))
    footage = Footage(MediaLibrary(), tmp_path / "proxies")
    assert not footage.of(film).proxy
    until = time.monotonic() + 60
    while not (found := footage.of(archive)).address:
        assert found.error is None
        assert time.monotonic() < until
        time.sleep(0.05)
    footage.close()
    assert found.proxy
    [proxy] = (tmp_path / "proxies").glob("*.mp4")
    known = VideoProbe.probe(proxy)
    assert plays(known)
    assert (known.width, known.height, known.frames) == (320, 180, 10)
