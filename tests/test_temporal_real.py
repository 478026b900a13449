"""What stabilization along motion must bring on real footage, and what it may cost."""

from itertools import islice
from pathlib import Path

import pytest

from core.io import VideoReader
from core.metrics import Steadiness, SteadinessMeter
from core.temporal import Temporal, stabilizer
from stylizers import STYLES
from tests.temporal_clips import RATE, frame

CLIPS = {"a drone": ("gopro__karma.mp4", 30), "a face": ("androidx__sample_srgb.mp4", 5)}
COUNT = 20
LOOKS = sorted(set(STYLES) - {"neural", "paint"})
"""Those that need no model."""


def measured(path: Path, first: int, look: str) -> Steadiness:
    stylizer, meter, analysis = STYLES[look](), SteadinessMeter(), None
    steady = stabilizer(Temporal(mode="flow"), stylizer.support(), None, stylizer.steadying)
    with VideoReader(path) as reader:
        for i, image in enumerate(islice(reader.read_frames(), first, first + COUNT)):
            now = frame(image, i * RATE)
            analysis = stylizer.analyze(now, analysis)
            styled = stylizer.render(now, analysis)
            styled.flags.writeable = False
            meter.update(image, styled, steady.step(now, styled))
    return meter.result()


@pytest.mark.long
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("clip", CLIPS)
def test_looks_come_out_steadier_and_as_sharp(clip, look, shared, record_property):
    name, first = CLIPS[clip]
    result = measured(shared / "media" / name, first, look)
    said = (f"excess left {result.excess_left:.2f}, sharpness {result.output.sharpness:.3f}, "
            f"ghosting {result.output.ghosting / result.styled.ghosting:.2f}")
    record_property("steadiness", said)
    limit = result.source.warp_error
    if result.styled.warp_error > limit:
        limit += 0.5 * (result.styled.warp_error - limit)
    assert result.output.warp_error <= limit, said
    assert result.output.sharpness >= 0.92, said
    assert result.output.ghosting <= 1.05 * result.styled.ghosting, said
