"""Has the fragment it stands in run again after a while, for as long as it is shown.

A fragment of Streamlit's that runs by itself goes on doing so after its dialog has closed, and
draws into the next one.
"""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component("brushreel_ticker", html="<i></i>", js="""
export default function ({ parentElement, data, setTriggerValue }) {
  clearTimeout(parentElement.timer);
  parentElement.timer = setTimeout(() => {
    if (parentElement.isConnected) setTriggerValue("tick", Date.now());
  }, data);
}
""")


def tick(seconds: float, key: str) -> None:
    _component(key=key, data=round(seconds * 1000), height=1, on_tick_change=lambda: None)
