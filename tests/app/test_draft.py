"""What the Dashboard keeps: drafts, steps back and forth, and files that come and go."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.draft import Draft, DraftFile, changed, layer_of
from app.history import History
from app.media import MediaLibrary
from core.errors import InvalidParameter
from tests.clips import Film


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return Film(frames=3).write(tmp_path / "film.mkv")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _desk(tmp_path)


def _desk(folder: Path) -> Desk:
    return Desk(DraftFile(folder / "data" / "dashboard.json"), MediaLibrary())


def test_everything_is_there_again_after_a_refresh(desk: Desk, film: Path, tmp_path: Path) -> None:
    assert desk.open_typed(f'"{film}"')
    desk.pick_look("comic")
    desk.set_param("dot_size", 5.5)
    desk.set_laid_on("strength", 0.7)
    desk.lay_over("cinematic")
    desk.set("quality", "speed")
    desk.set_output("codec", "ffv1")
    desk.set_temporal(deflicker=0.5)
    desk.act({"kind": "seek", "number": 2})
    again = _desk(tmp_path)
    assert again.draft == desk.draft
    assert again.draft.recipe is not None
    assert again.draft.recipe.name() == "comic+cinematic"
    assert again.draft.recipe.layers[0].params["dot_size"] == 5.5


def test_a_damaged_draft_begins_anew_and_files_that_are_gone_are_left_out(
        desk: Desk, film: Path, tmp_path: Path) -> None:
    desk.open([film])
    desk.pick_look("pencil")
    film.unlink()
    again = _desk(tmp_path)
    assert (again.draft.sources, len(again.draft.takes)) == ((), 1)
    (tmp_path / "data" / "dashboard.json").write_text('{"takes": [[{"style": "gone"}]]}')
    assert _desk(tmp_path).draft == Draft()


def test_steps_are_taken_back_and_forth(desk: Desk, film: Path) -> None:
    desk.open([film])
    desk.pick_look("pencil")
    desk.set_param("shading", 0.2)
    desk.undo()
    assert desk.layer is not None
    assert desk.layer.params["shading"] == 0.8
    desk.redo()
    assert desk.layer.params["shading"] == 0.2
    desk.undo(), desk.undo(), desk.undo(), desk.undo()
    assert desk.draft == Draft()


def test_a_slider_dragged_is_one_step_and_moving_along_the_video_is_none() -> None:
    now = [0.0]
    history = History(Draft(takes=((layer_of("pencil"),),)), now=lambda: now[0])
    for value in (0.1, 0.2, 0.3):
        now[0] += 0.2
        history.put(history.draft.with_layer(changed(layer_of("pencil"), {"shading": value})), "a")
    now[0] += 10
    history.put(history.draft.with_(number=7))
    assert history.undo()
    assert history.draft.take == (layer_of("pencil"),)
    assert not history.undo()


def test_a_click_chooses_a_look_and_another_leaves_it_out(desk: Desk) -> None:
    for look, names in (("pencil", ["pencil"]), ("comic", ["pencil", "comic"]),
                        ("pencil", ["pencil", "comic"]), ("pencil", ["comic"])):
        desk.pick_look(look)
        assert [take[0].style for take in desk.draft.takes] == names
    assert desk.draft.active == 0


def test_a_look_can_be_varied_beside_itself(desk: Desk) -> None:
    desk.pick_look("pencil")
    desk.put(desk.draft.doubled())
    desk.pick_preset("charcoal")
    assert [take[0].preset for take in desk.draft.takes] == ["", "charcoal"]


def test_reset_gives_the_preset_back(desk: Desk) -> None:
    desk.pick_look("pencil")
    desk.pick_preset("charcoal")
    desk.set_param("shading", 0.01)
    desk.act({"kind": "reset"})
    assert desk.layer == layer_of("pencil:charcoal")


def test_a_preset_is_saved_under_its_name(desk: Desk) -> None:
    desk.pick_look("ink")
    desk.set_param("wash", 0.9)
    assert desk.save_preset("wet-evening", "Much wash.")
    assert layer_of("ink:wet-evening").params["wash"] == 0.9
    assert not desk.save_preset("No Name", "")
    assert desk.problem is not None


@pytest.mark.parametrize("typed", ["", "  ", "/nowhere/at/all.mp4", "~nobody-here/a.mp4", "a\0b"])
def test_what_is_typed_wrongly_is_said_and_changes_nothing(desk: Desk, typed: str) -> None:
    assert not desk.open_typed(typed)
    assert desk.problem is not None
    assert desk.problem.hint
    assert desk.draft == Draft()


def test_of_a_folder_the_videos_come_and_the_rest_is_said(desk: Desk, film: Path) -> None:
    (film.parent / "broken.mp4").write_bytes(b"no video")
    (film.parent / "notes.txt").write_text("x")
    assert desk.open_typed(str(film.parent))
    assert desk.draft.sources == (film,)
    assert desk.problem is not None
    assert "broken.mp4" in desk.problem.message


def test_values_out_of_range_are_refused_and_leave_the_draft(desk: Desk) -> None:
    desk.pick_look("pencil")
    before = desk.draft
    desk.set_param("shading", 7)
    assert isinstance(desk.problem, InvalidParameter)
    assert desk.draft == before
    desk.set("start", 5.0)
    desk.set("end", 2.0)
    assert (desk.draft.start, desk.draft.end) == (5.0, None)


def test_acts_nobody_knows_are_let_be(desk: Desk) -> None:
    for wish in ({}, {"kind": "delete"}, {"kind": "seek"}, {"kind": "seek", "number": "x"}):
        desk.act(wish)
    assert desk.draft == Draft()
