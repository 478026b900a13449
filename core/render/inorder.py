"""The stages that see pictures one after the other: what they keep is the state of a render."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping

import numpy as np

from core.io.orientation import display_matrix
from core.io.probe import VideoMetadata
from core.progress import StageTimings
from core.render.stack import Stack
from core.render.work import Analyzed, Drawn, Glimpsed, Marked, Prepared, State, part_of
from core.scenes import CutDetector, decided
from core.temporal import Stabilizer, Temporal, stabilizer


class InOrder:
    """For one source and one stack of looks; each stage goes on from `state`, if there is any."""

    def __init__(self, source: VideoMetadata, stack: Stack, temporal: Temporal,
                 timings: StageTimings) -> None:
        self._source, self._stack = source, stack
        self._temporal, self._timings = temporal, timings

    def marked(self, works: Iterable[Glimpsed], index: int,
                state: Mapping[str, np.ndarray] | None) -> Generator[Marked, None, None]:
        """Shots, flashes and frame numbers; what lies beyond the last chunk ends here."""
        cuts = CutDetector.from_arrays(part_of(state, "cuts"))
        shot = int(state["shot"]) if state else 0
        for work, decision in decided(works, self._timings.timed("cuts", cuts.decide)):
            place = work.place
            if place.beyond:
                return
            shot += decision.cut
            kept = {"shot": np.array(shot), **_named("cuts", cuts.to_arrays())}
            yield Marked(place, work.decoded.picture, shot, index, decision.cut, decision.flash,
                         kept if place.last else {})
            index += 1

    def analyzed(self, works: Iterable[Prepared], state: Mapping[str, np.ndarray] | None
                  ) -> Generator[Analyzed, None, None]:
        """Masks, and what the looks learn from frame to frame; of a flash they learn nothing."""
        known = part_of(state, "looks")
        previous = self._stack.analyses_from(known) if known else None
        size, turned = (self._source.width, self._source.height), display_matrix(self._source)
        for work in works:
            marked = work.marked
            with self._timings.measure("analyze"):
                weights = self._stack.weights(work.frame.time - self._source.start, *size, turned)
                if marked.starts_shot:
                    previous = None
                analyses = self._stack.analyze(work.small, None if marked.flash else previous)
                if not marked.flash:
                    previous = analyses
                kept = marked.state
                if work.place.last and previous is not None:
                    kept = kept | _named("looks", self._stack.state_of(previous))
            yield Analyzed(work, weights, analyses, kept)

    def steadied(self, works: Iterable[Drawn], state: Mapping[str, np.ndarray] | None
                  ) -> Generator[Drawn, None, None]:
        steady: Stabilizer = stabilizer(self._temporal, self._stack.support(),
                                        part_of(state, "temporal"))
        for work in works:
            with self._timings.measure("temporal"):
                image = steady.step(work.analyzed.prepared.small, work.image)
                kept = work.state
                if work.place.last:
                    kept = kept | _named("temporal", steady.to_arrays())
            yield Drawn(work.analyzed, image, kept)


def _named(stage: str, arrays: Mapping[str, np.ndarray]) -> State:
    """The arrays of one stage among those of all."""
    return {f"{stage}.{name}": array for name, array in arrays.items()}
