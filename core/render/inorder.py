"""The stages that see pictures one after the other: what they keep is the state of a render."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace

import numpy as np

from core.checkpoint import named, part_of
from core.io.orientation import display_matrix
from core.io.probe import VideoMetadata
from core.progress import StageTimings
from core.render.hold import Exposure, colors_from, drawing_arrays, frozen
from core.render.stack import Stack, Weights
from core.render.work import Analyzed, Drawing, Drawn, Glimpsed, Marked, Prepared
from core.scenes import CutDetector, decided
from core.temporal import Stabilizer, Temporal, Tracker, stabilizer
from stylizers.base import Analysis
from stylizers.frame import Frame
from stylizers.sequence import ALONE, Motion, Tools


class InOrder:
    """For one source and one stack of looks; each stage goes on from `state`, if there is any.

    Drawings stand for `hold` frames each.
    """

    def __init__(self, source: VideoMetadata, stack: Stack, temporal: Temporal, hold: int,
                 timings: StageTimings) -> None:
        self._source, self._stack = source, stack
        # Looks that are built on the frame before are steady; averaging would only soften them.
        self._temporal = temporal if not stack.steady else temporal.model_copy(
            update={"mode": "off"})
        self._hold, self._timings = hold, timings

    def marked(self, works: Iterable[Glimpsed], index: int,
               state: Mapping[str, np.ndarray] | None) -> Generator[Marked, None, None]:
        """Shots, flashes, frame numbers, and what is held; what lies beyond the end ends here."""
        cuts = CutDetector.from_arrays(part_of(state, "cuts"))
        exposure = Exposure(self._hold, part_of(state, "hold"))
        shot = int(state["shot"]) if state else 0
        for work, decision in decided(works, self._timings.timed("cuts", cuts.decide)):
            place = work.place
            if place.beyond:
                return
            shot += decision.cut
            held = exposure.repeats(decision)
            kept = {} if not place.last else {
                "shot": np.array(shot), **named("cuts", cuts.to_arrays()),
                **named("hold", exposure.to_arrays())}
            yield Marked(place, work.decoded.picture, shot, index, decision.cut, decision.flash,
                         held, kept)
            index += 1

    def analyzed(self, works: Iterable[Prepared | Marked],
                 state: Mapping[str, np.ndarray] | None, tools: Tools = ALONE
                 ) -> Generator[Analyzed, None, None]:
        """Masks, and what the looks learn from frame to frame; of a flash they learn nothing."""
        known = part_of(state, "looks")
        previous = self._stack.analyses_from(known) if known else None
        drawing = self._kept_drawing(state)
        tracker = Tracker(part_of(state, "motion"))
        for work in works:
            marked, clipped = (work, 0) if isinstance(work, Marked) else (work.marked, work.clipped)
            if isinstance(work, Prepared):
                drawing = self._drawing(work, None if marked.starts_shot else previous,
                                        replace(tools, motion=self._motion(tracker, work)))
                if marked.starts_shot or not marked.flash:
                    previous = None if marked.flash else drawing.analyses
            assert drawing is not None
            kept = marked.state
            if work.place.last and previous is not None:
                kept = (kept | named("looks", self._stack.state_of(previous))
                        | named("motion", tracker.to_arrays()))
            yield Analyzed(marked, _shown(drawing.frame, marked), drawing, clipped, kept)

    def _motion(self, tracker: Tracker, work: Prepared) -> Motion | None:
        if not self._stack.in_order:
            return None
        with self._timings.measure("motion"):
            return tracker.step(work.small.image, starts_shot=work.marked.starts_shot,
                                flash=work.marked.flash)

    def _drawing(self, work: Prepared, previous: tuple[Analysis, ...] | None, tools: Tools
                 ) -> Drawing:
        with self._timings.measure("analyze"):
            analyses = self._stack.analyze(work.small, previous, tools)
            return Drawing(work.frame, work.small, work.colors, self._weights(work.frame), analyses)

    def _weights(self, frame: Frame) -> Weights:
        return self._stack.weights(frame.time - self._source.start, self._source.width,
                                   self._source.height, display_matrix(self._source))

    def _kept_drawing(self, state: Mapping[str, np.ndarray] | None) -> Drawing | None:
        """The one that `state` says is held further."""
        arrays = part_of(state, "hold")
        if not arrays:
            return None
        frame = Frame(frozen(arrays["image"]), int(arrays["pts"]), 1, self._source.time_base,
                      shot=0, index=0, alpha=arrays.get("alpha"), sar=self._source.sar)
        return Drawing(frame, frame, colors_from(arrays), self._weights(frame),
                       self._stack.analyses_from(part_of(state, "looks")))

    def steadied(self, works: Iterable[Drawn], state: Mapping[str, np.ndarray] | None
                 ) -> Generator[Drawn, None, None]:
        """Steady pictures; that of a drawing once for all the frames that it stands for."""
        steady: Stabilizer = stabilizer(self._temporal, self._stack.support(),
                                        part_of(state, "temporal"), self._stack.steadying())
        held = part_of(state, "hold")
        image = frozen(held["picture"]) if held else None
        for work in works:
            drawing = work.analyzed.drawing
            with self._timings.measure("temporal"):
                if work.image is not None:
                    image = steady.step(drawing.small, work.image)
                kept = work.state
                if work.place.last:
                    kept = kept | named("temporal", steady.to_arrays())
                    if part_of(kept, "hold"):
                        assert image is not None
                        kept |= named("hold", drawing_arrays(drawing, image))
            yield Drawn(work.analyzed, image, kept)


def _shown(drawn_from: Frame, marked: Marked) -> Frame:
    """What a drawing was made from, at the place of the picture that shows it."""
    return replace(drawn_from, pts=marked.place.pts, duration=marked.place.duration,
                   shot=marked.shot, index=marked.index)
