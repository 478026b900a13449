"""The Dashboard as a person goes through it, without a browser."""

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import dropped, serving
from app.facts import took
from app.media import PictureStore
from app.press import Drawing, Press
from app.studio import ACTUAL, Studio
from core.jobs import Order, State
from core.jobs.claims import claim_next
from core.preview import render_still
from core.recipe import Recipe
from core.viewing import PREVIEW
from tests.clips import Film

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "dashboard.py"
pytestmark = pytest.mark.usefixtures("data")


def opened(film: Path | None = None) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    if film is not None:
        page.text_input("open.path").input(str(film)).run()
    assert not page.exception
    return page


def field(page: AppTest, key: str) -> Any:
    """Where its value was changed here, another takes its place, with a number after its key."""
    return next(one for one in page if str(getattr(one, "key", None)).split("~")[0] == key)


def texts(page: AppTest) -> str:
    return " ".join(one.value for one in (*page.text, *page.caption))


def test_first_of_all_a_video_is_chosen(film: Path) -> None:
    page = opened()
    assert page.header[0].value == "Choose a video"
    page.text_input("open.path").input("/nowhere.mp4").run()
    assert "nothing at /nowhere.mp4" in texts(page)
    assert "Check the path" in texts(page)
    page.text_input("open.path").input(str(film)).run()
    assert "320×180" in texts(page)
    assert not page.exception


def test_small_files_are_dropped_onto_it(film: Path, data: Path) -> None:
    page = opened()
    page.file_uploader[0].set_value([("../walk.mp4", film.read_bytes(), "video/mp4"),
                                     ("notes.mp4", b"no video", "video/mp4")]).run()
    assert not page.exception
    desk = page.session_state["desk"]
    assert desk.draft.sources == (data / "dropped" / "walk.mp4",)
    assert [path.name for path in (data / "dropped").iterdir()] == ["walk.mp4"]
    assert "notes.mp4" in texts(page)
    assert not any(uploader.value for uploader in page.file_uploader)
    assert desk.open_dropped({"walk.mp4": film.read_bytes()})
    assert len(desk.draft.sources) == 1  # the very same file again
    desk.open_dropped({"walk.mp4": film.read_bytes() + b"free"})
    assert desk.draft.sources[1].name == "walk_2.mp4"


@pytest.mark.parametrize(("name", "kept"), [
    ("walk.mp4", "walk.mp4"), ("../../etc/passwd", "passwd"), ("C:\\films\\a.MOV", "a.mov"),
    ("CON.mp4", "_CON.mp4"), ("a:b?.mkv", "a_b_.mkv"), (". .mp4", "video.mp4"), ("", "video"),
    ("x" * 300 + ".webm", "x" * 120 + ".webm"), ("a.m/p4", "p4"), ("a.<b>", "a.b")])
def test_dropped_names_are_made_safe(name: str, kept: str) -> None:
    assert dropped.safe(name) == kept


@pytest.mark.parametrize(("milliseconds", "said"), [
    (0.4, "0 ms"), (15.2, "15 ms"), (999.4, "999 ms"), (999.6, "1.0 s"), (29299, "29.3 s")])
def test_how_long_a_drawing_took_can_be_read_at_a_glance(milliseconds: float, said: str) -> None:
    assert took(milliseconds) == said


def test_a_look_is_tuned_taken_back_and_there_after_a_refresh(film: Path) -> None:
    page = opened(film)
    assert page.button("add").disabled
    page.session_state["desk"].pick_look("pencil")
    page.run()
    slider = field(page, "param.0.0.pencil.shading")
    assert (slider.label, slider.value, slider.min, slider.max) == ("Shading", 0.8, 0.0, 1.0)
    slider.set_value(0.3).run()
    assert field(opened(), "param.0.0.pencil.shading").value == 0.3
    page.button("undo").click().run()
    assert field(page, "param.0.0.pencil.shading").value == 0.8
    page.button("redo").click().run()
    page.button("reset").click().run()
    assert field(page, "param.0.0.pencil.shading").value == 0.8
    assert not page.exception


@pytest.mark.long
@pytest.mark.parametrize("look", ["comic", "cinematic"])
def test_every_kind_of_field_can_be_set(film: Path, look: str) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    desk.pick_look(look)
    page.run()
    if look == "comic":
        field(page, "param.0.0.comic.dot_shape").select("line").run()
        field(page, "param.0.0.comic.angles.1").set_value(60.0).run()
        assert desk.layer.params["dot_shape"] == "line"
        assert desk.layer.params["angles"] == (15.0, 60.0, 0.0, 45.0)
    else:
        field(page, "param.0.0.cinematic.lut_path").input("/nowhere/x.cube").run()
        assert "x.cube" in texts(page)  # said, and the page still works
        field(page, "param.0.0.cinematic.lut_path").input("").run()
        assert "x.cube" not in texts(page)
    assert not page.exception


def test_every_pixel_is_shown_as_it_will_be_rendered(tmp_path: Path) -> None:
    large = Film(size=(1000, 760), frames=2, codec="ffv1").write(tmp_path / "large.mkv")
    recipe = Recipe.build({"layers": [{"style": "pencil"}]})
    pictures = PictureStore()
    studio = Studio(pictures)
    small, seen = (studio.styled(large, 1, recipe, side) for side in (PREVIEW, ACTUAL))
    assert (small.width, small.height) == (947, 720)
    assert (seen.width, seen.height) == (1000, 760)
    jpeg = np.frombuffer(pictures.find(seen.address.rsplit("/", 1)[1]) or b"", np.uint8)
    picture = cv2.cvtColor(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    off = np.abs(picture.astype(int) - render_still(large, recipe, Fraction(1, 25)))
    assert np.mean(off) < 1.5
    studio.close()
    page = opened(large)
    assert not page.session_state["desk"].actual
    page.session_state["desk"].act({"kind": "actual", "on": True})
    assert not page.run().exception
    assert page.session_state["desk"].actual


def test_several_looks_go_into_the_queue_one_job_each(film: Path, tmp_path: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    desk.pick_look("pencil")
    desk.pick_look("cinematic")
    page.run()
    field(page, "out.folder").input(str(tmp_path / "results")).run()
    page.button("check").click().run()
    assert "50 frames" in texts(page)
    assert texts(page).count("needs an NVIDIA GPU") == 1  # what is so for all is said once
    assert page.button("add").label == "Add 2 jobs to the queue"
    page.button("add").click().run()
    assert not page.exception
    jobs = serving.jobs().list()
    assert [job.target.name for job in jobs] == ["walk_pencil.mp4", "walk_cinematic.mp4"]
    assert {job.state for job in jobs} == {State.QUEUED}
    assert jobs[0].order.recipe.layers == desk.draft.takes[0]
    page.button("add").click().run()
    assert serving.jobs().list()[2].target.name == "walk_pencil_2.mp4"
    field(page, "out.name").input("{stem} {nothing}").run()
    assert "There is no {nothing} in a name" in texts(page)
    field(page, "out.name").input("{style} for {stem}").run()
    page.button("add").click().run()
    assert serving.jobs().list()[4].target.name == "pencil for walk.mp4"


def test_a_waiting_job_is_changed_and_one_that_began_is_not(film: Path, tmp_path: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    desk.pick_look("pencil")
    desk.set("folder", tmp_path)
    page.run()
    page.button("add").click().run()
    [job] = serving.jobs().list()
    page.session_state["reuse"] = job.id
    page.run()
    desk.set_param("shading", 0.25)
    page.button("save-job").click().run()
    [job] = serving.jobs().list()
    assert job.order.recipe.layers[0].params["shading"] == 0.25
    assert job.target.name == "walk_pencil.mp4"
    page.session_state["reuse"] = job.id
    page.run()
    assert claim_next(serving.jobs(), lambda _: True) is not None
    page.button("save-job").click().run()
    assert "running" in texts(page)
    assert not page.exception


def test_a_result_is_measured_where_that_is_switched_on(film: Path, tmp_path: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    desk.pick_look("pencil")
    desk.set("folder", tmp_path)
    page.run()
    assert not field(page, "out.metrics").value
    page.button("add").click().run()
    field(page, "out.metrics").set_value(True).run()
    page.button("add").click().run()
    assert field(opened(), "out.metrics").value  # after a refresh as well
    plain, measured = serving.jobs().list()
    assert plain.order.render_options.metrics is None
    assert measured.order.render_options.metrics == 0  # as many moments as its length asks for
    page.session_state["reuse"] = plain.id
    assert not field(page.run(), "out.metrics").value
    asked = dataclasses.replace(measured.order.render_options, metrics=12)
    job = serving.jobs().edit(measured.id, Order.render(film, measured.target,
                                                        measured.order.recipe, asked))
    page.session_state["reuse"] = job.id
    assert field(page.run(), "out.metrics").value
    page.button("save-job").click().run()
    assert serving.jobs().get(job.id).order.render_options.metrics == 12  # as the command line said
    field(page, "out.metrics").set_value(False).run()
    assert desk.draft.options.metrics is None
    assert not page.exception


def test_a_folder_that_cannot_be_made_is_said(film: Path) -> None:
    page = opened(film)
    page.session_state["desk"].pick_look("pencil")
    page.session_state["desk"].set("folder", Path("/proc/none/here"))
    page.run()
    page.button("add").click().run()
    assert "cannot be made" in texts(page)
    assert serving.jobs().list() == []


def test_a_name_is_never_markup(film: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "<img src=x onerror=alert(1)> **b** [l](x).mp4"
    hostile.write_bytes(film.read_bytes())
    page = opened(hostile)
    page.session_state["desk"].pick_look("pencil")
    page.run()
    page.button("check").click().run()
    assert hostile.name in [text.value for text in page.text]  # as it is, where text is text
    marked = [one.value for one in (*page.markdown, *page.caption, *page.title, *page.header)]
    assert not any("onerror=" in text or "**" in text for text in marked)


def test_a_file_that_vanishes_is_said_and_another_can_be_opened(film: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(film.read_bytes())
    page = opened(gone)
    serving.studio().close()
    gone.unlink()
    serving.studio.cache_clear()
    page.run()
    assert not page.exception
    assert "gone.mp4" in texts(page)
    page.button("close").click().run()
    assert page.header[0].value == "Choose a video"


def test_trimming_is_taken_back_by_clearing_the_field(film: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    assert field(page, "out.start").value is None
    field(page, "out.start").set_value(1.0).run()
    assert desk.draft.start == 1.0
    field(page, "out.start").set_value(None).run()
    assert desk.draft.start is None
    assert field(page, "out.start").value is None
    desk.set("start", 0.5)
    assert field(page.run(), "out.start").value == 0.5
    page.button("undo").click().run()
    assert field(page, "out.start").value is None
    assert not page.exception


def test_checking_makes_no_folder(film: Path, tmp_path: Path) -> None:
    own = tmp_path / "films" / film.name
    own.parent.mkdir()
    own.write_bytes(film.read_bytes())
    page = opened(own)
    page.session_state["desk"].pick_look("pencil")
    page.run()
    field(page, "out.folder").input("results/today").run()
    folder = own.parent / "results" / "today"
    assert field(page, "out.folder").value == str(folder)  # beside the video, and to be seen
    page.button("check").click().run()
    assert "50 frames" in texts(page)
    assert list(own.parent.iterdir()) == [own]
    page.button("add").click().run()
    assert [job.target for job in serving.jobs().list()] == [folder / "walk_pencil.mp4"]


def test_a_preset_leaves_what_was_chosen_from_disk(film: Path, tmp_path: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    painting = tmp_path / "mine.png"
    cv2.imwrite(str(painting), np.full((64, 64, 3), 128, np.uint8))
    desk.pick_look("paint")
    desk.set_param("style_image", str(painting))
    desk.set_laid_on("mask", str(painting))
    for name in ("broad", ""):
        desk.pick_preset(name)
        assert desk.layer.params["style_image"] == painting
    desk.reset()
    assert (desk.layer.params["style_image"], desk.layer.mask) == (painting, painting)
    assert desk.problem is None


def test_presets_are_drawn_with_the_painting_and_the_layer_below(
        film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Recipe] = []
    ask = Press.ask

    def heard(press: Press, path: Path, number: int, recipe: Recipe) -> Drawing:
        asked.append(recipe)
        return ask(press, path, number, recipe)

    monkeypatch.setattr(Press, "ask", heard)
    page = opened(film)
    desk = page.session_state["desk"]
    desk.pick_look("pencil")
    desk.lay_over("cinematic")
    desk.set_param("lut_path", str(tmp_path / "mine.cube"))
    asked.clear()
    page.run()
    presets_ = [one.layers[1] for one in asked if len(one.layers) == 2 and one.layers[1].preset]
    assert len(presets_) > 1
    assert {str(layer.params["lut_path"]) for layer in presets_} == {str(tmp_path / "mine.cube")}
