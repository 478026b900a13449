"""A line of numbers about the machine, alive by itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from app.components import problem
from app.vitals import Watch

_CSS = """
.strip { display: flex; justify-content: flex-end; gap: 18px; font: 12px var(--st-font);
  color: var(--br-quiet); white-space: nowrap; overflow: hidden; height: 28px;
  align-items: center; }
.vital { display: grid; grid-template-columns: auto auto; column-gap: 6px; }
.vital b { font-weight: 500; color: var(--br-text); font-variant-numeric: tabular-nums; }
.meter { grid-column: 1 / 3; height: 2px; background: var(--br-line); margin-top: 2px; }
.meter i { display: block; height: 100%; background: var(--br-idle); transition: width .4s; }
.warn b { color: var(--br-bad-text); } .warn .meter i { background: var(--br-bad); }
"""
_JS = """
export default function ({ parentElement, data }) {
  const strip = parentElement.querySelector(".strip");
  strip.replaceChildren(...data.map((vital) => {
    const part = document.createElement("span"), value = document.createElement("b");
    part.className = "vital" + (vital.warn ? " warn" : "");
    value.textContent = vital.value;
    part.append(vital.label, value);
    if (vital.share !== null) {
      const meter = part.appendChild(document.createElement("span")); meter.className = "meter";
      meter.appendChild(document.createElement("i")).style.width =
        Math.min(100, Math.max(0, vital.share * 100)) + "%";
    }
    return part;
  }));
}
"""
_component = st.components.v2.component(
    "brushreel_strip", html='<div class="strip" role="status" aria-label="This machine"></div>',
    css=_CSS, js=_JS)


def hardware_strip(watch: Watch, folder: Path) -> None:
    """Refreshes itself every two seconds, and nothing else of the page."""
    @st.fragment(run_every=2)
    @problem.part("")
    def strip() -> None:
        _component(key="strip", data=[asdict(vital) for vital in watch.vitals(folder)], height=28)

    strip()
