"""Timecode counted on, against counting one frame at a time."""

from fractions import Fraction

import pytest

from core.io.timecode import advanced

NTSC = Fraction(30000, 1001)


def _next(timecode: str, base: int, dropped: int) -> str:
    """One frame later, by the rule: nine minutes in ten leave out their first numbers."""
    hours, minutes, seconds, frames = (int(timecode[at:at + 2]) for at in (0, 3, 6, 9))
    frames += 1
    seconds, frames = seconds + frames // base, frames % base
    new_minute = seconds == 60
    minutes, seconds = minutes + seconds // 60, seconds % 60
    hours, minutes = hours + minutes // 60, minutes % 60
    if new_minute and minutes % 10:
        frames += dropped
    return f"{hours % 24:02}:{minutes:02}:{seconds:02}{timecode[8]}{frames:02}"


@pytest.mark.parametrize(("start", "rate", "base", "dropped"), [
    ("00:58:30;00", NTSC, 30, 2), ("23:59:00;04", Fraction(60000, 1001), 60, 4),
    ("09:59:50:20", Fraction(25), 25, 0), ("00:00:00:00", Fraction(24000, 1001), 24, 0)])
def test_counting_on_is_counting_one_by_one(start: str, rate: Fraction, base: int, dropped: int
                                            ) -> None:
    expected = start
    for frames in range(5000):
        assert advanced(start, frames, rate) == expected
        expected = _next(expected, base, dropped)


def test_a_day_of_drop_frames_is_a_day() -> None:
    assert advanced("10:20:30;05", 144 * 17982, NTSC) == "10:20:30;05"


def test_what_is_no_timecode_stays() -> None:
    assert advanced("unknown", 5, NTSC) == "unknown"
