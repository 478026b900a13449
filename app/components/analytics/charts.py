"""Charts of the page Analytics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.analytics import OUTCOMES, Rated, Rendered
from app.components.chart import ACCENT, BAD, GOOD, SERIES, STILL, WARN, laid_out

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TONES = dict(zip(OUTCOMES, (GOOD, BAD, WARN, STILL), strict=True))
_NAMED = 7
"""Looks with a color of their own; the others share one."""
_MEAN_OF = 10
_HEIGHT = 270
_DAY = 86_400_000
"""Milliseconds, as axes of time count."""


def colors_of(looks: Sequence[str]) -> dict[str, str]:
    """The commonest looks first, each with its color in every chart."""
    ordered = sorted(set(looks), key=lambda look: (-looks.count(look), look))
    return {look: SERIES[place] if place < _NAMED else STILL
            for place, look in enumerate(ordered)}


def outcomes(days: Mapping[str, Mapping[date, int]]) -> go.Figure:
    """How many renders ended how, day by day."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for outcome in OUTCOMES:
        counts = days.get(outcome, {})
        if counts:
            figure.add_bar(x=list(counts), y=list(counts.values()), name=outcome,
                           marker_color=_TONES[outcome], width=0.8 * _DAY,
                           hovertemplate="%{x|%-d %b}: %{y} " + outcome + "<extra></extra>")
    shown = {day for counts in days.values() for day in counts}
    first, last = min(shown), max(shown)
    few = timedelta(days=max(0, 6 - (last - first).days))
    span = [first - few - timedelta(days=1), last + timedelta(days=1)]
    laid_out(figure, _HEIGHT, barmode="stack")
    _days(figure)
    figure.update_xaxes(range=span, showgrid=False,
                        dtick=_DAY * max(1, (last - first + few).days // 5))
    return figure.update_yaxes(rangemode="tozero", tickformat="d", nticks=5)


def speeds(renders: Sequence[Rendered], colors: Mapping[str, str]) -> go.Figure:
    """Frames per second of every render, on a scale of powers, as looks differ by those."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for look, color in colors.items():
        chosen = [one for one in renders if one.look == look]
        figure.add_scattergl(
            x=[_moment(one.when) for one in chosen], y=[one.fps for one in chosen], name=look,
            mode="markers", marker={"color": color, "size": 7, "opacity": 0.85},
            hovertemplate=look + ": %{y:.1f} fps<extra></extra>")
    laid_out(figure, _HEIGHT)
    figure.update_layout(legend={"y": -0.18, "yanchor": "top"})
    _days(figure)
    steps = [step * 10.0**power for power in range(-2, 4) for step in (1, 2, 5)]
    return figure.update_yaxes(type="log", title="fps", tickvals=steps,
                               ticktext=[f"{step:g}" for step in steps])


def ratings(rated: Sequence[Rated], colors: Mapping[str, str]) -> go.Figure:
    """Stars as they were given, and the mean of the last ones."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for look, color in colors.items():
        chosen = [one for one in rated if one.look == look]
        figure.add_scatter(
            x=[_moment(one.when) for one in chosen], y=[one.stars for one in chosen], name=look,
            mode="markers", marker={"color": color, "size": 8, "opacity": 0.8},
            hovertemplate=look + ": %{y} stars<extra></extra>", showlegend=False)
    means = [sum(one.stars for one in rated[max(0, at - _MEAN_OF + 1):at + 1])
             / min(at + 1, _MEAN_OF) for at in range(len(rated))]
    if len(rated) > 2:
        figure.add_scatter(
            x=[_moment(one.when) for one in rated], y=means, name=f"mean of {_MEAN_OF}",
            mode="lines", line={"color": "#a0a0a0", "width": 1.5},
            hovertemplate="mean: %{y:.1f} stars<extra></extra>")
    laid_out(figure, _HEIGHT)
    _days(figure)
    return figure.update_yaxes(range=[0.6, 5.4], dtick=1, title="stars")


def _days(figure: go.Figure) -> None:
    figure.update_xaxes(tickformat="%-d %b", hoverformat="%-d %b %H:%M", nticks=6)


def bars(values: Mapping[str, tuple[float, str]], title: str, most: float) -> go.Figure:
    """One bar for each look, from the top: its value, and what that rests on in words."""
    import plotly.graph_objects as go

    known = list(values.items())[::-1]
    figure = go.Figure(go.Bar(
        x=[value for _, (value, _) in known], y=[look for look, _ in known], orientation="h",
        marker_color=ACCENT, text=[f" {value:.3g} ({basis})" for _, (value, basis) in known],
        textposition="outside", cliponaxis=False, hoverinfo="skip"))
    laid_out(figure, 60 + 27 * len(known), bargap=0.35)
    figure.update_xaxes(title={"text": title, "standoff": 10}, range=[0, most])
    return figure.update_yaxes(showgrid=False)


def _moment(when: float) -> datetime:
    return datetime.fromtimestamp(when).astimezone().replace(tzinfo=None)
