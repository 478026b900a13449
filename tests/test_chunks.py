"""Chunks hold every picture once and end where a decoder may start."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.io.index import PacketIndex
from core.render.chunks import LONGEST, Chunk, plan_chunks

TICK = Fraction(1, 100)


def index_of(pts: list[int], keys: set[int] | frozenset[int] = frozenset(),
             hidden: set[int] | frozenset[int] = frozenset()) -> PacketIndex:
    times = np.array(pts, np.int64)
    ones = np.ones(len(pts), np.int64)
    return PacketIndex(times, np.array([tick in keys for tick in pts], bool),
                       np.array([tick not in hidden for tick in pts], bool), ones, ones)


@st.composite
def indices(draw: st.DrawFn) -> PacketIndex:
    """Pictures at any distance, in any order, some of them keys, some hidden."""
    gaps = draw(st.lists(st.one_of(st.integers(1, 60), st.integers(1, 4000)),
                         min_size=1, max_size=80))
    pts = (np.cumsum(gaps) + draw(st.integers(-500, 500))).tolist()
    keys = draw(st.sets(st.sampled_from(pts))) | {pts[0]}
    hidden = draw(st.sets(st.sampled_from(pts), max_size=5))
    return index_of(draw(st.permutations(pts)), keys, hidden)


LENGTHS = st.fractions(Fraction(1, 2), 200, max_denominator=8)


def holds(chunk: Chunk, tick: int) -> bool:
    return chunk.start <= tick and (chunk.end is None or tick < chunk.end)


@given(indices(), LENGTHS, st.none() | st.integers(-600, 9000), st.none() | st.integers(0, 20000))
def test_every_picture_shown_is_in_one_chunk(index: PacketIndex, length: Fraction,
                                             start: int | None, end: int | None) -> None:
    chunks = plan_chunks(index, length, TICK, start, end)
    for tick, shown in zip(index.pts.tolist(), index.shown.tolist(), strict=True):
        inside = (start is None or tick >= start) and (end is None or tick < end)
        if shown and inside:
            assert sum(holds(chunk, tick) for chunk in chunks) == 1
    assert sum(chunk.frames for chunk in chunks) == len(
        np.unique(index.between(start, end).pts[index.between(start, end).shown]))


@given(indices(), LENGTHS)
def test_chunks_follow_on_each_other(index: PacketIndex, length: Fraction) -> None:
    chunks = plan_chunks(index, length, TICK)
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert all(before.end == after.start for before, after in pairwise(chunks))
    assert all(chunk.frames > 0 for chunk in chunks)
    assert not chunks or chunks[-1].end is None


@given(indices(), LENGTHS)
def test_borders_are_the_first_keys_after_the_length(index: PacketIndex, length: Fraction) -> None:
    shown = np.unique(index.pts[index.shown])
    chunks = plan_chunks(index, length, TICK)
    starts = [int(shown[0])] if len(shown) else []
    starts += [chunk.start for chunk in chunks[1:]]
    keys = index.keys()
    for start, border in pairwise(starts):
        least, most = start + length / TICK, start + max(length, LONGEST) / TICK
        between = shown[(shown >= round(least)) & (shown < border)]
        assert border in shown
        assert border >= round(least)
        if border in keys:
            assert not np.isin(between, keys).any()
        else:
            assert border >= round(most)
        # None is passed over: neither a key after the length nor any picture after the longest.
        assert not (between >= round(most)).any()


def test_past_the_longest_any_picture_is_a_border() -> None:
    chunks = plan_chunks(index_of(list(range(0, 30000, 100)), {0}), Fraction(30), TICK)
    assert [chunk.start for chunk in chunks[1:]] == [12000, 24000]


def test_a_key_past_the_longest_comes_too_late() -> None:
    index = index_of(list(range(0, 30000, 100)), {0, 11900, 25000})
    assert [chunk.start for chunk in plan_chunks(index, Fraction(30), TICK)[1:]] == [11900, 23900]


def test_a_length_beyond_the_longest_is_kept() -> None:
    index = index_of(list(range(0, 60000, 100)), {0})
    assert [chunk.start for chunk in plan_chunks(index, Fraction(200), TICK)[1:]] == [20000, 40000]


def test_leading_pictures_belong_to_the_chunk_before() -> None:
    in_file_order = [0, 300, 100, 200, 600, 400, 500, 900, 700, 800]
    first, second = plan_chunks(index_of(in_file_order, {0, 600}), Fraction(5), TICK)
    assert (first.end, first.frames) == (600, 6)
    assert (second.start, second.frames) == (600, 4)


def test_a_hidden_key_is_no_border() -> None:
    index = index_of(list(range(0, 1000, 100)), {0, 500, 700}, hidden={500})
    assert [chunk.start for chunk in plan_chunks(index, Fraction(4), TICK)[1:]] == [700]


@pytest.mark.parametrize(("start", "end"), [(5000, None), (None, -1), (300, 300)])
def test_a_range_that_shows_nothing_has_no_chunks(start: int | None, end: int | None) -> None:
    assert plan_chunks(index_of([0, 100, 200], {0}), Fraction(1), TICK, start, end) == ()


def test_without_a_range_the_first_chunk_takes_whatever_comes_first() -> None:
    free, = plan_chunks(index_of([50, 150], {50}), Fraction(1), TICK)
    assert holds(free, -10**9)
    ranged, = plan_chunks(index_of([50, 150], {50}), Fraction(1), TICK, start=50)
    assert not holds(ranged, 49)
