"""Widgets for the fields of a form; the draft holds the values, widgets only show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.forms import FormField

Change = Callable[[str, Any], None]


def parameter_form(fields: tuple[FormField, ...], values: Mapping[str, Any], change: Change,
                   key: str) -> None:
    """One widget per field; `change` is called with a field's name and its new value."""
    for field in fields:
        value = values.get(field.name, field.default)
        _WIDGETS[field.kind](field, value, change, f"{key}.{field.name}")


def bound(key: str, value: Any, change: Callable[[Any], object]) -> dict[str, Any]:
    """Arguments of a widget that shows `value` and tells what it is changed to.

    The value is sent every time: a widget that the browser draws anew without one would stand at
    its lowest, and say so.
    """
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: change(st.session_state[key])}


def chosen(change: Callable[[Any], object]) -> Callable[[Any], object]:
    """For choices that can be clicked away: nothing chosen leaves it as it was."""
    return lambda value: None if value is None else change(value)


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
                 **bound(key, value, lambda new: change(field.name, new)))


def _file(field: FormField, value: Any, change: Change, key: str) -> None:
    st.text_input(field.label, help=field.about, placeholder="Path of a file",
                  **bound(key, str(value or ""),
                          lambda new: change(field.name, new.strip().strip('"') or None)))


def _numbers(field: FormField, value: Any, change: Change, key: str) -> None:
    st.caption(field.label, help=field.about)
    for place, (column, one) in enumerate(zip(st.columns(len(value)), value, strict=True)):
        def put(new: float, place: int = place) -> None:
            change(field.name, tuple(new if at == place else float(old)
                                     for at, old in enumerate(value)))

        column.number_input(f"{field.label} {place + 1}", field.low, field.high, step=field.step,
                            label_visibility="collapsed", format="%.0f",
                            **bound(f"{key}.{place}", float(one), put))


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
