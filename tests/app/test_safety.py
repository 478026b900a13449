"""Pages stay usable: nothing open, nothing to undo, the same error twice, callbacks that fail."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import JobError

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "dashboard.py"
pytestmark = pytest.mark.usefixtures("data")


def opened(*films: Path) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    page.session_state["desk"].open(list(films))
    return page.run()


def texts(page: AppTest) -> list[str]:
    return [one.value for one in (*page.text, *page.caption, *page.header)]


def copies(film: Path, folder: Path, count: int) -> list[Path]:
    """Of one name, in folders of their own."""
    made = [folder / str(number) / film.name for number in range(count)]
    for path in made:
        path.parent.mkdir()
        path.write_bytes(film.read_bytes())
    return made


def test_the_first_page_is_back_once_the_last_video_is_closed(film: Path) -> None:
    page = opened(film)
    page.button("close").click().run()
    assert not page.exception
    assert "Choose a video" in texts(page)


def test_undoing_to_nothing_leads_to_the_first_page_and_back(film: Path) -> None:
    page = opened(film)
    page.session_state["desk"].pick_look("pencil")
    page.run()
    for _ in range(2):
        page.button("undo").click().run()
        assert not page.exception
    assert "Choose a video" in texts(page)
    page.button("redo").click().run()
    assert film.name in texts(page)
    assert not page.exception


def test_an_act_of_a_viewer_that_is_gone_is_no_error(film: Path) -> None:
    page = opened(film)
    desk, acts = page.session_state["desk"], page.session_state["acts"]
    desk.undo()
    page.run()
    acts.hear({"session": acts.session, "acts": [
        {"number": 1, "to": "viewer", "wish": {"kind": "undo"}},
        {"number": 2, "to": "looks", "wish": "pencil"},
        {"number": 3, "to": "nothing", "wish": None}]})
    assert not page.run().exception
    assert acts.done == 3


def test_a_label_of_a_file_that_was_closed_chooses_nothing(film: Path, tmp_path: Path) -> None:
    page = opened(*copies(film, tmp_path, 3))
    assert page.selectbox[0].options == ["walk.mp4", "walk.mp4 (2)", "walk.mp4 (3)"]
    page.selectbox[0].set_value(1).run()
    desk = page.session_state["desk"]
    assert desk.draft.shown == 1
    said = page._tree.get_widget_states()
    for one in said.widgets:
        if one.string_value == "walk.mp4 (2)":
            one.string_value = "closed.mp4"
    assert "closed.mp4" in str(said)
    page._run(said)
    assert not page.exception
    assert desk.draft.shown == 1


def test_the_same_error_is_shown_twice_without_a_clash(film: Path) -> None:
    page = opened(film)
    desk = page.session_state["desk"]
    assert not desk.open_typed("/nowhere.mp4")
    page.run()
    assert not page.exception
    page.button("open").click().run()
    assert not page.exception
    page.text_input("open.path").input("/nowhere.mp4").run()
    assert not page.exception
    assert "nothing at /nowhere.mp4" in " ".join(texts(page))


def test_a_second_dialog_stays_open_after_a_video_was_opened_in_the_first(
        film: Path, tmp_path: Path) -> None:
    [other] = copies(film, tmp_path, 1)
    page = opened(film)
    page.button("open").click().run()
    page.text_input("open.path").input(str(other)).run()
    assert page.session_state["desk"].draft.source == other
    page.button("open").click().run()
    assert [box.key for box in page.text_input if box.key == "open.path"]


def fails(kind: type[Exception]) -> None:
    raise kind("It is <b>broken</b>.")


def _page_of_one_button() -> None:
    import streamlit as st

    from app.components import problem
    from tests.app.test_safety import fails

    with problem.part("page"):
        st.button("Fail", on_click=problem.safe(fails), args=(st.session_state["kind"],))
        st.button("Work", on_click=problem.safe(str))
        st.text("The rest of the page")


@pytest.mark.parametrize("kind", [JobError, KeyError])
def test_what_fails_in_a_callback_is_said_until_the_next(
        kind: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    page = AppTest.from_function(_page_of_one_button)
    page.session_state["kind"] = kind
    with caplog.at_level(logging.CRITICAL, "brushreel.edge"):
        page.run().button[0].click().run()
    assert not page.exception
    assert "<b>broken</b>" in page.text[0].value
    assert page.text[-1].value == "The rest of the page"
    assert page.run().text[0].value != "The rest of the page"  # it stays for a while
    page.button[1].click().run()
    assert [text.value for text in page.text] == ["The rest of the page"]

