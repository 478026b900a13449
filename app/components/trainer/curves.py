"""Curves of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

_COLORS = {"loss": "#e0a04a", "validation": "#ffffff"}
_REST = ("#7f9fbf", "#8fbf8f", "#bf8fa8", "#a8a8a8", "#b0a070")


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
    figure.update_layout(
        height=300, margin={"l": 8, "r": 8, "t": 8, "b": 8}, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="#161616", font={"color": "#c8c8c8"}, legend={"orientation": "h"},
        xaxis={"title": "step", "gridcolor": "#2a2a2a"},
        yaxis={"type": "log", "gridcolor": "#2a2a2a"})
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False})
