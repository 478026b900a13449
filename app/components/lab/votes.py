"""Blind votes: on finished renders, or on pairs of settings that tell most about one's taste."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from app import taste
from app.components import problem
from app.components.text import plain
from app.components.ticker import tick
from app.facts import counted
from app.lab import Judge, Pair, Preferred, Result, proposed
from app.taste import Question, Taste, Tastes
from core import presets
from core.errors import BrushreelError
from core.jobs import JobStore

_PAIR, _SEED, _ASKED, _NEXT, _TOLD = "lab.pair", "lab.seed", "lab.asked", "lab.next", "lab.told"
_PROBLEM = "lab.asked.problem"
_ANSWERS: dict[Preferred, str] = {"first": "A is better", "second": "B is better",
                                  "neither": "No difference"}
_FINISHED, _PROPOSED = "Finished renders", "Pairs made for me"


def votes(found: Sequence[Result], judge: Judge, tastes: Tastes, store: JobStore) -> Pair | None:
    """The pair that is voted on, to be shown without saying what is which."""
    st.session_state.setdefault(_SEED, random.randrange(2**32))
    kind = st.segmented_control("Pairs", [_FINISHED, _PROPOSED], default=_FINISHED,
                                key="lab.pairs", label_visibility="collapsed", width="stretch")
    pair = (_made_for_me(found, judge, tastes, store) if kind == _PROPOSED else
            _finished(found, judge))
    problem.show(judge.problem)
    if told := st.session_state.get(_TOLD):
        st.text(told)
    return pair


def _finished(found: Sequence[Result], judge: Judge) -> Pair | None:
    said = judge.votes()
    pair: Pair | None = st.session_state.get(_PAIR) or proposed(
        found, said, st.session_state[_SEED])
    if pair is None:
        st.caption("A vote needs two different looks of the same video. Render another one, or "
                   "have pairs made for you.")
        return None
    st.session_state[_PAIR] = pair
    _answers(pair, judge, lambda: _finished_told(pair))
    st.caption(f"{counted(len(said), 'vote')} so far.")
    return pair


def _finished_told(pair: Pair) -> str:
    st.session_state.pop(_PAIR)
    st.session_state[_SEED] += 1
    return f"A was {pair.first.style}, B was {pair.second.style}."


def _answers(pair: Pair, judge: Judge, done: Callable[[], str]) -> None:
    """`done` is what follows a vote that was kept; it says what was voted on."""
    st.caption("Which is better? What they are is told afterwards.")
    for preferred, label in _ANSWERS.items():
        if st.button(label, key=f"vote.{preferred}", width="stretch"):
            if judge.vote(pair, preferred):
                st.session_state[_TOLD] = done()
            st.rerun()


def _made_for_me(found: Sequence[Result], judge: Judge, tastes: Tastes, store: JobStore
                 ) -> Pair | None:
    looks, clips = taste.tunable(), list(dict.fromkeys(result.source for result in found))
    usual = found[0].style if found[0].style in looks else looks[0]
    look = st.selectbox("Look", looks, index=looks.index(usual), key="lab.asked.look")
    clip = st.selectbox("Clip", clips, format_func=lambda path: path.name, key="lab.asked.clip")
    try:
        known = tastes.of(look)
    except BrushreelError as error:
        problem.show(error)
        return None
    if known is not None:
        st.caption(plain(known.words))
    asked: Question | None = st.session_state.get(_ASKED)
    if asked is not None and (asked.look, asked.previews[0].source) != (look, clip):
        taste.let_go(asked, store)
        st.session_state.pop(_ASKED)
        asked = None
    problem.show(st.session_state.get(_PROBLEM))
    if asked is None:
        _ask(known, look, clip, store)
    elif not asked.ready:
        _wait(asked, store)
    else:
        question = asked
        _answers(question.pair, judge, lambda: _asked_told(question, store))
    if known is not None and known.evidence.enough:
        _keep(known, look)
    return asked.pair if asked is not None and asked.ready else None


def _ask(known: Taste | None, look: str, clip: Path, store: JobStore) -> None:
    """At once after a vote, else when it is asked for."""
    wanted = st.session_state.get(_NEXT, False) or st.button(
        "Make a pair", key="lab.ask", type="primary", width="stretch",
        help="Two settings of the look, chosen so that your vote tells most")
    if known is None:
        st.session_state[_NEXT] = wanted
        st.caption("Learning from what you said …")
        tick(0.5, "lab.tick")
        return
    if not wanted:
        return
    st.session_state[_NEXT], st.session_state[_PROBLEM] = False, None
    try:
        st.session_state[_ASKED] = taste.question(look, known.pair, clip, store, random.Random())
    except BrushreelError as error:
        st.session_state[_PROBLEM] = error
    st.rerun()


def _wait(asked: Question, store: JobStore) -> None:
    try:
        share, words = taste.progress(asked, store)
    except BrushreelError as error:
        st.session_state[_PROBLEM] = error
        st.session_state.pop(_ASKED)
        st.rerun()
    st.progress(share, text=words)
    tick(0.8, "lab.tick")


def _asked_told(asked: Question, store: JobStore) -> str:
    taste.let_go(asked, store)
    st.session_state.pop(_ASKED)
    st.session_state[_NEXT] = True
    return taste.told(asked)


def _keep(known: Taste, look: str) -> None:
    """What is proposed, as a preset that says what it rests on."""
    with st.form("lab.keep", border=False):
        name = st.text_input("Keep what you like as", value="my-taste", key="lab.keep.name")
        if not st.form_submit_button("Save preset"):
            return
    with problem.shown():
        evidence = known.evidence
        presets.save(look, name, known.proposal.values,
                     f"Liked best after {counted(evidence.comparisons, 'comparison')}: preferred "
                     f"to {look} as it is with {evidence.probability:.0%}.")
        st.toast(plain(f"{look}:{name} can be used now."), icon=":material/check:")
