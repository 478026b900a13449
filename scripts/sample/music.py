"""The music of the sample clip: five bars, one to a shot, with an accent on every cut."""

import numpy as np

from scripts.sample.instruments import (
    SAMPLE_RATE,
    band,
    bass,
    beat,
    bell,
    breath,
    pad,
    pluck,
    reverberation,
    swell,
    times,
)
from scripts.sample.shots import FRAMES, RATE

SECONDS = float(FRAMES / RATE)
BAR = 2.0
PEAK = 0.75
# MIDI notes. D major: Dmaj9, Bm9, Gmaj9, A11, Dmaj9.
BASSES = (38, 35, 31, 33, 38)
CHORDS = ((57, 61, 64, 66), (57, 61, 62, 66), (57, 59, 62, 66), (57, 62, 64, 67), (57, 61, 64, 69))
MELODY = (
    ((0.0, 78), (0.5, 81), (0.75, 83), (1.25, 81), (1.5, 76)),
    ((0.0, 78), (0.5, 74), (0.75, 76), (1.25, 78), (1.5, 73)),
    ((0.0, 74), (0.5, 78), (0.75, 81), (1.25, 83), (1.5, 86)),
    ((0.0, 88), (0.5, 85), (0.75, 83), (1.25, 81), (1.5, 83)),
    ((0.0, 86), (0.5, 81), (1.0, 90)),
)
"""Notes as (seconds after the bar line, MIDI note)."""


def score() -> np.ndarray:
    """Float32 (2, 480000) within -PEAK..PEAK: ten seconds of stereo at SAMPLE_RATE."""
    random = np.random.default_rng(11)
    dry, wet = (np.zeros((2, times(SECONDS).size)) for _ in range(2))
    for number, (low, chord, melody) in enumerate(zip(BASSES, CHORDS, MELODY, strict=True)):
        _bar(dry, wet, number * BAR, low, chord, melody)
        if number:
            _add(wet, breath(0.7, random), number * BAR - 0.7, 0.035)
    mix = dry + 0.55 * reverberation(dry * 0.4 + wet, 2.4, random)
    mix = band(mix, 30, 15_000) * _fade()
    return (mix * (PEAK / np.abs(mix).max())).astype(np.float32)


def _bar(dry: np.ndarray, wet: np.ndarray, start: float, low: int,
         chord: tuple[int, ...], melody: tuple[tuple[float, int], ...]) -> None:
    for note in chord:
        _add(dry, pad(note, BAR + 0.7), start - 0.15, 0.045)
    for after, level in ((0.0, 0.30), (1.25, 0.17)):
        _add(dry, bass(low, 1.1), start + after, level)
    for after, level in ((0.0, 0.34), (1.0, 0.18)):
        _add(dry, beat(), start + after, level)
    _add(wet, bell(chord[-1] + 12), start, 0.10, across=0.35)
    for count, (after, note) in enumerate(melody):
        across = 0.32 if count % 2 else 0.68
        _add(dry, pluck(note), start + after, 0.15, across)
        _add(dry, pluck(note), start + after + 0.375, 0.04, 1 - across)


def _add(track: np.ndarray, sound: np.ndarray, start: float, level: float,
         across: float = 0.5) -> None:
    """Mix in a sound, mono placed from left 0 to right 1, cut where the track ends."""
    if sound.ndim == 1:
        sound = np.outer([np.sqrt(1 - across), np.sqrt(across)], sound)
    first = round(start * SAMPLE_RATE)
    sound = sound[:, max(-first, 0):track.shape[1] - first]
    first = max(first, 0)
    track[:, first:first + sound.shape[1]] += level * sound


def _fade() -> np.ndarray:
    """Out over the last second and a half."""
    return swell(SECONDS, 0.03, 1.5)
