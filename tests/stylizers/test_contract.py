"""What every look promises, and every stack of them; a new look is tested the day it is listed."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidParameter
from stylizers import STYLES, Frame, Stylizer, create
from tests.stylizers.stack import (
    ASSETS,
    COMPANY,
    LOOKS,
    STACKS,
    difference,
    frame_of,
    looks,
    made,
    photo,
    run,
    write_asset,
)

law = settings(deadline=None, max_examples=10)  # machines are shared, and no law here is about time
DEPTHS = [np.uint8, np.uint16]
PARAMETERS = [(name, parameter) for name, look in STYLES.items()
              for parameter in look.Params.model_fields]
GATHERING = ("paint",)
"""Looks that take statistics of the whole picture while they draw."""
DECLARED = {name: look.Params.model_json_schema()["properties"] for name, look in STYLES.items()}
NUMBERS = {name: {parameter: declared for parameter, declared in properties.items()
                  if declared.get("type") in ("number", "integer")}
           for name, properties in DECLARED.items()}


SIZES = [((1, 1), np.uint8), ((1, 37), np.uint16), ((41, 1), np.uint8), ((2, 2), np.uint16),
         ((101, 67), np.uint8), ((67, 101), np.uint16)]


@pytest.mark.parametrize(("size", "dtype"), [*SIZES, *(
    pytest.param(size, dtype, marks=pytest.mark.long) for size, _ in SIZES for dtype in DEPTHS
    if (size, dtype) not in SIZES)])
@pytest.mark.parametrize("stack", STACKS)
def test_any_size_and_depth_comes_back_as_it_was(stack: str, size: tuple[int, int],
                                                 dtype: type) -> None:
    image = photo(*size, dtype)
    picture = run(looks(stack), frame_of(image))
    assert (picture.shape, picture.dtype) == (image.shape, image.dtype)


@pytest.mark.long
@pytest.mark.parametrize("name", LOOKS)
def test_ultra_hd(name: str) -> None:
    image = photo(2160, 3840)
    assert made(name).process(image).shape == image.shape


@pytest.mark.parametrize("stack", STACKS)
def test_the_source_is_never_written(stack: str) -> None:
    image = photo().copy()
    before = image.copy()
    run(looks(stack), frame_of(image))
    assert np.array_equal(image, before)


@pytest.mark.parametrize("stack", STACKS)
def test_strided_pictures_are_taken(stack: str) -> None:
    image = photo(90, 120)
    wide = np.zeros((90, 150, 3), np.uint8)
    wide[:, 20:140] = image
    assert np.array_equal(run(looks(stack), frame_of(wide[:, 20:140])),
                          run(looks(stack), frame_of(image)))


@pytest.mark.parametrize("stack", STACKS)
def test_the_same_on_every_thread(stack: str) -> None:
    frames = [frame_of(np.roll(photo(), shift, axis=1)) for shift in (0, 30, 70)]
    shared = looks(stack)
    alone = [run(looks(stack), frame) for frame in frames]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda frame: run(shared, frame), frames))
    assert all(map(np.array_equal, alone, together))


@pytest.mark.parametrize("name", LOOKS)
def test_process_remembers_nothing(name: str) -> None:
    look = made(name)
    first = look.process(photo())
    look.process(np.rot90(photo(), axes=(0, 1)))
    look.process(photo(64, 48))
    assert np.array_equal(look.process(photo()), first)


@pytest.mark.parametrize("name", LOOKS)
def test_process_gives_a_picture_of_its_own(name: str) -> None:
    image = photo().copy()
    picture = made(name).process(image)
    assert not np.shares_memory(picture, image)


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8),
                                   np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 3), np.float32)])
@pytest.mark.parametrize("name", LOOKS)
def test_process_refuses_what_is_no_picture(name: str, image: np.ndarray) -> None:
    with pytest.raises(InvalidParameter):
        made(name).process(image)


@pytest.mark.parametrize("stack", STACKS)
def test_both_depths_agree(stack: str) -> None:
    """Each step rounds 8-bit codes by at most half; a later look may magnify that."""
    finishes = sum(type(look).finish is not Stylizer.finish for look in looks(stack))
    shallow = run(looks(stack), frame_of(photo()))
    deep = run(looks(stack), frame_of(photo(dtype=np.uint16)))
    error = np.abs(shallow - deep / 257)
    assert error.mean() < 0.5
    assert np.quantile(error, 0.99) <= 0.5 + 0.5 * finishes + 2 * stack.count("+")


@pytest.mark.parametrize("stack", STACKS)
def test_deep_pictures_take_no_8_bit_hop(stack: str) -> None:
    """A ramp of 16-bit codes keeps more tones than its 8-bit copy, however few a look draws."""
    across, down = np.linspace(0, 45000, 500), np.linspace(0, 20000, 96)
    ramp = np.repeat((across[None, :] + down[:, None])[..., None], 3, axis=2).astype(np.uint16)
    deep = np.unique(run(looks(stack), frame_of(ramp)))
    shallow = np.unique(run(looks(stack), frame_of((ramp // 257).astype(np.uint8))))
    assert len(deep) > 1.5 * len(shallow)
    assert np.mean(deep % 257 != 0) > 0.5


def seen_from_afar(picture: np.ndarray) -> np.ndarray:
    """Tones without the marks that make them: dots and strokes do not survive a change of size."""
    return cv2.GaussianBlur(picture, (0, 0), 4, borderType=cv2.BORDER_REFLECT)


def assert_alike(one: np.ndarray, other: np.ndarray) -> None:
    error = difference(seen_from_afar(one), seen_from_afar(other))
    assert error.mean() < 2
    assert np.quantile(error, 0.99) <= 12


@pytest.mark.parametrize("stack", STACKS)
def test_pixels_that_are_not_square(stack: str) -> None:
    """A picture squeezed to half its width, and so marked, looks as the whole one squeezed."""
    image = cv2.GaussianBlur(photo(480, 640), (0, 0), 3)

    def squeezed(picture: np.ndarray) -> np.ndarray:
        return cv2.resize(picture, (320, 480), interpolation=cv2.INTER_AREA)

    whole = squeezed(run(looks(stack), frame_of(image)))
    assert_alike(run(looks(stack), frame_of(squeezed(image), Fraction(2))), whole)


@pytest.mark.parametrize("name", LOOKS)
def test_every_size_looks_alike(name: str) -> None:
    """Lengths are given at 1080p, so a preview is the render made smaller."""
    image = cv2.GaussianBlur(photo(720, 1280), (0, 0), 4)
    half = cv2.resize(image, (640, 360), interpolation=cv2.INTER_AREA)
    small = cv2.resize(made(name).process(image), (640, 360), interpolation=cv2.INTER_AREA)
    assert_alike(made(name).process(half), small)


@pytest.mark.parametrize("name", STYLES)
def test_a_pixel_reaches_no_farther_than_declared(name: str) -> None:
    """In a drawing of one analysis, that is: what a look learns of a picture is of all of it.

    So are the statistics that networks take of it on the way, by which all of it moves a little.
    """
    image = photo(540, 720).copy()
    look = made(name)
    analysis = look.analyze(frame_of(image), None)
    before = look.render(frame_of(image), analysis)
    changed = image.copy()
    changed[270:272, 360:362] = 255 - image[270:272, 360:362]
    after = look.render(frame_of(changed), analysis)
    apart = difference(after, before).max(axis=2)
    rows, columns = np.nonzero(apart > (1 if name in GATHERING else 0))
    reach = look.support() * frame_of(image).scale[0] + 1
    far = max([0, *np.abs(rows - 270.5), *np.abs(columns - 360.5)])
    assert far <= reach


def extremes(declared: dict[str, Any]) -> list[Any]:
    """The values of a parameter that are farthest apart."""
    if declared.get("type") == "boolean":
        return [False, True]
    if "enum" in declared:
        return list(declared["enum"])
    if "prefixItems" in declared:
        # Not all alike: four screens turned together may be one screen turned by a right angle.
        low, high = ([item[limit] for item in declared["prefixItems"]]
                     for limit in ("minimum", "maximum"))
        return [declared["default"], low, [low[0], *high[1:]]]
    return [declared["minimum"], declared["maximum"]]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_every_parameter_changes_the_picture(name: str, parameter: str, tmp_path: Path) -> None:
    declared = DECLARED[name][parameter]
    if declared.get("execution"):
        pytest.skip("chooses where it is drawn, not what")
    company = COMPANY.get((name, parameter), dict)()
    if (name, parameter) in ASSETS:
        company, file = ASSETS[name, parameter]
        values = [declared["default"], write_asset(tmp_path, file)]
    else:
        values = extremes(declared)
    # Not far from full scale, where even the finest grain shows.
    image = photo(810, 810)
    pictures = [made(name, **{parameter: value}, **company).process(image) for value in values]
    assert all(difference(pictures[0], other).max() > 4 for other in pictures[1:])


@law
@given(data=st.data())
@pytest.mark.parametrize("name", STYLES)
def test_out_of_range_is_refused(name: str, data: st.DataObject) -> None:
    for parameter, declared in NUMBERS[name].items():
        low, high = float(declared["minimum"]), float(declared["maximum"])
        value = data.draw(st.one_of(st.floats(max_value=math.nextafter(low, -math.inf)),
                                    st.floats(min_value=math.nextafter(high, math.inf)),
                                    st.just(math.nan)), parameter)
        for given_as in (value, str(value)):
            with pytest.raises(InvalidParameter, match=parameter):
                create(name, {parameter: given_as})


@law
@given(data=st.data())
@pytest.mark.parametrize("name", STYLES)
def test_parameters_come_back_from_json(name: str, data: st.DataObject) -> None:
    params = STYLES[name].Params
    for parameter, declared in NUMBERS[name].items():
        number = st.integers if declared["type"] == "integer" else st.floats
        value = data.draw(number(declared["minimum"], declared["maximum"]), parameter)
        built = params.build({parameter: value})
        assert params.build(json.loads(built.model_dump_json())) == built
        assert params.build({parameter: str(value)}) == built


@pytest.mark.parametrize(("name", "parameter"), list(ASSETS))
def test_files_come_back_from_json(name: str, parameter: str, tmp_path: Path) -> None:
    path = write_asset(tmp_path, ASSETS[name, parameter][1])
    built = STYLES[name].Params.build({parameter: str(path)})
    assert STYLES[name].Params.build(json.loads(built.model_dump_json())) == built
    assert built.assets() == {parameter: path}


@pytest.mark.parametrize("name", STYLES)
def test_every_declaration_is_complete(name: str) -> None:
    """What a form, a help text and the tuner read: a default, a description, both limits."""
    look = STYLES[name]
    assert look.name == name
    assert look.summary.endswith(".")
    assert look.revision >= 1
    for declared in DECLARED[name].values():
        assert declared["description"].endswith(".")
        assert "default" in declared
        assert declared.get("type") not in ("number", "integer") \
            or {"minimum", "maximum"} <= declared.keys()


@pytest.mark.parametrize("name", LOOKS)
def test_analysis_survives_a_checkpoint(name: str) -> None:
    look = made(name)
    first, second = scene(2)
    analysis = look.analyze(first, None)
    restored = type(analysis).from_arrays(analysis.to_arrays())
    assert restored.to_arrays().keys() == analysis.to_arrays().keys()
    assert all(np.array_equal(value, restored.to_arrays()[key])
               for key, value in analysis.to_arrays().items())
    assert np.array_equal(look.render(first, restored), look.render(first, analysis))
    assert np.array_equal(look.render(second, look.analyze(second, restored)),
                          look.render(second, look.analyze(second, analysis)))


@pytest.mark.parametrize("name", LOOKS)
def test_noise_on_a_still_scene_changes_no_tone(name: str) -> None:
    """Nothing that is decided for the whole picture may flip with the grain of a camera."""
    look = made(name)
    analysis, tones = None, []
    for frame in scene(5):
        analysis = look.analyze(frame, analysis)
        drawn = look.render(frame, analysis).astype(np.float32)
        tones.append(cv2.resize(drawn, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA))
    steps = np.abs(np.diff(tones, axis=0))
    assert steps.mean() < 1
    assert steps.max() < 12


def scene(count: int) -> list[Frame]:
    """One picture as a camera films it: the noise of each frame is its own."""
    noise = np.random.default_rng(7)
    still = photo(360, 480).astype(np.float64)
    frames = []
    for index in range(count):
        image = np.clip(still + noise.normal(0, 2, still.shape), 0, 255).round().astype(np.uint8)
        image.flags.writeable = False
        frames.append(Frame(image, pts=index, duration=1, time_base=Fraction(1, 25), shot=0,
                            index=index))
    return frames
