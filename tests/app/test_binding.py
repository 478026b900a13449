"""What a browser says that has not heard yet of what was changed here, message by message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from app.desk import Desk

PAGE = Path(__file__).resolve().parents[2] / "app" / "pages" / "dashboard.py"
pytestmark = pytest.mark.usefixtures("data")


@pytest.fixture
def page(film: Path) -> AppTest:
    """The film in pencil, with its shading dragged from 0.8 to 0.3."""
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    page.text_input("open.path").input(str(film)).run()
    desk(page).pick_look("pencil")
    page.run()
    shading(page).set_value(0.3).run()
    return page


def desk(page: AppTest) -> Desk:
    kept = page.session_state["desk"]
    assert isinstance(kept, Desk)
    return kept


def shading(page: AppTest) -> Any:
    return next(slider for slider in page.slider if slider.label == "Shading")


def drawn(page: AppTest) -> WidgetStates:
    """What the browser would say of the page as it stands."""
    return page._tree.get_widget_states()


def pressed(said: WidgetStates, page: AppTest, button: str) -> WidgetStates:
    """The same, said by a click, which the browser puts after all that stands."""
    wanted = page.button(button).id
    message = WidgetStates(widgets=[one for one in said.widgets if one.id != wanted])
    message.widgets.add(id=wanted, trigger_value=True)
    return message


def stands(page: AppTest, value: float) -> bool:
    """The draft and the slider both hold it."""
    layer = desk(page).layer
    assert not page.exception
    return layer is not None and layer.params["shading"] == shading(page).value == value


def test_a_value_from_before_a_reset_is_no_change(page: AppTest) -> None:
    before = pressed(drawn(page), page, "undo")
    page.button("reset").click().run()
    assert stands(page, 0.8)
    steps = len(desk(page).history.past)
    page._run(before)
    assert stands(page, 0.3)
    assert len(desk(page).history.past) == steps - 1
    assert len(desk(page).history.future) == 1


def test_of_undo_and_redo_in_a_row_none_is_taken_back(page: AppTest) -> None:
    for button, value in (("reset", 0.8), ("undo", 0.3), ("redo", 0.8), ("undo", 0.3)):
        late = drawn(page)
        page.button(button).click().run()
        page._run(late)
        assert stands(page, value), button


def test_what_widgets_that_are_long_gone_still_say_is_no_change(page: AppTest) -> None:
    """A message may name all that were drawn while it was on its way."""
    late = WidgetStates()
    for button in ("reset", "undo"):
        late.widgets.extend(one for one in drawn(page).widgets if one.id == shading(page).id)
        page.button(button).click().run()
    page._run(late)
    assert stands(page, 0.3)


def test_what_is_really_set_before_a_reset_is_heard_of_counts(page: AppTest) -> None:
    slider = shading(page)
    page.button("reset").click().run()
    late = drawn(page)
    state = next(one for one in late.widgets if one.id == shading(page).id)
    state.id, state.double_array_value.data[:] = slider.id, [0.55]
    page._run(late)
    assert stands(page, 0.55)
    desk(page).undo()
    page.run()
    assert stands(page, 0.8)


def test_a_slider_is_sent_nothing_while_its_user_moves_it(page: AppTest) -> None:
    own = shading(page).id
    for value in (0.4, 0.5):
        shading(page).set_value(value).run()
        assert (shading(page).id, shading(page).proto.set_value) == (own, False)
        assert stands(page, value)
    page.button("reset").click().run()
    assert shading(page).id != own
    assert shading(page).proto.default == [0.8]


def test_two_numbers_of_one_parameter_set_in_one_message_both_count(page: AppTest) -> None:
    desk(page).pick_look("comic")
    page.run()
    for place, angle in ((1, 60.0), (2, 30.0)):
        page.number_input(f"param.1.0.comic.angles.{place}").set_value(angle)
    page.run()
    layer = desk(page).layer
    assert layer is not None
    assert layer.params["angles"] == (15.0, 60.0, 30.0, 45.0)


def test_strength_is_that_of_the_look_it_was_set_for(page: AppTest) -> None:
    late = next(slider for slider in page.slider if slider.label == "Strength").set_value(0.6)
    message = drawn(page)
    late.set_value(1.0)
    desk(page).pick_look("comic")
    page.run()
    page._run(message)
    assert [take[0].strength for take in desk(page).draft.takes] == [1.0, 1.0]


def as_act(act: tuple[str, Any]) -> dict[str, Any]:
    return {"to": act[0], "wish": act[1]}


RESET, UNDO = ("viewer", {"kind": "reset"}), ("viewer", {"kind": "undo"})


def test_acts_come_once_each_and_in_their_order(page: AppTest) -> None:
    """Those that found no answer are told again, whichever component tells the next."""
    acts = page.session_state["acts"]
    acts.hear({"session": acts.session, "acts": [{"number": 1, **as_act(RESET)}]})
    acts.hear({"session": acts.session, "acts": [
        {"number": place, **as_act(act)} for place, act in enumerate((RESET, UNDO, UNDO), 1)]})
    page.run()
    assert stands(page, 0.8)
    assert len(desk(page).history.future) == 2
    acts.hear({"session": acts.session, "acts": [
        {"number": 4, "to": "looks", "wish": "comic"}, {"number": 5, "to": "looks", "wish": "ink"},
        {"number": 6, "to": "presets", "wish": "pencil:charcoal"}]})
    assert desk(page).problem is None
    assert [take[0].style for take in desk(page).draft.takes] == ["pencil", "comic", "ink"]
    assert acts.done == 6
    acts.hear({"session": acts.session, "acts": [
        {"number": 7, "to": "looks", "wish": "pencil"},
        {"number": 8, "to": "presets", "wish": "pencil:charcoal"}]})
    assert desk(page).draft.takes[0][0].preset == "charcoal"


def test_what_was_told_to_an_earlier_session_is_not_done_again(page: AppTest) -> None:
    page.session_state["acts"].hear({"session": "gone", "acts": [{"number": 1, **as_act(RESET)}]})
    page.run()
    assert stands(page, 0.3)
