"""Paper: where it lies, what it does to a drawing, and pictures of it that cannot be read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import UnreadableImage
from stylizers import PencilStylizer, paper
from tests.stylizers.stack import frame_of, photo

GREY = np.full((360, 640, 3), 128, np.uint8)


def finished(picture: np.ndarray, **values: object) -> np.ndarray:
    """`picture` laid on paper; the source frame under it is black."""
    look = PencilStylizer(use_texture=True, hatching=0, **values)
    frame = frame_of(np.zeros_like(picture))
    return look.finish(frame, picture, look.analyze(frame, None))


def save(path: Path, sheet: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, sheet[..., ::-1])[1].tobytes())
    return path


def test_grain_is_locked_to_the_screen() -> None:
    """Neither the drawing nor the source moves it: finish adds the same tooth to every frame."""
    look = PencilStylizer(use_texture=True)
    frames = [frame_of(photo(270, 480)), frame_of(np.roll(photo(270, 480), 40, axis=1))]
    laid = [look.finish(frame, np.full((270, 480, 3), 128, np.uint8), look.analyze(frame, None))
            for frame in frames]
    assert np.array_equal(*laid)


def test_render_knows_no_paper() -> None:
    frame = frame_of(photo())
    bare, grained = PencilStylizer(), PencilStylizer(use_texture=True)
    assert np.array_equal(bare.render(frame, bare.analyze(frame, None)),
                          grained.render(frame, grained.analyze(frame, None)))


def test_graphite_shows_the_tooth_most_in_the_middle_tones() -> None:
    black, grey, white = (finished(np.full((1080, 1080, 3), tone, np.uint8))[..., 1].std()
                          for tone in (0, 128, 255))
    assert white < 6 < black + 4 < grey
    assert 15 < grey < 45


def test_tones_keep_their_order_on_paper() -> None:
    means = [finished(np.full((400, 400, 3), tone, np.uint8)).mean() for tone in range(0, 256, 25)]
    assert means == sorted(means)


def test_generated_paper_repeats_without_a_seam() -> None:
    tooth = paper.generated().tooth
    inner = np.abs(np.diff(tooth, axis=0)).mean()
    assert np.abs(tooth[0] - tooth[-1]).mean() == pytest.approx(inner, rel=0.15)
    assert np.abs(tooth[:, 0] - tooth[:, -1]).mean() == pytest.approx(inner, rel=0.15)


def test_generated_paper_is_the_same_at_every_size() -> None:
    small = paper.lay(paper.generated(), 540, 540, (0.5, 0.5)).tooth
    large = paper.lay(paper.generated(), 2160, 2160, (2, 2)).tooth
    large = cv2.resize(large, (540, 540), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.98


def test_a_preview_shows_the_grain_of_the_render() -> None:
    small, large = (finished(np.full((side, side, 3), 128, np.uint8))[..., 1]
                    for side in (540, 2160))
    large = cv2.resize(large, (540, 540), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.95


def test_a_sheet_is_centered_at_one_pixel_per_reference_pixel() -> None:
    sheet = np.random.default_rng(5).integers(0, 65536, (1200, 2000, 3)).astype(np.uint16)
    large = paper.Paper(sheet, sheet[..., 0].astype(np.float32), False)
    laid = paper.lay(large, 1920, 1080, (1, 1))
    assert np.array_equal(laid.color, sheet[60:-60, 40:-40])


def test_a_small_sheet_is_mirrored_at_its_edges() -> None:
    sheet = np.random.default_rng(5).integers(0, 65536, (40, 40, 3)).astype(np.uint16)
    small = paper.Paper(sheet, sheet[..., 0].astype(np.float32), False)
    laid = paper.lay(small, 80, 60, (1, 1)).color
    assert np.array_equal(laid[10:50, 20:60], sheet)
    assert np.array_equal(laid[10:50, 60:], sheet[:, :-21:-1])
    assert np.array_equal(laid[:10, 20:60], sheet[9::-1])


def test_a_sheet_without_texture_colors_and_nothing_else(tmp_path: Path) -> None:
    path = save(tmp_path / "cream.png", np.full((50, 70, 3), (250, 240, 220), np.uint8))
    white = finished(np.full_like(GREY, 255), texture_path=path)
    assert np.array_equal(np.unique(white.reshape(-1, 3), axis=0), [(250, 240, 220)])
    assert np.ptp(finished(GREY, texture_path=path), axis=(0, 1)).max() == 0


def test_16_bit_and_grey_sheets_are_read(tmp_path: Path) -> None:
    tones = np.random.default_rng(5).integers(0, 65536, (40, 40)).astype(np.uint16)
    deep = save(tmp_path / "deep.png", np.repeat(tones[..., None], 3, axis=2))
    (tmp_path / "grey.png").write_bytes(cv2.imencode(".png", tones)[1].tobytes())
    for path in (deep, tmp_path / "grey.png"):
        assert np.array_equal(paper.load(path).color[..., 0], tones)


def test_names_outside_ascii_are_read(tmp_path: Path) -> None:
    assert paper.load(save(tmp_path / "Bütten 紙.png", GREY)).color.shape == GREY.shape


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
@pytest.mark.parametrize("use_texture", [False, True])
def test_paper_that_cannot_be_read_is_refused_at_once(tmp_path: Path, content: bytes | None,
                                                      use_texture: bool) -> None:
    path = tmp_path / "paper.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableImage, match=r"paper\.png") as caught:
        PencilStylizer(use_texture=use_texture, texture_path=path)
    assert caught.value.hint.startswith("Choose ")


def test_a_folder_is_no_paper(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage):
        PencilStylizer(texture_path=tmp_path)
