"""Figures of results over time, each moment of them one click from the player."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.components import problem
from app.components.chart import SERIES, chart, laid_out
from app.components.text import plain
from app.lab import Result
from app.measuring import Measurements, Moment, Timeline
from core.metrics import METRICS, Metric

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FIRST = "flicker"
"""What is shown at first, where it was measured."""
Go = Callable[[float], None]
"""Takes the player to a time, in seconds of the source."""


def timelines(results: Sequence[Result], known: Measurements, go: Go) -> None:
    """Of one figure, which is chosen here; what was not measured yet can be."""
    found = {result.name: timeline for result in results
             if (timeline := known.of(result)) is not None}
    _measure([result for result in results if result.name not in found], known)
    names = [name for name in METRICS if any(name in one.names for one in found.values())]
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = st.selectbox(
            "Figure", names, index=names.index(_FIRST) if _FIRST in names else 0,
            format_func=lambda one: METRICS[one].title, key="lab.figure", width=210,
            label_visibility="collapsed", help=None)
        _worst(found, name, go)
    _lines(found, name, go)


def busy(results: Sequence[Result], known: Measurements) -> bool:
    return any(work.busy for result in results if (work := known.work(result)) is not None)


def _measure(missing: Sequence[Result], known: Measurements) -> None:
    idle = []
    for result in missing:
        work = known.work(result)
        if work is not None and work.busy:
            st.progress(work.share, text=plain(f"Measuring {result.name}"))
            continue
        if work is not None:
            problem.show(work.error)
        idle.append(result)
    if not idle:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Measure", key="lab.measure", icon=":material/monitoring:"):
            for result in idle:
                known.begin(result)
            st.rerun()
        st.caption(plain(f"{', '.join(result.name for result in idle)}: not measured yet. It goes "
                         "on in the background."))


def _worst(found: Mapping[str, Timeline], name: str, go: Go) -> None:
    """Of the first result."""
    timeline, metric = next(iter(found.values())), METRICS[name]
    moments = timeline.worst(name) if name in timeline.names else []
    st.caption("Worst moments" if moments else _about(metric),
               width="content" if moments else "stretch")
    for place, moment in enumerate(moments):
        st.button(f"{_clock(moment.time)} · {moment.value:.3g}", key=f"lab.worst.{place}",
                  on_click=problem.safe(go), args=(moment.time,), help="Go there")


def _lines(found: Mapping[str, Timeline], name: str, go: Go) -> None:
    def clicked() -> None:
        chosen: Any = st.session_state.get("lab.timeline")
        points = chosen["selection"]["points"] if chosen else []
        if points:
            go(float(points[0]["x"]))

    figure = _figure({label: timeline.line(name) for label, timeline in found.items()
                      if name in timeline.names}, METRICS[name])
    chart(figure, "lab.timeline", on_select=problem.safe(clicked), selection_mode="points")


def _figure(lines: Mapping[str, Sequence[Moment]], metric: Metric) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for (label, moments), color in zip(lines.items(), SERIES, strict=False):
        figure.add_scatter(
            x=[one.time for one in moments], y=[one.value for one in moments], name=label,
            mode="lines+markers", line={"color": color, "width": 1.4},
            marker={"size": 5, "color": color}, showlegend=len(lines) > 1,
            selected={"marker": {"size": 11, "opacity": 1}},
            unselected={"marker": {"opacity": 0.8}},
            hovertemplate=("" if len(lines) == 1 else f"{label}<br>")
            + "%{x:.2f} s: %{y:.3g}<extra></extra>")
    laid_out(figure, 190, hovermode="closest", clickmode="event+select")
    figure.update_xaxes(ticksuffix=" s")
    unit = f", {metric.unit}" if metric.unit else ""
    better = "" if metric.better == "neither" else f"<br>{metric.better} is better"
    return figure.update_yaxes(title=f"{metric.title}{unit}{better}", nticks=5)


def _about(metric: Metric) -> str:
    return plain(f"{metric.about} Click a point to go there.")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:05.2f}"
