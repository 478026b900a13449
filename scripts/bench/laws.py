"""What the looks must reach, and what was measured of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from scripts.bench.rules import Rule


@dataclass(frozen=True, slots=True)
class Law:
    """What a look must reach: times the plain recipe, and pictures a second to aim at."""

    plain: float
    fps: tuple[int, int]
    ffmpeg: float = 0.0


LAWS: Mapping[str, Law] = {
    "pencil": Law(5, (30, 10)), "cartoon": Law(15, (25, 8)), "comic": Law(15, (22, 7)),
    "cinematic": Law(30, (50, 15), ffmpeg=1.0)}
TWO_CORES = 1.7


@dataclass(frozen=True, slots=True)
class Measured:
    """One look: seconds a picture by quality preset, at 1080p and 4K, and of its rivals.

    Seconds are of one core; `two_cores` is how many times faster two threads are by the clock.
    """

    look: str
    hd: Mapping[str, float]
    uhd: Mapping[str, float]
    rivals: Mapping[str, float]
    names: Mapping[str, str] = field(default_factory=dict)
    two_cores: float = 0.0

    def times(self, rival: str, preset: str) -> float:
        return self.rivals[rival] / self.hd[preset]


def rules_of(measured: Measured) -> Iterator[Rule]:
    law = LAWS.get(measured.look)
    if law is None:
        return
    name = measured.look
    if "plain" in measured.rivals:
        yield Rule(f"{name} at the preset speed, times its plain recipe",
                   measured.times("plain", "speed"), law.plain, at_most=False)
        yield Rule(f"{name} at the default preset, times its plain recipe",
                   measured.times("plain", "balanced"), law.plain / 2, at_most=False)
    if law.ffmpeg:
        yield Rule(f"{name} per core-second, times {measured.names['FFmpeg']} of FFmpeg",
                   measured.times("FFmpeg", "balanced"), law.ffmpeg, at_most=False)
    yield Rule(f"{name} on two cores, times one", measured.two_cores, TWO_CORES, at_most=False)


def document_of(measured: Measured) -> dict[str, object]:
    law = LAWS.get(measured.look)
    return {**asdict(measured), "fps": {
        size: {preset: 1 / seconds for preset, seconds in taken.items()}
        for size, taken in (("1080p", measured.hd), ("4K", measured.uhd))},
        "goals": None if law is None else asdict(law)}
