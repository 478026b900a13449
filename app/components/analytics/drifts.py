"""Looks that draw worse than they did, and what each change of a version did to renders."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.text import plain
from core.metrics import METRICS
from feedback.drift import Drift, Period


def warnings(drifts: Sequence[Drift]) -> None:
    """Of every look that fell, with how and on what that rests."""
    for drift in drifts:
        if drift.warning:
            with st.container(border=True, key=f"drift-{drift.look}"):
                st.markdown(f":material/warning: {plain(drift.warning)}")


def steadiness(drifts: Sequence[Drift]) -> None:
    """What is to be said where nothing fell."""
    told = [drift for drift in drifts if drift.enough and not drift.warning]
    if told:
        st.caption(plain(f"No worse than before: {', '.join(drift.look for drift in told)}."))
    elif not drifts:
        st.caption("A warning stands here once a look draws worse than it did. Renders are "
                   "measured with render --metrics.")


def periods(found: Sequence[Period]) -> None:
    """What renders say of each change of version, where enough of them were measured."""
    for period in found:
        changes = [change for change in period.changes if change.verdict != "same"]
        if not period.changes:
            continue
        words = ", ".join(f"{METRICS[change.figure].title.lower()} {change.verdict} "
                          f"({change.now:.3g}, before {change.before:.3g})"
                          for change in changes) or "no change beyond chance"
        st.caption(plain(f"{period.look}, version {period.version}, since "
                         f"{period.since.astimezone():%d %b %Y}: {words}; {period.clips} clips."))
