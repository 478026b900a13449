"""Which frame and which track of a render belongs to which of its source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.io.inspection import Track


def matched(theirs: np.ndarray, ours: np.ndarray, tolerance: float
            ) -> tuple[float, np.ndarray, np.ndarray]:
    """The offset under which most frames fall together, and the places of those."""
    best: tuple[float, np.ndarray, np.ndarray] = (0.0, np.zeros(0, int), np.zeros(0, int))
    if not len(theirs) or not len(ours):
        return best
    heads = min(4, len(theirs), len(ours))
    offsets = [ours[own] - theirs[other] for own, other in
               [(n, 0) for n in range(heads)] + [(0, n) for n in range(1, heads)] + [(-1, -1)]]
    for offset in offsets:
        found = _together(theirs + offset, ours, tolerance)
        if len(found[0]) > len(best[1]):
            best = (float(offset), *found)
    return best


def _together(theirs: np.ndarray, ours: np.ndarray, tolerance: float
              ) -> tuple[np.ndarray, np.ndarray]:
    places = np.clip(np.searchsorted(ours, theirs - tolerance), 0, len(ours) - 1)
    near = np.abs(ours[places] - theirs) <= tolerance
    _, first = np.unique(places[near], return_index=True)
    return np.flatnonzero(near)[first], places[near][first]


def distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean difference of each pair of small pictures, in codes."""
    return np.abs(some.astype(np.int16) - others.astype(np.int16)).mean(axis=(1, 2))


def paired(theirs: tuple[Track, ...], ours: tuple[Track, ...]
           ) -> Iterator[tuple[Track, Track | None]]:
    """Tracks with their successors: by content, then those alike in their order."""
    left = list(ours)
    chosen: dict[int, Track] = {}
    for alike in (_same_content, _same_kind, _any):
        for track in theirs:
            found = None if track.index in chosen else next(
                (one for one in left if alike(track, one)), None)
            if found is not None:
                chosen[track.index] = found
                left.remove(found)
    yield from ((track, chosen.get(track.index)) for track in theirs)


def _same_content(one: Track, other: Track) -> bool:
    common = np.isin(other.digests, one.digests)
    return bool(len(common) and common.mean() > 0.5 and language_of(one) == language_of(other))


def _same_kind(one: Track, other: Track) -> bool:
    return language_of(one) == language_of(other) and title_of(one) == title_of(other)


def _any(one: Track, other: Track) -> bool:
    return one.kind == other.kind


def language_of(track: Track) -> str:
    """ISO 639-2, in the bibliographic code where there are two."""
    found = track.tags.get("language", "und")
    return _TWICE.get(found, found)


def title_of(track: Track) -> str:
    """QuickTime and MP4 call it the name of a track."""
    return track.tags.get("title") or track.tags.get("name") or ""


_TWICE = {"deu": "ger", "nld": "dut", "ell": "gre", "isl": "ice", "zho": "chi", "sqi": "alb",
          "mkd": "mac", "hye": "arm", "kat": "geo", "bod": "tib", "mya": "bur", "msa": "may",
          "cym": "wel", "eus": "baq", "fra": "fre", "ron": "rum", "ces": "cze", "slk": "slo"}
"""Languages with two codes in ISO 639-2, by the one for terminology."""
