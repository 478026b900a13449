"""How every chart looks: without a frame, in colors that stay apart for the color-blind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT = "#e0a04a"
SERIES = (ACCENT, "#6fb1e0", "#8fc58a", "#e58fb0", "#b9a3e3", "#d9cf6a", "#5fc2b8", "#c98d6b")
GOOD, WARN, BAD, STILL = "#67b56d", "#d9b13c", "#ef6a52", "#7d7d7d"
_GRID = "rgba(128,128,128,.18)"


def laid_out(figure: go.Figure, height: int, **layout: Any) -> go.Figure:
    """`height` in pixels; what `layout` says goes before what all charts have."""
    axis = {"gridcolor": _GRID, "zeroline": False, "linecolor": _GRID, "automargin": True,
            "title": {"standoff": 6}}
    figure.update_layout(
        height=height, margin={"l": 4, "r": 8, "t": 8, "b": 4}, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)", font={"size": 12},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None,
                "font": {"size": 11}},
        dragmode=False)
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure.update_layout(**layout)


def chart(figure: go.Figure, key: str, **options: Any) -> Any:
    """Without Plotly's own buttons, its letters in the colors of the page; gives what was chosen,
    where `options` ask for that.
    """
    return st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False},
                           **options)
