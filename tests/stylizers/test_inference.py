"""What holds of every look that is drawn by a network."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UnsupportedModel
from stylizers.base import Means
from tests.stylizers.stack import made, photo

NETWORKS = pytest.mark.parametrize("name", ["neural", "paint"])


@NETWORKS
def test_the_preset_speed_draws_with_half_the_detail(name: str) -> None:
    look = made(name, detail=300)
    assert look.at("balanced") is look and look.at("quality") is look
    assert look.at("speed").params.detail == 150
    assert made(name, detail=64).at("speed").params.detail == 64


@NETWORKS
def test_a_gpu_is_used_or_the_job_refuses(name: str) -> None:
    """On a machine with one, this says what it is."""
    look = made(name, use_gpu="require")
    try:
        look.prepare(320, 240, Means())
    except UnsupportedModel as error:
        assert "one is required" in error.message
    else:
        assert look.device != "CPU"
    look = made(name, use_gpu="off")
    assert look.prepare(320, 240, Means()) == ()
    assert look.device == "CPU"


@pytest.mark.parametrize(("name", "own"), [("neural", Means(cores=3)),
                                           ("paint", Means(tile=256))])
def test_threads_and_pictures_at_a_time_change_nothing(name: str, own: Means) -> None:
    image, drawn = photo(200, 300), []
    for given in (Means(), Means(workers=4, cores=4), Means(workers=2, memory=1), own):
        look = made(name)
        look.prepare(300, 200, given)
        drawn.append(look.process(image))
    assert all(np.array_equal(drawn[0], other) for other in drawn[1:])
