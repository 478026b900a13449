"""Style Lab: results beside each other, judged by eye, and presets to keep."""

from __future__ import annotations

import streamlit as st

from app import preset_files
from app.components import problem
from app.components.lab.timelines import busy, timelines
from app.components.lab.tuning import tuning_panel
from app.components.lab.votes import votes
from app.components.player import Footage as Shown
from app.components.player import Leap, player
from app.components.text import plain
from app.footage import rate_of
from app.lab import Judge, Result, labels, results
from app.opened import opened
from app.queue import Counter
from app.serving import feedback, footage, jobs, measurements, tastes
from core.errors import BrushreelError
from core.io import VideoProbe

_LEAP, _OPENED, _FIRST = "lab.leap", "lab.opened", "lab.first"
if "judge" not in st.session_state:
    st.session_state["judge"] = Judge(feedback(), measurements().values)
if "counter" not in st.session_state:
    st.session_state["counter"] = Counter(jobs())
counter: Counter = st.session_state["counter"]
judge: Judge = st.session_state["judge"]


def page() -> None:
    with problem.shown():
        found = [*results(jobs()), *st.session_state.get(_OPENED, ())]
        if not found:
            st.header("Nothing to compare yet")
            st.caption("Finished renders appear here: two looks of the same video side by side, or "
                       "one beside its source.")
            if st.button("Open the Dashboard", key="to-dashboard"):
                st.switch_page("../pages/dashboard.py")
            _open()
            _presets()
            return
        left, right = st.columns([3.2, 1], gap="small")
        with right.container(key="panel"):
            compare, vote, tune, presets = st.tabs(["Compare", "Blind vote", "Tune", "Presets"],
                                                   key="lab.tab", on_change="rerun")
        if vote.open:
            with vote:
                pair = votes(found, judge, tastes(), jobs())
            with left:
                if pair is None:
                    st.header("Which do you like better?")
                    st.caption("The pair appears here, as A and B. Every vote teaches Brushreel "
                               "what you like.")
                else:
                    _play(pair.first, pair.second, hidden=True)
            return
        with compare:
            first, second = _chosen(found)
            _rate(first)
            _open()
        if tune.open:
            with tune:
                tuning_panel(found, tastes(), jobs(), counter)
        with presets:
            _presets()
        with left:
            _play(first, second)


def _chosen(found: list[Result]) -> tuple[Result, Result | None]:
    names = {result.id: result for result in found}
    label = labels(found).__getitem__
    number = st.selectbox("Result", list(names), format_func=label, key=_FIRST)
    first = names[number]
    others = [result.id for result in found
              if result.beside(first) and result.id != number]
    other = st.selectbox("Beside", [0, *others], key=f"lab.second.{number}",
                         format_func=lambda one: label(one) if one else "its source")
    st.toggle("Timelines", key="lab.lines",
              help="Steadiness, edges and the like over time, with the worst moments")
    return first, names.get(other)


def _open() -> None:
    """Any result, wherever it lies."""
    with st.expander("Open a result from disk"):
        st.text_input("Path of the result", key="lab.open.path")
        st.text_input("Path of its source", key="lab.open.source",
                      placeholder="Looked for near the result")
        st.button("Open", key="lab.open", on_click=problem.safe(_opened))


def _opened() -> None:
    state = st.session_state
    before: list[Result] = state.setdefault(_OPENED, [])
    result = opened(state["lab.open.path"], state["lab.open.source"], jobs(), -1 - len(before))
    known = next((one for one in [*results(jobs()), *before] if one.path == result.path), None)
    if known is None:
        before.append(result)
    state[_FIRST] = (known or result).id


def _play(first: Result, second: Result | None, *, hidden: bool = False) -> None:
    """The source, or the other result, on the left; the result on the right."""
    with problem.shown():
        wanted = [first.path, first.source if second is None else second.path]
        results = [one for one in (first, second) if one is not None]
        lines = not hidden and bool(st.session_state.get("lab.lines"))
        lively = (not all(footage().of(path).address for path in wanted)
                  or (lines and busy(results, measurements())))
        st.fragment(_footage, run_every=1.0 if lively else None)(first, second, hidden, lively)


@problem.part("player")
def _footage(first: Result, second: Result | None, hidden: bool, lively: bool) -> None:
    left = footage().of(first.source if second is None else
                        first.path if hidden else second.path)
    right = footage().of(second.path if hidden and second is not None else first.path)
    names = (("A", "B") if hidden else
             ("Source" if second is None else second.name, first.name))
    for one in (left, right):
        problem.show(one.error)
        if not one.address and one.error is None:
            st.progress(one.share, text="Making a proxy that the browser can play")
    lines = not hidden and bool(st.session_state.get("lab.lines"))
    if left.address and right.address:
        told = [f"{name} (proxy)" if one.proxy else name
                for name, one in zip(names, (left, right), strict=True)]
        found = VideoProbe.probe(first.path)
        shift = float(first.start or 0) if second is None else 0.0
        player(Shown(left.address, told[0], right.address, told[1], rate_of(found), shift,
                     float(found.duration or 0) if shift else 0.0), "lab.player", short=lines,
               leap=st.session_state.get(_LEAP))
    if lines:
        results = [one for one in (first, second) if one is not None]
        begin = float(first.start or 0) if second is not None else 0.0
        timelines(results, measurements(), lambda time: _leap(time - begin))
        if lively and not busy(results, measurements()) and left.address and right.address:
            st.rerun()


def _leap(time: float) -> None:
    before: Leap | None = st.session_state.get(_LEAP)
    st.session_state[_LEAP] = Leap(before.number + 1 if before else 1, time)


def _rate(result: Result) -> None:
    known = judge.rating(result)
    st.caption(plain(f"{result.style} on {result.source.name}"))
    stars = st.feedback("stars", key=f"stars.{result.id}",
                        default=known.stars - 1 if known else None)
    note = st.text_area("Notes", value=known.note if known else "", max_chars=2000,
                        key=f"note.{result.id}", placeholder="What is good, what is not")
    with st.container(horizontal=True):
        if st.button("Save rating", key="rate", type="primary", disabled=stars is None) \
                and stars is not None and judge.rate(result, stars + 1, note):
            st.toast("Rated.", icon=":material/star:")
        if st.button("Approve", key="approve", help="Good enough to deliver, and to learn from") \
                and judge.approve(result, True):
            st.toast("Approved.", icon=":material/check:")
    problem.show(judge.problem)


def _presets() -> None:
    """One's own, to pass on and to take in."""
    try:
        own = preset_files.own()
    except BrushreelError as error:
        problem.show(error)
        return
    if not own:
        st.caption("Presets that you save on the Dashboard appear here.")
    for preset in own:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{preset.style}:{preset.name}")
            st.space("stretch")
            st.download_button("Export", preset_files.exported(preset), on_click="ignore",
                               file_name=f"{preset.style}-{preset.name}.toml",
                               mime="application/toml", key=f"export.{preset.style}.{preset.name}")
    given = st.file_uploader("Import presets", type="toml", key="lab.import")
    if given is not None and st.button("Import", key="lab.take"):
        with problem.shown():
            names = preset_files.imported(given.getvalue())
            st.toast(plain(f"{', '.join(names)} can be used now."))


page()
