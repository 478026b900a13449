"""The search space of every look, and the search over it."""

import numpy as np
import pytest

from core.autotune import SearchSpace
from stylizers import STYLES, style

LOOKS = [name for name in STYLES if SearchSpace(style(name).Params).axes]


@pytest.mark.parametrize("name", LOOKS)
def test_points_and_settings_are_the_same_thing(name):
    space = SearchSpace(style(name).Params)
    for point in [space.default(), *space.random(np.random.default_rng(1), 20)]:
        values = space.decode(point)
        again = space.encode(values)
        numbers = [axis for axis in space.axes if axis.kind != "choice"]
        steps = [0.5 / (axis.high - axis.low) if axis.kind == "int" else 1e-4 for axis in numbers]
        assert (np.abs(again - point)[:space.numbers] <= np.array(steps) + 1e-9).all()
        assert np.array_equal(again[space.numbers:], point[space.numbers:])
        assert space.decode(again) == values


@pytest.mark.parametrize("name", LOOKS)
def test_every_point_is_allowed(name):
    declared = style(name).Params
    space = SearchSpace(declared)
    rng = np.random.default_rng(2)
    for point in [*space.random(rng, 10), *rng.normal(0, 9, (10, space.size))]:
        declared.build(space.decode(point))


@pytest.mark.parametrize("name", LOOKS)
def test_the_default_is_the_look_untouched(name):
    declared = style(name).Params
    space = SearchSpace(declared)
    tuned = declared.build(space.decode(space.default())).model_dump()
    for key, value in declared().model_dump().items():
        assert tuned[key] == (pytest.approx(value) if isinstance(value, float) else value), key


def test_nothing_declared_is_forgotten():
    """Every parameter of the looks we draw ourselves is searched, but for files."""
    for name in ("pencil", "cartoon", "comic", "ink", "oil", "cinematic"):
        declared = style(name).Params
        searched = {axis.name for axis in SearchSpace(declared).axes}
        assert declared.model_fields.keys() - searched <= {"texture_path", "lut_path"}, name


def test_a_network_is_searched_in_what_it_draws_alone():
    for name in ("neural", "paint"):
        searched = {axis.name for axis in SearchSpace(style(name).Params).axes}
        assert "detail" in searched
        assert not searched & {"model_path", "use_gpu", "style_image"}
