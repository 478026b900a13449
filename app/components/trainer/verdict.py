"""What the gate said of a fine-tuned network, why, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.components import problem
from core.jobs import Job
from core.models import ModelRegistry

_MEASURES = {"objective": "Difference to what is wanted", "lpips": "LPIPS",
             "warp_error": "Unsteadiness", "sharpness": "Error in sharpness",
             "seconds": "Seconds a picture"}
Change = Callable[[str, str, int], None]
"""Takes "rollback", the name of a model, and the version to go to."""


def verdict(job: Job, registry: ModelRegistry, change: Change) -> None:
    found = job.result
    name, version = str(found["model"]), found.get("version")
    with st.container(border=True, gap="small", key="verdict"):
        if found["current"]:
            st.markdown(":material/check_circle: **It took over**")
            st.text(f"Version {version} of {name} was better on all counts.")
        else:
            st.markdown(":material/block: **The gate kept it back**")
            for reason in found["reasons"]:
                st.text(f"{reason[:1].upper()}{reason[1:]}.")
            st.caption(f"It is set aside as version {version}; what you have stays as it is."
                       if version else "Nothing was trained; what you have stays as it is.")
        if found.get("before") and found.get("after"):
            _measures(found["before"], found["after"])
        if version:
            _way_back(name, int(version), registry, change)


def _measures(before: Mapping[str, float], after: Mapping[str, float]) -> None:
    import pandas as pd

    rows = [{"On pairs held back (less is better)": label, "before": f"{before[name]:.4g}",
             "now": f"{after[name]:.4g}", "change": _change(before[name], after[name])}
            for name, label in _MEASURES.items() if name in before and name in after]
    st.table(pd.DataFrame(rows).set_index("On pairs held back (less is better)"))


def _change(before: float, after: float) -> str:
    share = after / before - 1 if before else 0.0
    return f"{share:+.0%}" if abs(share) >= 0.005 else "the same"


def _way_back(name: str, version: int, registry: ModelRegistry, change: Change) -> None:
    current: Any = registry.models().get(name)
    if current is None:
        return
    if current.version == version:
        before = max((each.version for each in registry.versions(name) if each.version < version),
                     default=None)
        if before is not None:
            st.button(f"Back to {'the shipped one' if before == 0 else f'version {before}'}",
                      key="verdict.back", on_click=problem.safe(change),
                      args=("rollback", name, before))
    elif any(each.version == version for each in registry.versions(name)):
        st.button(f"Use version {version} all the same", key="verdict.use",
                  on_click=problem.safe(change), args=("rollback", name, version))
