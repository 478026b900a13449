"""The plain recipes do what they are named for, and what stands beside them draws."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.filters import gaussian

from core.io.filters import FilterGraph, Step
from scripts.bench import plain
from scripts.bench.rivals import rivals

SIZE = (320, 180)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return cv2.resize(data.astronaut()[:288], SIZE, interpolation=cv2.INTER_AREA)


def flat(value: int) -> np.ndarray:
    return np.full((60, 80, 3), value, np.uint8)


def test_pencil_is_a_color_dodge(photo: np.ndarray) -> None:
    gray = photo @ (0.299, 0.587, 0.114)
    blurred = gaussian(255 - gray, 5, mode="mirror", truncate=4)
    expected = np.clip(256 * gray / np.maximum(255 - blurred, 1), 0, 255)
    drawn = plain.pencil(photo, sigma=5)
    assert np.ptp(drawn, axis=2).max() == 0
    assert np.abs(drawn[..., 0] - expected).mean() < 1.5
    assert (plain.pencil(flat(120)) == 255).all()


def test_cartoon_has_as_many_colors_as_asked_for_and_black_lines(photo: np.ndarray) -> None:
    drawn = plain.cartoon(photo, num_colors=6)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) in (6, 7)
    edges = cv2.Canny(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), 50, 150) > 0
    assert (drawn[edges] == 0).all()
    assert np.array_equal(drawn, plain.cartoon(photo, num_colors=6))


def test_comic_prints_full_inks_alone_and_more_of_them_for_darker_tones(photo: np.ndarray) -> None:
    assert set(np.unique(plain.comic(photo))) == {0, 255}
    means = [plain.comic(flat(value)).mean() for value in range(0, 256, 15)]
    assert means == sorted(means)
    assert means[0] < 1 and means[-1] == 255


def identity(size: int) -> np.ndarray:
    axis = np.linspace(0, 1, size, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)


def test_cinematic_with_nothing_on_is_its_curve(photo: np.ndarray) -> None:
    drawn = plain.cinematic(photo, identity(17), bloom=0, grain=0, vignette=0)
    x = photo / 255
    assert np.abs(drawn - 255 * x * x * (3 - 2 * x)).max() <= 0.51


def test_cinematic_darkens_corners_lights_lights_and_grains(photo: np.ndarray) -> None:
    def drawn(**values: float) -> np.ndarray:
        return plain.cinematic(photo, identity(9), **{
            "bloom": 0, "grain": 0, "vignette": 0, **values}).astype(int)

    shaded = drawn() - drawn(vignette=0.4)
    assert shaded.min() >= 0 and shaded[:9, :9].mean() > 4 * abs(shaded[85:95, 155:165].mean())
    glowing = drawn(bloom=0.5) - drawn()
    assert glowing.min() >= 0 and glowing.max() > 10
    grained = drawn(grain=0.02) - drawn()
    assert grained.std() == pytest.approx(0.02 * 255, rel=0.25)


def test_a_lut_is_what_ffmpeg_makes_of_it(photo: np.ndarray, tmp_path: Path) -> None:
    """FFmpeg's own trilinear interpolation is the judge; it rounds down."""
    [ffmpeg] = [rival for rival in rivals("cinematic", SIZE, tmp_path) if rival.kind == "FFmpeg"]
    assert ffmpeg.name == "lut3d + gblur + noise + vignette"
    lut = (tmp_path / "film.cube").as_posix().replace(":", r"\:")
    judge = FilterGraph([Step("lut3d", f"file={lut}:interp=trilinear")], *SIZE)
    ours = 255 * plain.trilinear(photo / 255, plain.film_lattice())
    assert np.abs(judge(photo) - ours).max() <= 1.01


@pytest.mark.parametrize("look", ["pencil", "cartoon", "comic", "cinematic", "ink", "oil"])
def test_every_rival_draws(look: str, photo: np.ndarray, tmp_path: Path) -> None:
    found = list(rivals(look, SIZE, tmp_path))
    assert ("plain" in [rival.kind for rival in found]) is (look in plain.RECIPES)
    for rival in found:
        for _ in range(2):
            drawn = rival.draw(photo)
            assert (drawn.shape, drawn.dtype) == (photo.shape, np.uint8), rival
            assert not np.array_equal(drawn, photo), rival


def test_graphs_branch_and_join(photo: np.ndarray) -> None:
    assert np.array_equal(FilterGraph([Step("negate")], *SIZE)(photo), 255 - photo)
    half = FilterGraph([Step("split"), Step("negate", "", (1,)),
                        Step("blend", "all_mode=average", (1, 2))], *SIZE)
    assert np.abs(half(photo).astype(int) - 127).max() <= 1
    with pytest.raises(ValueError, match="no-such-filter"):
        FilterGraph([Step("no-such-filter")], *SIZE)
