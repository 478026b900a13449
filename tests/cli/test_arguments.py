import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidParameter
from scripts.arguments import Parser, nearest, positive_time, time, time_within, whole_number
from scripts.terminal import duration

PATIENT = settings(deadline=None)  # a busy machine is no failure
DIGITS = st.text("0123456789", min_size=1, max_size=12)


@PATIENT
@given(st.integers(0, 999_999), DIGITS)
def test_plain_seconds_are_exact(whole: int, decimals: str) -> None:
    wanted = whole + Fraction(int(decimals), 10 ** len(decimals))
    assert time(f"{whole}.{decimals}") == wanted
    assert time(f"{whole}") == whole


@PATIENT
@given(st.integers(0, 999), st.integers(0, 59), st.integers(0, 59), DIGITS)
def test_clock_times_are_exact(hours: int, minutes: int, seconds: int, decimals: str) -> None:
    rest = Fraction(int(decimals), 10 ** len(decimals))
    below = 60 * minutes + seconds + rest
    assert time(f"{minutes}:{seconds:02}.{decimals}") == below
    assert time(f"{hours:02}:{minutes:02}:{seconds:02}.{decimals}") == 3600 * hours + below


@PATIENT
@given(st.fractions(0, 10**9))
def test_a_time_written_in_milliseconds_comes_back(wanted: Fraction) -> None:
    thousandths = round(wanted * 1000)
    seconds, rest = divmod(thousandths, 1000)
    hours, minutes = divmod(seconds // 60, 60)
    text = f"{hours}:{minutes:02}:{seconds % 60:02}.{rest:03}"
    assert time(text) == Fraction(thousandths, 1000)


@PATIENT
@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused_in_words(text: str) -> None:
    if re.fullmatch(r"[0-9:.]*", text):
        return
    with pytest.raises(InvalidParameter) as refused:
        time(text)
    assert refused.value.hint


@pytest.mark.parametrize("text", ["", ".", ":", "1:", ":30", "1:60", "1:75:00", "1:00:60", "-1",
                                  "1e3", "1/3", "1:2:3:4", "0x10", "nan", "inf", " 1", "1_0", "٣"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match="not a time"):
        time(text)


def test_ranges_hold_at_both_ends() -> None:
    within = time_within(10, 120)
    assert (within("10"), within("2:00")) == (10, 120)
    for text in ("9.999", "120.001"):
        with pytest.raises(InvalidParameter, match="refused"):
            within(text)
    with pytest.raises(InvalidParameter, match="refused"):
        positive_time("0")
    assert positive_time("0.001") == Fraction(1, 1000)


@PATIENT
@given(st.integers())
def test_whole_numbers_are_taken_in_their_range_alone(value: int) -> None:
    number = whole_number(-5, 51)
    if -5 <= value <= 51:
        assert number(str(value)) == value
    else:
        with pytest.raises(InvalidParameter, match="refused"):
            number(str(value))


@pytest.mark.parametrize("text", ["", "1.0", "one", "1e1", "٣", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match="refused"):
        whole_number(0)(text)


def test_an_option_keeps_its_name_in_the_complaint() -> None:
    parser = Parser("render", "")
    parser.add_argument("--start", type=time)
    with pytest.raises(InvalidParameter, match=r"^--start: '1:99' is not a time\."):
        parser.read(["--start", "1:99"])
    with pytest.raises(InvalidParameter, match=r"--stat.*Did you mean '--start'"):
        parser.read(["--stat", "1"])
    with pytest.raises(InvalidParameter, match="expected one argument"):
        parser.read(["--start"])


def test_abbreviations_are_no_options() -> None:
    parser = Parser("render", "")
    parser.add_argument("--start", type=time)
    with pytest.raises(InvalidParameter, match="There is no option --sta"):
        parser.read(["--sta=1"])


def test_the_nearest_word_is_suggested_or_none() -> None:
    assert nearest("pencl", ["pencil", "comic"]) == "Did you mean 'pencil'? "
    assert nearest("zzz", ["pencil", "comic"]) == ""


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (125, "2:05"), (3725, "1:02:05")])
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_short_durations_may_have_decimals() -> None:
    assert (duration(0.26, 1), duration(125, 1)) == ("0.3 s", "2:05")
