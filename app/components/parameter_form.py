"""Widgets for the fields of a form; the draft holds the values, widgets only show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from app.components.binding import bound, bound_choice
from app.forms import FormField

Change = Callable[[str, Any], None]


def parameter_form(fields: tuple[FormField, ...], values: Mapping[str, Any], change: Change,
                   key: str) -> None:
    """One widget per field; `change` is called with a field's name and its new value."""
    for field in fields:
        value = values.get(field.name, field.default)
        _WIDGETS[field.kind](field, value, change, f"{key}.{field.name}")


def _number(field: FormField, value: Any, change: Change, key: str) -> None:
    decimals = max(0, -_exponent(field.step))
    st.slider(field.label, field.low, field.high, step=field.step, help=field.about,
              format=f"%.{decimals}f",
              **bound(key, float(value), lambda new: change(field.name, new)))


def _integer(field: FormField, value: Any, change: Change, key: str) -> None:
    st.slider(field.label, int(field.low), int(field.high), step=1, help=field.about,
              **bound(key, int(value), lambda new: change(field.name, new)))


def _switch(field: FormField, value: Any, change: Change, key: str) -> None:
    st.toggle(field.label, help=field.about,
              **bound(key, bool(value), lambda new: change(field.name, new)))


def _choice(field: FormField, value: Any, change: Change, key: str) -> None:
    st.selectbox(field.label, field.choices, help=field.about, format_func=words,
                 **bound_choice(key, value, field.choices,
                                lambda new: change(field.name, new)))


def _file(field: FormField, value: Any, change: Change, key: str) -> None:
    st.text_input(field.label, help=field.about, placeholder="Path of a file",
                  **bound(key, str(value or ""),
                          lambda new: change(field.name, new.strip().strip('"') or None)))


def _numbers(field: FormField, value: Any, change: Change, key: str) -> None:
    st.caption(field.label, help=field.about)
    held = [float(one) for one in value]

    def put(new: float, place: int) -> None:
        held[place] = new  # of two set in a row, the second keeps the first
        change(field.name, tuple(held))

    for place, (column, one) in enumerate(zip(st.columns(len(held)), held, strict=True)):
        column.number_input(f"{field.label} {place + 1}", field.low, field.high, step=field.step,
                            label_visibility="collapsed", format="%.0f",
                            **bound(f"{key}.{place}", one, partial(put, place=place)))


def _text(field: FormField, value: Any, change: Change, key: str) -> None:
    st.text_input(field.label, help=field.about,
                  **bound(key, str(value or ""), lambda new: change(field.name, new)))


def words(value: str) -> str:
    """A choice as one says it: "teal-orange" becomes "Teal orange"."""
    text = value.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]


def _exponent(step: float) -> int:
    return int(f"{step:e}".split("e")[1])


_WIDGETS: Mapping[str, Callable[[FormField, Any, Change, str], None]] = {
    "number": _number, "integer": _integer, "switch": _switch, "choice": _choice, "file": _file,
    "numbers": _numbers, "text": _text}
