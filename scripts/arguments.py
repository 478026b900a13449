"""Parsing a command line so that every complaint is one of our own errors, with a suggestion."""

from __future__ import annotations

import argparse
import difflib
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NoReturn

from typing_extensions import override

from core.errors import BrushreelError, InvalidParameter

PROGRAM = "run.bat" if os.name == "nt" else "./run.sh"
"""How this program is called."""

NONE: Mapping[str, str] = MappingProxyType({})


class Parser(argparse.ArgumentParser):
    """Raises InvalidParameter instead of printing usage and leaving."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"{PROGRAM} {command}".rstrip(), description=description,
                         allow_abbrev=False, exit_on_error=False)

    def read(self, given: Sequence[str]) -> argparse.Namespace:
        try:
            args, unknown = self.parse_known_args(given)
        except argparse.ArgumentError as error:
            cause = error.__context__
            if not isinstance(cause, BrushreelError):
                self.error(str(error))
            raise InvalidParameter(f"{error.argument_name}: {cause.message}",
                                   cause.hint) from cause
        if unknown:
            self._refuse(unknown[0])
        return args

    @override
    def error(self, message: str) -> NoReturn:
        raise InvalidParameter(f"{message[:1].upper()}{message[1:]}.", self._help_hint)

    def _refuse(self, word: str) -> NoReturn:
        if not word.startswith("-"):
            raise InvalidParameter(f"'{word}' stands where an option is expected.",
                                   f"Put quotes around names with spaces. {self._help_hint}")
        options = re.findall(r"(?<![\w-])--[a-z][a-z-]*", self.format_help())
        option = word.split("=")[0]
        raise InvalidParameter(f"There is no option {option}.",
                               f"{nearest(option, options)}{self._help_hint}")

    @property
    def _help_hint(self) -> str:
        return f"See: {self.prog} --help"


def nearest(word: str, known: Collection[str], aliases: Mapping[str, str] = NONE) -> str:
    """"Did you mean 'x'? ", or nothing where no known word is near; `aliases` go first."""
    near = [aliases[word.lower()]] if word.lower() in aliases else difflib.get_close_matches(
        word.lower(), known, n=1)
    return f"Did you mean '{near[0]}'? " if near else ""


def one_of(what: str, names: Collection[str], aliases: Mapping[str, str] = NONE
           ) -> Callable[[str], str]:
    """An argument type: one of `names`; `aliases` are other words for them, to be suggested."""
    def chosen(text: str) -> str:
        if text in names:
            return text
        raise InvalidParameter(f"there is no {what} '{text}'.",
                               f"{nearest(text, names, aliases)}Choose from {', '.join(names)}.")

    return chosen


def whole_number(low: int, high: int | None = None) -> Callable[[str], int]:
    """An argument type: a whole number from `low`, to `high` where given."""
    allowed = f"from {low} to {high}" if high is not None else f"of {low} or more"

    def number(text: str) -> int:
        value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None
        if value is None or value < low or (high is not None and value > high):
            raise InvalidParameter(f"'{text}' is refused.", f"Give a whole number {allowed}.")
        return value

    return number


_TIME = re.compile(r"(?:(?:([0-9]{1,6}):)?([0-9]{1,6}):)?([0-9]{1,12}(?:\.[0-9]*)?|\.[0-9]+)")


def time(text: str) -> Fraction:
    """An argument type: seconds, MM:SS or HH:MM:SS, with any decimals; exact."""
    match = _TIME.fullmatch(text)
    if match:
        hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
        below_minute = seconds < 60 or match[2] is None
        below_hour = minutes < 60 or match[1] is None
        if below_minute and below_hour:
            return 3600 * hours + 60 * minutes + seconds
    raise InvalidParameter(f"'{text}' is not a time.",
                           "Write seconds (12.5), MM:SS or HH:MM:SS.mmm.")


def time_within(low: int, high: int) -> Callable[[str], Fraction]:
    """An argument type: a time from `low` to `high` seconds."""
    def chosen(text: str) -> Fraction:
        value = time(text)
        if not low <= value <= high:
            raise InvalidParameter(f"{text} s is refused.", f"Give {low} to {high} seconds.")
        return value

    return chosen


def positive_time(text: str) -> Fraction:
    """An argument type: a time above zero."""
    value = time(text)
    if not value:
        raise InvalidParameter(f"'{text}' is refused.", "Give a duration above zero.")
    return value
