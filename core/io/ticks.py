"""A clock for the pictures that MP4 and MOV can count in."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.io.mux import MuxJob

_MOST = 2**31 - 1
"""Ticks from one packet to the next that MP4 and MOV have room for."""


def countable(job: MuxJob) -> tuple[MuxJob, list[str]]:
    """The same job on a coarser clock where its container needs one, and what is to be said of it.

    Where one clock holds all times exactly that is taken.
    """
    base, longest = job.time_base, _longest(job)
    if job.container not in ("mp4", "mov") or longest * base * base.denominator <= _MOST:
        return job, []
    exact = (base * _common(job)).denominator
    if longest * base * exact <= _MOST:
        return _on(job, Fraction(1, exact)), []
    coarse = Fraction(1, 10 ** (len(str(int(_MOST / (longest * base)))) - 1))
    return _on(job, coarse), [
        f"{job.container} cannot count in {base} s where pictures stand this long; their times are "
        f"rounded to {coarse} s."]


def _longest(job: MuxJob) -> int:
    """Ticks between neighboring packets at the most, or by which one is shown after its turn."""
    times = np.sort(np.concatenate([chunk.pts for chunk in job.chunks]))
    return max(int(np.diff(times).max(initial=1)),
               *(int(chunk.durations.max(initial=1)) for chunk in job.chunks),
               *(int((chunk.pts - chunk.pts[chunk.order]).max(initial=1)) for chunk in job.chunks))


def _common(job: MuxJob) -> int:
    """The most ticks of which all times of the pictures are multiples."""
    shift = round(job.offset / job.time_base)
    return max(1, int(np.gcd.reduce(np.concatenate(
        [[shift], *(part for chunk in job.chunks for part in (chunk.pts, chunk.durations))]))))


def _on(job: MuxJob, clock: Fraction) -> MuxJob:
    scale = job.time_base / clock

    def moved(ticks: np.ndarray) -> np.ndarray:
        return np.array([round(int(tick) * scale) for tick in ticks], np.int64)

    chunks, last = [], -2**62
    for chunk in job.chunks:
        # Two pictures that fall onto one tick follow each other.
        places = np.arange(len(chunk.pts))
        pts = np.maximum.accumulate(np.maximum(moved(chunk.pts) - places, last + 1)) + places
        last = int(pts[-1])
        chunks.append(dataclasses.replace(
            chunk, pts=pts, durations=np.maximum(moved(chunk.durations), 1)))
    return dataclasses.replace(job, chunks=chunks, time_base=clock)
