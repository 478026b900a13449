"""Has the fragment it stands in run again after a while, for as long as it is shown.

A fragment of Streamlit's that runs by itself goes on doing so after its dialog has closed, and
draws into the next one.
"""

from __future__ import annotations

import time

import streamlit as st

from app.components import problem

_component = st.components.v2.component("brushreel_ticker", html="<i></i>", js="""
export default function ({ parentElement, data, setTriggerValue }) {
  // The function is called again once the server has answered, as `turn` is another one then. Until
  // that a tick is repeated, but seldom: each one restarts the run on the server.
  const arm = (wait) => {
    clearTimeout(parentElement.timer);
    parentElement.timer = setTimeout(() => {
      if (!parentElement.isConnected) return;
      setTriggerValue("tick", Date.now());
      arm(Math.max(10 * data.wait, 8000));
    }, wait);
  };
  arm(data.wait);
  return () => clearTimeout(parentElement.timer);
}
""")


def tick(seconds: float, key: str) -> None:
    """In that time, after the browser has heard of this run."""
    _component(key=key, data={"wait": round(seconds * 1000), "turn": str(time.monotonic_ns())},
               height=1, on_tick_change=problem.safe(_nothing))


def _nothing() -> None:
    """The run itself is what is wanted."""
