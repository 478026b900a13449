"""Painting as any painting: its colors, several at once, steady in a shot, and what is refused.

The network of these tests gives a picture the mean and the deviation of the painting's colors, so
what is to come out is known.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest

from core.errors import (
    BrushreelError,
    InvalidParameter,
    ModelCorrupt,
    ModelError,
    ModelMissing,
    UnreadableImage,
)
from core.models import Card
from core.recipe import asset_digest
from stylizers import Frame, PaintStylizer
from stylizers.kernels.variation import smoothed
from stylizers.paint import look as module
from stylizers.paint import paintings
from stylizers.paint.colors import carried, matched, moments, pooled, quantiles
from stylizers.paint.manner import Manner
from stylizers.paint.model import SHIPPED
from tests.networks import Network, painter
from tests.stylizers.stack import difference, made, paint_network, painting, photo


def painted(**values: Any) -> np.ndarray:
    return made("paint", **values).process(photo())


def means(picture: np.ndarray) -> np.ndarray:
    return picture.reshape(-1, 3).mean(axis=0) / np.iinfo(picture.dtype).max


def seen(name: str) -> np.ndarray:
    return paintings.seen(painting(name)).reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("colors", ["palette", "painting"])
def test_it_has_the_colors_of_the_painting(colors: str) -> None:
    for name in ("one.png", "two.png"):
        drawn = painted(style_image=painting(name), colors=colors)
        assert means(drawn) == pytest.approx(seen(name), abs=0.03)


def test_paintings_are_mixed_by_weight() -> None:
    one, two = seen("one.png"), seen("two.png")
    pair = {"style_image": painting("one.png"), "style_image_3": painting("two.png")}
    assert means(painted(**pair)) == pytest.approx((one + two) / 2, abs=0.03)
    quarter = painted(**pair, weight=0.25, weight_3=0.75)
    assert means(quarter) == pytest.approx(one / 4 + two * 3 / 4, abs=0.03)
    assert np.array_equal(painted(**pair, weight=0), painted(style_image=painting("two.png")))


def test_paintings_without_any_weight_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="any weight"):
        made("paint", style_image=painting("one.png"), weight=0)
    made("paint", weight=0, style_image_2=painting("one.png"))


@pytest.mark.parametrize("colors", ["palette", "painting"])
def test_strength_leads_from_the_pictures_own_manner_to_the_paintings(colors: str) -> None:
    one = painting("one.png")
    none, half, full = (painted(style_image=one, style_strength=strength, colors=colors)
                        for strength in (0, 0.5, 1))
    assert difference(none, photo()).mean() < 4
    assert means(half) == pytest.approx((means(none) + means(full)) / 2, abs=0.03)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_colors_of_the_source_can_be_kept(dtype: type) -> None:
    image = photo(dtype=dtype)
    matrix = np.array([0.2126, 0.7152, 0.0722])
    kept = made("paint", style_image=painting("one.png"), colors="source").process(image)
    inside = (kept.min(axis=2) > 0) & (kept.max(axis=2) < np.iinfo(dtype).max)
    chroma = [picture - (picture @ matrix)[..., None]
              for picture in (kept.astype(float), image.astype(float))]
    assert np.abs(chroma[0] - chroma[1])[inside].max() <= 1.5
    assert inside.mean() > 0.5


def test_colors_are_matched_by_their_histograms() -> None:
    image = photo()
    found = made("paint", style_image=painting("one.png"), colors="matched").process(image)
    levels = np.linspace(0.05, 0.95, 10)
    for channel in range(3):
        wanted, have = (np.quantile(picture[..., channel], levels) for picture in (image, found))
        assert np.abs(wanted - have).max() < 12


def test_matching_what_matches_changes_nothing() -> None:
    planes = np.random.default_rng(1).random((3, 120, 90), np.float32)
    assert np.abs(matched(planes, quantiles(planes)) - planes).max() < 1e-4
    flat = np.full((3, 9, 9), 0.25, np.float32)
    assert np.abs(matched(flat, quantiles(planes)) - quantiles(planes)[:, :1, None]).max() < 1


def test_a_palette_is_carried_over() -> None:
    """Colors come to have the mean and the covariance that are wanted, but for their luma."""
    chance = np.random.default_rng(3)
    source, other = ((chance.random((60, 80, 3)) * part + 0.1).astype(np.float32)
                     for part in ([0.8, 0.5, 0.3], [0.3, 0.6, 0.8]))
    weights = np.array([0.2126, 0.7152, 0.0722])
    found = carried(source, (other @ weights).astype(np.float32), moments(source), moments(other))
    assert np.abs(found @ weights - other @ weights).max() < 1e-5
    tints = [picture - (picture @ weights)[..., None] for picture in (found, other)]
    assert moments(tints[0]) == pytest.approx(moments(tints[1]), abs=5e-3)
    gray = np.repeat(source[..., :1], 3, axis=2)
    even = carried(gray, gray[..., 0], moments(gray), moments(other))
    assert np.abs(np.diff(even - even.mean((0, 1)), axis=2)).max() < 0.5


def test_palettes_are_pooled_as_if_paintings_hung_side_by_side() -> None:
    one, two = (np.random.default_rng(seed).random((40, 40, 3), np.float32) ** seed
                for seed in (1, 3))
    both = np.concatenate([one, two], axis=1)
    assert pooled([(moments(one), 0.5), (moments(two), 0.5)]) == pytest.approx(
        moments(both), abs=1e-5)


def variation(planes: np.ndarray) -> float:
    right, below = np.diff(planes, axis=2)[:, :-1], np.diff(planes, axis=1)[:, :, :-1]
    return float(np.sqrt((right**2 + below**2).sum(axis=0)).sum())


def test_smoothing_is_less_variation_near_the_picture() -> None:
    """Nearer to the least of the energy with every step, and the edge of a step stays one."""
    noise = np.random.default_rng(2).normal(0, 0.05, (3, 60, 80))
    planes = (noise + (np.arange(80) >= 40)).astype(np.float32)
    weight = 0.2
    smooth = smoothed(planes, weight)

    def energy(found: np.ndarray) -> float:
        return variation(found) * weight + float(((found - planes) ** 2).sum()) / 2

    assert energy(smooth) < 0.8 * energy(planes)
    assert energy(smooth) < energy(cv2.GaussianBlur(
        planes.transpose(1, 2, 0), (0, 0), 1.0).transpose(2, 0, 1).copy())
    assert smooth[:, :, 42].mean() - smooth[:, :, 37].mean() > 0.85
    assert smooth[:, :, :30].std() < 0.5 * planes[:, :, :30].std()


def frames(lights: list[float], *, rate: int = 25, shot: int = 0) -> list[Frame]:
    """A picture in changing light."""
    return [Frame((photo(90, 120) * light).astype(np.uint8), pts=number, duration=1,
                  time_base=Fraction(1, rate), shot=shot, index=number)
            for number, light in enumerate(lights)]


def through(look: PaintStylizer, shot: list[Frame]) -> list[Manner]:
    known: list[Manner] = []
    for frame in shot:
        known.append(look.analyze(frame, known[-1] if known else None))
    return known


def test_a_flicker_of_the_light_stays_one() -> None:
    """By its own statistics every frame would be painted as light as the others; what the painter
    goes by follows slowly, as the eye does, so the flicker is neither taken out nor turned round.
    """
    look = made("paint", style_image=painting("one.png"))
    shot = frames([1, 1, 0.9, 1, 1])
    known = through(look, shot)
    drawn = [means(look.render(frame, manner)).mean()
             for frame, manner in zip(shot, known, strict=True)]
    assert drawn[0] == pytest.approx(drawn[1], abs=1e-3)
    assert drawn[2] < drawn[1] - 0.01
    assert abs(drawn[3] - drawn[1]) < 0.3 * (drawn[1] - drawn[2])


def test_what_is_followed_goes_by_time_not_by_frames() -> None:
    look = made("paint")
    slow = through(look, frames([1] + [0.5] * 12, rate=24))
    fast = through(look, frames([1] + [0.5] * 24, rate=48))
    assert slow[-1].mean == pytest.approx(fast[-1].mean, abs=0.02)
    assert slow[1].mean[0] > 1.2 * slow[-1].mean[0]


def test_a_first_frame_is_painted_as_a_picture_alone() -> None:
    look = made("paint")
    [frame] = frames([0.7])
    manner = look.analyze(frame, None)
    assert not manner.shift.any()
    assert np.array_equal(manner.gain, np.ones(3))
    assert np.array_equal(look.render(frame, manner), look.process(frame.image))


@pytest.mark.parametrize("values", [{}, {"colors": "matched", "style_strength": 0.5},
                                    {"colors": "painting"}])
def test_what_is_known_survives_a_checkpoint(values: dict[str, Any]) -> None:
    manner = through(made("paint", **values), frames([1, 0.8]))[-1]
    kept = {name: array.copy() for name, array in manner.to_arrays().items()}
    again = Manner.from_arrays(kept)
    assert all(np.array_equal(one, other) for one, other in
               zip(again.to_arrays().values(), manner.to_arrays().values(), strict=True))


def test_a_painting_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    look = made("paint", style_image=painting("one.png"))
    coded = []
    code = module.Painter.code
    monkeypatch.setattr(module.Painter, "code",
                        lambda self, image: coded.append(1) or code(self, image))
    for frame, manner in zip(frames([1] * 4), through(look, frames([1] * 4)), strict=True):
        look.render(frame, manner)
    assert len(coded) == 2  # the network's trial, and the painting


def test_without_a_network_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                   ) -> None:
    monkeypatch.setattr(module, "SHIPPED", tmp_path / "none.onnx")
    with pytest.raises(ModelMissing, match="needs a network, and none is installed"):
        PaintStylizer()
    with pytest.raises(ModelMissing, match=r"gone\.onnx is not there"):
        PaintStylizer(model_path=tmp_path / "gone.onnx")


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_paintings_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "painting.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableImage, match=r"painting\.png") as error:
        made("paint", style_image_2=path)
    assert_one_sentence(error.value)


def test_long_and_tiny_paintings_are_taken(tmp_path: Path) -> None:
    for size in ((1, 1), (3, 2000), (40, 30)):
        path = tmp_path / "painting.png"
        path.write_bytes(cv2.imencode(".png", np.full((*size, 3), 99, np.uint8))[1].tobytes())
        assert np.abs(means(painted(style_image=path)) - 99 / 255).max() < 0.01


def spoiled(kind: str) -> bytes:
    model = painter()
    if kind == "another":
        return Network().model().SerializeToString()
    if kind == "widths":
        model.graph.input[2].type.tensor_type.shape.dim[1].dim_value = 7
    if kind == "free":
        model.graph.input[3].type.tensor_type.shape.dim[1].dim_param = "C"
    if kind == "operators":
        model.graph.node[0].domain = "com.example"
    if kind == "loop":
        model.graph.node[0].op_type = "NoSuchOperator"
    whole: bytes = model.SerializeToString()
    return {"cut": whole[:-60], "empty": b"", "pickle": b"\x80\x04" + whole}.get(kind, whole)


@pytest.mark.parametrize("kind", ["another", "widths", "free", "operators", "loop", "cut", "empty",
                                  "pickle"])
def test_what_is_no_such_network_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "strange.onnx"
    path.write_bytes(spoiled(kind))
    with pytest.raises(ModelError, match="strange") as error:
        made("paint", model_path=path).process(photo(64, 64))
    assert_one_sentence(error.value)


def test_a_network_that_is_exchanged_is_another(tmp_path: Path) -> None:
    path = tmp_path / "painter.onnx"
    path.write_bytes(paint_network().read_bytes())
    before = made("paint", model_path=path).version
    path.write_bytes(painter(0.25).SerializeToString())
    assert made("paint", model_path=path).version != before
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(ModelCorrupt, match="card of"):
        made("paint", model_path=path).process(photo(64, 64))


def test_the_parts_are_of_the_file() -> None:
    """What is run for each frame leaves out what is needed once."""
    from stylizers.paint.model import parts_of

    parts = parts_of(paint_network())
    assert (parts.channels, parts.codes) == (3, 6)
    taken = [{value.name for value in onnx.load_model_from_string(part).graph.input}
             for part in (parts.statistics, parts.coder, parts.painter)]
    assert taken == [{"image"}, {"painting"}, {"image", "code", "shift", "gain", "alpha"}]


def test_the_network_that_comes_with_it_paints_in_the_colors_of_a_painting() -> None:
    card = Card.of(SHIPPED)
    assert card.sha256 == asset_digest(SHIPPED)
    image = photo(240, 320)
    for name in ("one.png", "two.png"):
        drawn = PaintStylizer(style_image=painting(name), detail=240).process(image)
        assert means(drawn) == pytest.approx(seen(name), abs=0.15)
        edges = [cv2.Sobel(cv2.GaussianBlur(each.mean(2), (0, 0), 3), cv2.CV_64F, 1, 0)
                 for each in (image, drawn)]
        assert np.corrcoef(edges[0].ravel(), edges[1].ravel())[0, 1] > 0.4


def assert_one_sentence(error: BrushreelError) -> None:
    assert "\n" not in error.message
    assert error.message.endswith(".")
    assert len(error.message) < 200
    assert error.hint
