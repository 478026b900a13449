"""Telling a network's conventions from what it makes of a photograph.

Under the right ones the output shows what the input shows, with its contrasts and without leaving
its range; under wrong ones it is washed out, clipped, or a picture of something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from core.errors import UnsupportedModel
from stylizers.inference.graph import constants
from stylizers.neural.conventions import LIMITS, Order, Range

if TYPE_CHECKING:
    from onnx import ModelProto

_CAFFE_MEANS = np.array([103.939, 116.779, 123.68])
"""Of blue, green and red over ImageNet, as networks trained with Caffe subtract them."""
_CLEAR = 0.08
"""By how much a score must lead for the guess to stand."""
_USUAL = 0.1
"""What a network that gives another range than it takes must score more, for few do."""
_POOR = 0.25
"""Scores below this come from no style network."""


@dataclass(frozen=True, slots=True)
class Guess:
    """`score` is about 1.4 at best."""

    input_range: Range
    output_range: Range
    score: float


def guessed_order(model: ModelProto) -> Order:
    """The order of colors: as the file says, else as the means it subtracts are ordered."""
    notes = {note.key.lower(): note.value.lower() for note in model.metadata_props}
    if "bgr" in notes.get("image.bitmappixelformat", ""):
        return "BGR"
    for values in constants(model):
        if values.shape == (3,) and np.allclose(np.abs(values), _CAFFE_MEANS, atol=0.5):
            return "BGR"
    return "RGB"


def guessed_ranges(picture: np.ndarray, draw: Callable[[np.ndarray], np.ndarray],
                   given: Mapping[str, Range]) -> Guess:
    """The ranges under which `draw` makes most of `picture`, (H, W, 3) 0..1.

    `draw` takes an input of any range to the output as it is. `given` are ranges that are known,
    `input` and `output`. Raises UnsupportedModel asking for the range where two do as well, or
    where the output is no picture under any.
    """
    found = sorted(_candidates(picture, draw, given), key=lambda guess: -guess.score)
    best = found[0]
    if best.score < _POOR and not given:
        raise UnsupportedModel("Nothing this network gives looks like a picture of its input.",
                               "If it is a style, say what it takes: --range, --order, --layout.")
    rival = next((guess for guess in found if guess.output_range != best.output_range
                  and guess.input_range != best.input_range), None)
    if rival is not None and best.score - rival.score < _CLEAR:
        one, other = best.input_range, rival.input_range
        raise UnsupportedModel(
            f"It cannot be told whether this network takes values of {one} or {other}.",
            f"Say which: --range={one} or --range={other}.")
    return best


def _candidates(picture: np.ndarray, draw: Callable[[np.ndarray], np.ndarray],
                given: Mapping[str, Range]) -> Iterator[Guess]:
    names: Iterable[Range] = [given["input"]] if "input" in given else LIMITS
    for name in names:
        low, high = LIMITS[name]
        drawn = draw(picture * np.float32(high - low) + np.float32(low))
        shown = given.get("output") or _range_of(drawn)
        low, high = LIMITS[shown]
        score = likeness(picture, (drawn - np.float32(low)) / np.float32(high - low))
        yield Guess(name, shown, score if shown == name else score - _USUAL)


def _range_of(drawn: np.ndarray) -> Range:
    """The range that values have; networks overshoot it a little."""
    low, high = np.quantile(drawn, [0.002, 0.998])
    if high > 4 or low < -4:
        return "0..255"
    return "-1..1" if low < -0.12 else "0..1"


def likeness(picture: np.ndarray, drawn: np.ndarray) -> float:
    """How much `drawn` shows of `picture`: its edges and contrast, less how far its colors are.

    Both (H, W, 3), `picture` in 0..1. Values beyond 0..1 count as clipped.
    """
    if not np.isfinite(drawn).all():
        return -1.0
    shown = np.clip(drawn, 0, 1)
    before, after = _luma(picture), _luma(shown)
    contrast = min(float(after.std() / max(before.std(), 1e-6)), 1.0)
    clipped = float(np.abs(drawn - shown).mean())
    far = float(np.abs(shown - picture).mean())
    return _correlation(_edges(before), _edges(after)) + 0.5 * contrast - far - 4 * clipped


def _luma(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture @ np.array([0.2126, 0.7152, 0.0722], np.float32), (0, 0), 1.5)


def _edges(luma: np.ndarray) -> np.ndarray:
    return np.stack([cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)])


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    power = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / power if power > 1e-9 else 0.0
