"""How long a chunk may be where nobody says: one picture is drawn and encoded to find out."""

from __future__ import annotations

import time
from fractions import Fraction

from core.hardware.execution import ExecutionPlan
from core.io.encoders import VideoSpec
from core.io.probe import VideoMetadata
from core.io.reader import TimedPicture, VideoReader
from core.progress import StageTimings
from core.render.composite import Compositor
from core.render.engine import Engine
from core.render.identity import Settings
from core.render.stack import Stack
from core.temporal import Temporal

LONGEST_AUTO = 30
"""Seconds of video in a chunk, at most."""
RENDERED_IN = 300
"""Seconds a chunk takes to render, about, where it need not be longer than LONGEST_AUTO."""
_QUICK = 0.05
"""Seconds; what takes longer the first time may have been getting ready, and is done again."""


def auto_length(source: VideoMetadata, spec: VideoSpec, stack: Stack, settings: Settings,
                workers: int) -> Fraction:
    """Seconds of video that render in about RENDERED_IN, whole, 1 to LONGEST_AUTO.

    A held drawing is made once for all its pictures, by one of `workers`, but where it is built on
    the one before. Functions are not tried: a user may count on being called once for each picture.
    """
    if stack.inert or stack.serial:
        return Fraction(LONGEST_AUTO)
    engine = Engine(source, stack, Temporal(), Compositor(source, spec, stack.looks),
                    detail=settings.detail, execution=ExecutionPlan(workers=1),
                    timings=StageTimings())
    divided = settings.hold if stack.in_order else workers * settings.hold
    cost = _cost(engine, source, spec, divided)
    if cost > _QUICK:
        cost = min(cost, _cost(engine, source, spec, divided))
    return length_for(cost, source.rate)


def length_for(cost: float, rate: Fraction) -> Fraction:
    """The length of a chunk whose pictures take `cost` seconds each."""
    seconds = RENDERED_IN / (cost * float(rate)) if cost else LONGEST_AUTO
    return Fraction(int(min(max(seconds, 1), LONGEST_AUTO)))


def _cost(engine: Engine, source: VideoMetadata, spec: VideoSpec, divided: int) -> float:
    """Seconds that one more picture adds to a render; of drawing, what is left when `divided`."""
    timed = _first_picture(source)
    begun = time.perf_counter()
    picture = engine.finished(timed)
    drawn = time.perf_counter()
    context = spec.open()
    frame = picture.native.reformat(format=spec.pixel_format)
    frame.pts, frame.time_base = 0, 1 / spec.rate
    context.encode(frame)
    context.encode(None)
    return (drawn - begun) / divided + (time.perf_counter() - drawn)


def _first_picture(source: VideoMetadata) -> TimedPicture:
    with VideoReader(source.path) as reader:
        return next(reader.pictures())
