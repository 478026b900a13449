"""Analytics: what was rendered, how fast and how well, and what training has changed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence

import streamlit as st

from app import analytics
from app.analytics import DAY, Promotion, Rated, Rendered
from app.components import problem
from app.components.analytics import charts, drifts
from app.components.chart import chart
from app.components.text import plain
from app.facts import counted
from app.serving import feedback, jobs
from core.errors import BrushreelError
from core.metrics import METRICS
from core.models import ModelRegistry
from feedback import drift
from feedback.drift import Period
from feedback.quality import Measurement, QualityLog, named
from feedback.records import Versions, versions_of

_PERIODS = {"7 days": 7, "30 days": 30, "A year": 365, "All": 0}
_SHORT = {"objective": "difference to what is wanted", "lpips": "LPIPS",
          "warp_error": "unsteadiness", "sharpness": "error in sharpness", "seconds": "time"}


def page() -> None:
    with problem.shown():
        registry = ModelRegistry()
        versions = versions_of(registry)
        renders = analytics.rendered(jobs(), versions)
        ratings = _ratings(versions)
        trained, measured = analytics.promotions(registry), _measured()
        if not (renders or ratings or trained or measured):
            _empty()
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What became of your renders")
            st.space("stretch")
            period = st.segmented_control("Period", list(_PERIODS), default="30 days",
                                          key="analytics.period", label_visibility="collapsed")
        days = _PERIODS.get(period or "All", 0)
        since = time.time() - days * DAY if days else 0.0
        renders = [one for one in renders if one.when >= since]
        ratings = [one for one in ratings if one.when >= since]
        stars, stands = analytics.stars_of(ratings), drift.watch(measured)
        drifts.warnings(stands)
        _numbers(renders, ratings)
        _timelines(renders, ratings)
        left, right = st.columns(2, gap="large")
        with left:
            _quality(drift.periods(one for one in measured if one.made.timestamp() >= since),
                     stars)
            drifts.steadiness(stands)
        with right:
            _models(trained, stars)
            drifts.periods(drift.periods(measured))


def _empty() -> None:
    st.header("Nothing to tell yet")
    st.caption("Once renders are done, this page shows how many there were and how fast, what "
               "failed and why, your ratings over time, the quality of each look, and what every "
               "newly trained version of a model has changed.")
    if st.button("Open the Dashboard", key="to-dashboard"):
        st.switch_page("../pages/dashboard.py")


def _ratings(versions: Versions) -> list[Rated]:
    """A store that cannot be read hides nothing else."""
    try:
        return analytics.rated(feedback().records(), versions)
    except BrushreelError as error:
        problem.show(error)
        return []


def _measured() -> list[Measurement]:
    try:
        return QualityLog().read()
    except BrushreelError as error:
        problem.show(error)
        return []


def _numbers(renders: Sequence[Rendered], ratings: Sequence[Rated]) -> None:
    done = [one for one in renders if one.outcome == "done"]
    failed = sum(one.outcome == "failed" for one in renders)
    speeds = [one.fps for one in done if one.fps > 0]
    shown = {"Renders": f"{len(done):,}", "Frames": f"{sum(one.frames for one in done):,}",
             "Usual speed": f"{statistics.median(speeds):.1f} fps" if speeds else "–",
             "Failed": f"{failed} ({failed / len(renders):.0%})" if renders else "–",
             "Stars": f"{statistics.fmean(one.stars for one in ratings):.1f}" if ratings else "–"}
    for place, (label, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        place.metric(label, value)


def _timelines(renders: Sequence[Rendered], ratings: Sequence[Rated]) -> None:
    colors = charts.colors_of([*(one.look for one in renders if one.outcome == "done"),
                               *(one.look for one in ratings)])
    first, second, third = st.columns(3, gap="large")
    with first:
        st.caption("Renders by day")
        if renders:
            chart(charts.outcomes(analytics.by_day(renders)), "analytics.renders")
        else:
            st.text("None ended in this time.")
        for why, count in analytics.reasons(renders):
            st.caption(plain(f"{counted(count, 'time')}: {why}"))
    with second:
        st.caption("Speed")
        timed = [one for one in renders if one.outcome == "done" and one.fps > 0]
        if timed:
            chart(charts.speeds(timed, colors), "analytics.speed")
        else:
            st.text("Each finished render will be a point here, by its look.")
    with third:
        st.caption("Ratings")
        if ratings:
            chart(charts.ratings(ratings, colors), "analytics.ratings")
        else:
            st.text("Stars that you give in the Style Lab will be points here.")


def _quality(periods: Sequence[Period], stars: Mapping[str, Sequence[int]]) -> None:
    """Of what was drawn more than once by the same version, with another between, the last."""
    st.caption("Quality by look and model version")
    found = {named(one.look, one.version): one for one in periods}
    names = {"stars": "Stars"} if stars else {}
    names |= {name: metric.title for name, metric in METRICS.items()
              if any(name in one.values for one in periods)}
    if not names:
        st.text("Rate renders in the Style Lab, or have them measured, and looks are compared "
                "here.")
        return
    name = st.selectbox("Figure", list(names), format_func=names.__getitem__,
                        key="analytics.figure", label_visibility="collapsed")
    if name == "stars":
        shown = {look: (statistics.fmean(given), f"{len(given)} rated")
                 for look, given in stars.items()}
        chart(charts.bars(shown, "Stars", 5.9), "analytics.quality")
        return
    better = METRICS[name].better
    values = {look: (one.values[name], counted(one.clips, "clip"))
              for look, one in found.items() if name in one.values}
    chart(charts.bars(values, names[name] + ("" if better == "neither" else
                                             f" ({better} is better)"),
                      1.25 * max(value for value, _ in values.values())), "analytics.quality")


def _models(trained: Sequence[Promotion], stars: Mapping[str, Sequence[int]]) -> None:
    st.caption("What training has changed")
    if not trained:
        st.text("Each version of a model that you fine-tune in the Trainer will stand here: by how "
                "much it is better on pictures it has not seen, and whether it took over.")
        return
    for one in trained:
        with st.container(border=True, gap="small"):
            st.text(" · ".join(filter(None, (
                f"{one.model}, version {one.version}", one.added,
                "in use" if one.current else ""))))
            st.text(f"{one.verdict[:1].upper()}{one.verdict[1:]}")
            if one.changes:
                st.caption(plain("On pictures held back: " + ", ".join(
                    f"{_SHORT.get(name, name)} {change:+.0%}"
                    for name, change in one.changes.items())))
            given, before = stars.get(one.look, ()), stars.get(one.before, ())
            if given and before:
                st.caption(plain(f"Rated {statistics.fmean(given):.1f} stars ({len(given)}), the "
                                 f"version before {statistics.fmean(before):.1f} "
                                 f"({len(before)})"))


page()
