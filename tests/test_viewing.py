"""Pictures of a video as the app looks at them, against the engine's own."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.color import ColorTags, Transfer
from core.errors import InputError
from core.io import VideoReader
from core.preview import render_still
from core.recipe import QUALITIES, QualityPreset, Recipe
from core.render.stack import Stack, look_of
from core.viewing import FrameStrip, displayed, draw
from tests.clips import Film, noise

FILM = Film(size=(160, 120), frames=60, codec="libx264", options={"g": "12", "qp": "10"})
PENCIL = Recipe.build({"layers": [{"style": "pencil"}]})


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FILM.write(tmp_path_factory.mktemp("film") / "film.mp4")


def test_every_picture_is_the_one_that_reading_along_gives(film: Path) -> None:
    with VideoReader(film) as reader:
        known = list(reader.read_frames())
    with FrameStrip(film) as strip:
        assert len(strip) == len(known)
        for number in (0, 1, 2, 40, 41, 5, 59, 58, 17):
            assert np.array_equal(strip.frame(number).image, known[number]), number


def test_only_so_much_is_kept(film: Path) -> None:
    with FrameStrip(film) as strip:
        size = strip.frame(0).image.nbytes
    with FrameStrip(film, room=3 * size) as strip:
        for number in range(60):
            strip.frame(number)
        assert strip._held <= 3 * size


def test_times_and_numbers_agree(film: Path) -> None:
    with FrameStrip(film) as strip:
        for number in (0, 7, 59):
            assert strip.number_at(strip.time_of(number)) == number
            assert strip.number_at(strip.time_of(number) + Fraction(1, 1000)) == number
        assert (strip.number_at(-5), strip.number_at(10**6)) == (0, 59)


def test_large_pictures_come_small(tmp_path: Path) -> None:
    film = Film(size=(640, 360), frames=3).write(tmp_path / "large.mkv")
    with FrameStrip(film, short_side=90) as strip:
        assert strip.frame(1).image.shape == (90, 160, 3)


def test_a_drawing_is_the_still_of_a_render(film: Path) -> None:
    """But for rounding: a render goes through planes, and back to R'G'B' to be looked at."""
    with FrameStrip(film) as strip:
        seen = draw(strip.frame(12), Stack([look_of(layer) for layer in PENCIL.layers]))
        still = render_still(film, PENCIL, strip.time_of(12))
    # Chroma of a drawing is neutral, so subsampling costs nothing here.
    assert np.abs(seen.astype(int) - still).max() <= 2


def test_a_drawing_at_full_size_heeds_the_detail_of_its_preset(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coarse = QualityPreset(effort="speed", detail=60, temporal="ema")
    monkeypatch.setattr("core.recipe.QUALITIES", {**QUALITIES, "speed": coarse})
    film = Film(size=(320, 240), frames=1, paint=noise).write(tmp_path / "film.mkv")
    recipe = PENCIL.model_copy(update={"preset": "speed"})
    still = render_still(film, recipe, Fraction(0)).astype(int)
    with FrameStrip(film, short_side=None) as strip:
        frame = strip.glance(0)
    assert np.abs(draw(frame, Stack.of(recipe), detail=60) - still).max() <= 2
    assert np.abs(draw(frame, Stack.of(recipe)) - still).max() > 20


def test_no_strength_shows_the_source_itself(film: Path) -> None:
    layer = PENCIL.layers[0].model_copy(update={"strength": 0.0})
    with FrameStrip(film) as strip:
        frame = strip.frame(3)
        assert draw(frame, Stack([look_of(layer)])) is frame.image


def test_what_is_no_video_says_so(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(InputError):
        FrameStrip(tmp_path / "text.mp4")


@pytest.mark.parametrize(("transfer", "white"), [(Transfer.PQ, 0.5807), (Transfer.HLG, 0.75)])
def test_diffuse_white_of_hdr_is_nearly_white_and_grey_stays_grey(transfer: Transfer, white: float
                                                                  ) -> None:
    """BT.2408 places diffuse white at 58 % of PQ and at 75 % of HLG."""
    levels = np.array([0, white * 65535, 65535], np.uint16)
    shown = displayed(np.repeat(levels[None, :, None], 3, 2), ColorTags(transfer=transfer))[0]
    assert np.ptp(shown.astype(int), axis=1).max() <= 2
    assert shown[0].max() == 0
    assert 220 <= shown[1].min() < shown[2].min()


def test_depth_is_rounded_for_the_screen() -> None:
    deep = np.array([[[0, 257, 65535]]], np.uint16)
    assert displayed(deep, ColorTags()).tolist() == [[[0, 1, 255]]]
