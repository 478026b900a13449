"""Drawings on twos and threes: which frames are drawn, what is held, and what stays live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidParameter
from core.pipeline import Pipeline
from core.recipe import Recipe
from core.render.hold import Exposure
from core.scenes import Decision
from stylizers.pencil import PencilStylizer
from tests import reels
from tests.clips import Film, pictures_of, times_of

FRAMES = 24


@pytest.fixture(autouse=True)
def _looks():
    with reels.extra_looks():
        yield


def drawn_at(count: int, hold: int, cuts: tuple[int, ...], flashes: tuple[int, ...]) -> list[int]:
    """The frame that each frame shows the drawing of."""
    shown, started = [], 0
    for number in range(count):
        if number in cuts or number - 1 in flashes or number in flashes:
            started = number
        shown.append(number - (number - started) % hold)
    return shown


@pytest.mark.parametrize("hold", [1, 2, 3])
def test_every_shot_begins_with_a_drawing_and_flashes_are_their_own(hold: int) -> None:
    exposure, shown = Exposure(hold, {}), []
    for number in range(180):
        cut, flash = number in reels.FLASH_CUTS, number in reels.FLASHES
        repeats = exposure.repeats(Decision(cut, flash))
        shown.append(shown[-1] if repeats else number)
        exposure = Exposure(hold, exposure.to_arrays())
    assert shown == drawn_at(180, hold, reels.FLASH_CUTS, reels.FLASHES)


def colored(number: int, shape: tuple[int, int], bits: int) -> np.ndarray:
    """Every frame another, without any that could be a cut; chroma too."""
    rows, columns = np.indices(shape)
    base = 110 if shape[1] > 32 else 120
    return (base + 20 * np.sin((columns + 3 * number) / shape[1] * 6) + rows % 3).astype(int) << (
        bits - 8)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return Film(frames=FRAMES, paint=colored, pixel_format="yuv444p").write(tmp_path / "film.mkv")


def rendered(film: Path, hold: int, **layer) -> list[tuple[np.ndarray, ...]]:
    target = film.with_name(f"{hold}.mkv")
    recipe = Recipe.build({"layers": [{"style": "numbers", **layer}], "hold": hold,
                           "temporal": {"mode": "off"}, "output": {"codec": "ffv1"}})
    result = Pipeline(film, target, recipe=recipe, overwrite=True).process()
    assert result.frames == FRAMES
    assert times_of(target) == times_of(film)
    return pictures_of(target)


def off(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference below what the look prints."""
    return float(np.abs(one[8:].astype(float) - other[8:]).max())


@pytest.mark.parametrize("hold", [2, 3])
def test_held_frames_show_the_drawing_under_their_own_finish(film: Path, hold: int) -> None:
    shown, source = rendered(film, hold), pictures_of(film)
    for number, picture in enumerate(shown):
        drawing = number - number % hold
        assert all(off(a, b) == 0 for a, b in zip(picture, source[drawing], strict=True))
        for place, index in ((1, drawing), (3, number)):
            level = picture[0][:8, 8 * place:8 * place + 8].mean()
            assert round((level - 16) * 255 / 219) in range(29 + 3 * index, 32 + 3 * index)


def test_strength_lays_the_drawing_over_the_picture_of_now(film: Path) -> None:
    source = pictures_of(film)
    for number, picture in enumerate(rendered(film, 3, strength=0.5)):
        drawing = source[number - number % 3]
        for plane, now, then in zip(picture, source[number], drawing, strict=True):
            assert off(plane, (now.astype(float) + then) / 2) <= 0.5


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_kept_colors_are_those_the_drawing_was_made_from(film: Path, strength: float) -> None:
    """So that color and line do not part; what is live of the picture has its own."""
    source = pictures_of(film)
    shown = rendered(film, 2, strength=strength, keep_colors=True)
    for number, picture in enumerate(shown):
        drawing = source[number - number % 2]
        for plane, now, then in zip(picture[1:], source[number][1:], drawing[1:], strict=True):
            expected = strength * then.astype(float) + (1 - strength) * now
            assert off(plane, expected) <= (0.5 if strength < 1 else 0)


def test_outside_a_mask_the_picture_stays_live(film: Path) -> None:
    mask = Film(frames=1, pixel_format="gray", size=(64, 48),
                paint=lambda _, shape, __: np.indices(shape)[1] // (shape[1] // 2) * 255)
    source = pictures_of(film)
    shown = rendered(film, 2, mask=str(mask.write(film.with_name("mask.mkv"))))
    for number, picture in enumerate(shown):
        for plane, now, then in zip(picture, source[number], source[number - number % 2],
                                    strict=True):
            assert off(plane[:, :32], now[:, :32]) == 0
            assert off(plane[:, 32:], then[:, 32:]) == 0


def test_identity_holds_nothing(film: Path) -> None:
    assert all(off(a, b) == 0 for picture, source in zip(
        rendered(film, 2, style="identity"), pictures_of(film), strict=True)
        for a, b in zip(picture, source, strict=True))


@pytest.mark.parametrize("hold", [1, 2, 3])
def test_held_frames_are_not_drawn_again(film: Path, hold: int,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, list[int]] = {"analyze": [], "render": [], "finish": []}
    for name, frames in asked.items():
        step = getattr(PencilStylizer, name)

        def watched(self, frame, *rest, step=step, frames=frames):
            frames.append(frame.index)
            return step(self, frame, *rest)

        monkeypatch.setattr(PencilStylizer, name, watched)
    target = film.with_name("out.mkv")
    recipe = Recipe.build({"layers": [{"style": "pencil"}], "hold": hold, "temporal": {
        "mode": "ema"}, "output": {"codec": "ffv1"}})
    Pipeline(film, target, recipe=recipe, chunk_duration=30).process()
    drawn = list(range(0, FRAMES, hold))
    assert asked["analyze"] == drawn
    assert sorted(asked["render"]) == drawn
    assert sorted(asked["finish"]) == list(range(FRAMES))


def test_hold_is_part_of_the_recipe_and_of_what_chunks_are(film: Path) -> None:
    twos = Recipe.build({"layers": [{"style": "pencil"}], "hold": 2})
    assert Recipe.from_json(twos.portable()) == twos
    assert Recipe.build({"layers": [{"style": "pencil"}]}).hold == 1
    keys = {Pipeline(film, film.with_name("o.mkv"), recipe=twos.model_copy(update={"hold": hold}),
                     chunk_duration=1).plan().key for hold in (1, 2, 3)}
    assert len(keys) == 3
    with pytest.raises(InvalidParameter, match="hold"):
        Recipe.build({"layers": [{"style": "pencil"}], "hold": 4})
