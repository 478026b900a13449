"""Settings: the machine, folders, the cache, the theme, and keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from app import cache
from app.components import problem
from app.components.binding import bound, chosen
from app.components.parameter_form import words
from app.components.text import plain
from app.facts import size
from app.serving import encoders, jobs, watch
from core import settings
from core.errors import BrushreelError, InputError
from core.hardware import Disk, disk_of, this_machine
from core.paths import data_folder
from core.settings import Theme

_PROBLEM = "set.problem"
_KEYS = {"C": "Compare: both, source, drawing", "R": "Reset the look", "Space": "Play",
         "← →": "One frame back, on", "Shift ← →": "One second back, on", "F": "Full screen",
         "Z": "Every pixel (drawings); W A S D move about",
         "I O": "Loop from here, to here (videos)", "M": "Sound (videos)"}


def page() -> None:
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        _machine()
        _encoders()
        _keys()
    with right:
        _work()
        _folders()
        _cache()
        _theme()


def _machine() -> None:
    st.subheader("This machine")
    machine, seen = this_machine(), watch().observation()
    rows = {"System": machine.system, "Processor": f"{machine.processor}, {machine.usable} cores",
            "Memory": f"{machine.memory / 2**30:.0f} GB"}
    for gpu in seen.report.gpus:
        memory = "" if gpu.memory_total is None else f", {gpu.memory_total / 2**30:.0f} GB"
        limit = "" if gpu.power_limit is None else f", {gpu.power_limit:.0f} W"
        rows[f"GPU {gpu.index}"] = f"{gpu.name}{memory}{limit}"
    _table(rows)
    for sentence in (*seen.report.missing, *seen.hot):
        st.caption(plain(sentence))
    for cap in seen.caps.values():
        st.caption(plain(cap.why))
        st.code(cap.command, language=None)


def _encoders() -> None:
    st.subheader("Encoders")
    if not encoders.cache_info().currsize:
        st.caption("Every encoder is tried with a real picture, which takes some seconds.")
        if not st.button("Try them", key="try-encoders"):
            return
        with st.spinner("Trying encoders …"):
            encoders()
        st.rerun()
    tried = encoders()
    st.caption(plain(f"For most videos: {tried.recommendation.codec}; for more than 8 bits: "
                     f"{tried.recommendation.deep_codec}. {tried.recommendation.why}"))
    _table({trial.codec: f"opens, as {trial.device}" if trial.works else why
            for trial, why in tried.encoders})


def _work() -> None:
    st.subheader("Work")
    now = jobs().rules()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Temperature ceiling, °C", 50, 100, step=1, placeholder="the GPU's own",
                        help="The worker stands still while a GPU is hotter, until it has cooled "
                             "down by some degrees.",
                        **bound("set.ceiling", now.ceiling, lambda value: _rule(ceiling=value)))
        st.number_input("Jobs at a time on the processor", 1, 16, step=1,
                        **bound("set.cpu_jobs", now.cpu_jobs,
                                lambda value: _rule(cpu_jobs=value)))
    st.toggle("Measure renders while the machine is idle",
              help="Finished renders are measured when nothing is queued, for the Style Lab and "
                   "Analytics; any job ends that at once.",
              **bound("set.measure_renders", settings.load().measure_renders,
                      lambda value: _set(measure_renders=value)))
    attendance = jobs().worker()
    st.caption(f"The worker runs as process {attendance.pid}."
               if attendance.alive else "No worker is running; it starts with the app.")


def _folders() -> None:
    st.subheader("Folders")
    now = settings.load()
    for label, name, empty in (("Results", "outputs", "outputs, beside the video"),
                               ("Work in progress", "scratch", "beside the result")):
        value = getattr(now, name)
        st.text_input(label, placeholder=empty,
                      **bound(f"set.{name}", str(value or ""), partial(_set_folder, name)))
        if value is not None:
            _disk(disk_of(value))
    problem.show(st.session_state.get(_PROBLEM))
    st.caption(plain(f"Jobs, models, presets and ratings are kept in {data_folder()}."))
    _disk(disk_of(data_folder()))


def _disk(disk: Disk) -> None:
    if not disk.total:
        st.caption("This folder's drive is not there.")
    elif not disk.writable:
        st.caption("This folder cannot be written to.")
    else:
        st.caption(f"{size(disk.free)} of {size(disk.total)} free")


def _cache() -> None:
    st.subheader("Cache")
    now = settings.load()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Keep at most, GB", 0.0, 10_000.0, step=1.0,
                        help="Proxies and previews, which are made again when they are needed.",
                        **bound("set.cache_gb", now.cache_gb, lambda value: _set(cache_gb=value)))
        if st.button("Empty", key="empty-cache"):
            st.toast(plain(f"{size(cache.trim(0))} freed."))
    st.caption(plain(f"{size(cache.held())} are held."))


def _theme() -> None:
    st.subheader("Theme")
    st.segmented_control("Theme", get_args(Theme), format_func=words, label_visibility="collapsed",
                         help="Dark is the better one to judge pictures by.",
                         **bound("set.theme", settings.load().theme,
                                 chosen(lambda value: _set(theme=value)), "default"))


def _keys() -> None:
    st.subheader("Keys")
    _table(_KEYS)


def _table(rows: dict[str, str]) -> None:
    for name, value in rows.items():
        label, text = st.columns([1, 2.6], vertical_alignment="center")
        label.caption(plain(name))
        text.text(value)


def _rule(**changes: Any) -> None:
    st.session_state[_PROBLEM] = None
    try:
        jobs().set_rules(replace(jobs().rules(), **changes))
    except BrushreelError as error:
        st.session_state[_PROBLEM] = error


def _set(**changes: Any) -> None:
    st.session_state[_PROBLEM] = None
    try:
        now = settings.load()
        settings.save(now.model_validate({**now.model_dump(), **changes}))
    except BrushreelError as error:
        st.session_state[_PROBLEM] = error


def _set_folder(name: str, text: str) -> None:
    cleaned = text.strip().strip('"')
    path = Path(cleaned).expanduser().absolute() if cleaned else None
    if path is not None and not path.is_dir():
        st.session_state[_PROBLEM] = InputError(f"{path} is not a folder.", "Make it first.")
        return
    _set(**{name: path})


page()
