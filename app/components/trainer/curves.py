"""Curves of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components.chart import ACCENT, chart, laid_out

if TYPE_CHECKING:
    import pandas as pd

_COLORS = {"loss": ACCENT, "validation": "#58b0c8"}
_REST = ("#7f9fbf", "#8fbf8f", "#bf8fa8", "#a8a8a8", "#b0a070")
_TICKS = [step * 10.0**power for power in range(-6, 5) for step in (1, 2, 5)]


def curves(table: pd.DataFrame, key: str) -> None:
    """Every column over the steps, on a scale of powers since losses differ by those."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for place, name in enumerate(table.columns):
        column = table[name].dropna()
        column = column[column > 0]
        if column.empty:
            continue
        figure.add_scatter(
            x=column.index, y=column, name=str(name).replace("_", " "),
            mode="lines+markers" if name == "validation" else "lines",
            line={"width": 2 if name in _COLORS else 1,
                  "color": _COLORS.get(str(name), _REST[place % len(_REST)])})
    laid_out(figure, 320)
    figure.update_xaxes(title="step", rangemode="tozero")
    figure.update_yaxes(type="log", tickvals=_TICKS, ticktext=[f"{value:g}" for value in _TICKS])
    chart(figure, key)
