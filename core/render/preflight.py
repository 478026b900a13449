"""Everything decided and checked before the first picture is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from core.errors import InvalidParameter
from core.hardware.execution import ExecutionPlan, execution_plan
from core.io.codecs import CODECS
from core.io.encoders import VideoSpec, Wish, choose_encoder
from core.io.header import rehearse
from core.io.index import PacketIndex, index_packets
from core.io.mux import MuxJob
from core.io.orientation import display_matrix
from core.io.probe import VideoMetadata, VideoProbe
from core.io.sound import check_audio
from core.io.span import Range
from core.render.chunks import Chunk, plan_chunks
from core.render.cut import Cut, cut_of
from core.render.identity import Settings, chunk_identities, drawn_by, hash_of
from core.render.inputs import Stamp, stamp_of
from core.render.means import FIRST, Budget, ready
from core.render.plan import Choices, RenderPlan, Request
from core.render.remarks import (
    about_auto,
    about_clock,
    about_making,
    about_source,
    resumable,
)
from core.render.stack import Stack
from core.render.target import container_of
from core.render.trial import auto_length
from core.scenes import LONGEST_FLASH


@dataclass(frozen=True, slots=True)
class Survey:
    """The facts of a render: nothing in it is a choice.

    `drawn` is a hash of what determines the pictures before they are encoded, `key` of everything
    the chunks depend on, but for what is chosen.
    """

    source: VideoMetadata
    stamp: Stamp
    index: PacketIndex
    container: str
    cut: Cut
    drawn: str
    key: str


def survey(request: Request, stack: Stack, settings: Settings) -> Survey:
    """Raises InputError or InvalidParameter for what cannot work."""
    source = VideoProbe.probe(request.source)
    container = container_of(request.target, source, request.output)
    if request.chunk_duration is not None and not request.chunk_duration >= 1:
        raise InvalidParameter(f"A chunk of {request.chunk_duration:g} s is too short.",
                               "Give 1 s or more.")
    stamp = stamp_of(request.source)
    index = index_packets(source)
    cut = cut_of(request.start, request.end, source, index)
    drawn = drawn_by(source, settings, stack)
    output = request.output
    key = hash_of(drawn, output.codec, output.crf, request.effort, index.digest(),
                  str(request.chunk_duration), str(cut.first), str(cut.last),
                  *([] if cut.span == Range() else [str(cut.span)]))
    return Survey(source, stamp, index, container, cut, drawn, key)


def plan_render(request: Request, facts: Survey, stack: Stack, settings: Settings,
                chosen: Choices | None = None) -> RenderPlan:
    """Decide everything that is left open, as `chosen` before where that is given.

    Raises InvalidParameter for what cannot work, OutOfMemory for what would not fit.
    """
    source = facts.source
    asked = _least(request.workers, None if chosen is None else chosen.workers)
    execution = execution_plan(source.width, source.height, source.bits, asked=asked)
    fields = source.fields if stack.inert else ""
    spec, remarks = _encoder(request, facts, execution, chosen, fields)

    def chunks() -> tuple[Chunk, ...]:
        if chosen is not None:
            return chosen.chunks
        length = Fraction(request.chunk_duration) if request.chunk_duration else auto_length(
            source, spec, stack, settings, execution.workers)
        return plan_chunks(facts.index, length, source.time_base, facts.cut.first, facts.cut.last)

    budget = (chosen.budget if chosen else None) or Budget.of_now(stack)
    planned, step, said = ready(stack, source, execution, chosen.step if chosen else FIRST, budget,
                                chunks)
    chosen = chosen or Choices(spec.codec, planned)
    chosen = replace(chosen, codec=spec.codec, step=step, budget=budget, remarks=tuple(
        dict.fromkeys([*chosen.remarks, *remarks])))
    beside = rehearse(MuxJob(
        source.path, request.target, facts.container, spec, (), source.time_base, _offset(facts),
        request.output.audio, facts.cut.span))
    carries = stack.stateful or settings.temporal.carries or settings.hold > 1
    look_ahead = 0 if stack.inert else int(LONGEST_FLASH / source.time_base) + 1
    return RenderPlan(
        source=source, stamp=facts.stamp, cut_short=facts.index.cut_short, target=request.target,
        container=facts.container, spec=spec, choices=chosen,
        identities=tuple(chunk_identities(facts.drawn, spec, chosen.chunks, facts.index, carries,
                                          look_ahead)),
        key=facts.key, access=facts.index.access(), span=facts.cut.span,
        offset=_offset(facts), audio=request.output.audio, execution=execution, carries=carries,
        look_ahead=look_ahead, resumable=resumable(stack),
        choice=about_auto(request.output.codec, spec.codec, chosen.remarks, bool(source.hdr)),
        warnings=(*chosen.remarks, *_fewer(asked, execution.workers), *said,
                  *about_source(source, stack), *beside.warnings),
        notes=(*about_clock(facts.index), *about_making(source, stack)))


def _encoder(request: Request, facts: Survey, execution: ExecutionPlan,
             chosen: Choices | None, fields: str) -> tuple[VideoSpec, tuple[str, ...]]:
    """An encoder that opens, and what is to be said of it."""
    spec, remarks = choose_encoder(replace(_wish(request, facts.source, facts.container, chosen),
                                           threads=execution.encode_threads, fields=fields))
    if facts.container not in CODECS[spec.codec].containers:
        raise InvalidParameter(
            f"{spec.codec} does not go into {facts.container}.",
            f"Use {' or '.join(CODECS[spec.codec].containers)}.")
    check_audio(facts.container, request.output.audio)
    return spec, remarks


def _wish(request: Request, source: VideoMetadata, container: str,
          chosen: Choices | None) -> Wish:
    output = request.output
    codec = output.codec if chosen is None else chosen.codec
    # What was chosen for the user may have no quality to set.
    crf = output.crf if codec == output.codec or CODECS[codec].crf else None
    return Wish(
        pixel_format=source.pixel_format, width=source.width, height=source.height,
        rate=_tame(source.rate), codec=codec, effort=request.effort, crf=crf,
        tags=source.tags, sar=source.sar, hdr=source.hdr, display_matrix=display_matrix(source),
        container=container)


def _tame(rate: Fraction) -> Fraction:
    """A rate every encoder takes; it only spaces their own clocks."""
    if not 1 <= rate <= 240:
        return Fraction(25)
    return rate.limit_denominator(1001)


def _offset(facts: Survey) -> Fraction:
    """Seconds added to every timestamp, the same for all streams.

    A trimmed range starts at zero, and so does a stream whose clock starts anywhere; every other
    file keeps its times.
    """
    source = facts.source
    if facts.cut.span.start is not None:
        return -facts.cut.span.start
    if source.floating_origin:
        return -math.floor(source.container_start / source.time_base) * source.time_base
    return Fraction(0)


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _fewer(asked: int | None, workers: int) -> list[str]:
    if asked is None or workers == asked:
        return []
    return [f"Memory has room for {workers} workers, not for {asked}."]
