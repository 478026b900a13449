"""feedback quality: whether looks draw as well as they did, and what each version has changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scripts.arguments import PROGRAM
from scripts.failures import DONE
from scripts.report import print_json
from scripts.terminal import say, show

if TYPE_CHECKING:
    from feedback.drift import Drift, Period, Shift


def quality_told(as_json: bool) -> int:
    from feedback.drift import periods, watch
    from feedback.quality import QualityLog

    measured = QualityLog().read()
    looks, versions = watch(measured), periods(measured)
    if as_json:
        print_json({"code": DONE, "looks": [_look(each) for each in looks],
                    "versions": [_version(each) for each in versions]})
        return DONE
    if not measured:
        say(f"No render was measured yet; {PROGRAM} render --metrics does.")
        return DONE
    for look in looks:
        say(f"{'! ' if look.warning else ''}{look.sentence}")
    show(_table(versions))
    return DONE


def _look(drift: Drift) -> dict[str, Any]:
    return {**dataclasses.asdict(drift), "shifts": [_shift(each) for each in drift.shifts]}


def _version(period: Period) -> dict[str, Any]:
    return {**dataclasses.asdict(period), "since": period.since.isoformat(),
            "values": dict(period.values), "changes": [_shift(each) for each in period.changes]}


def _shift(shift: Shift) -> dict[str, Any]:
    return {**dataclasses.asdict(shift), "verdict": shift.verdict}


def _table(versions: Sequence[Period]) -> Any:
    from rich.table import Table

    from core.metrics import METRICS
    from feedback.drift import FIGURES

    table = Table("look", "version", "since", "renders", *(METRICS[name].title for name in FIGURES),
                  "since the version before", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for one in versions:
        figures = (f"{one.values[name]:.3g}" if name in one.values else "" for name in FIGURES)
        table.add_row(one.look, one.version, f"{one.since:%Y-%m-%d}", str(one.renders), *figures,
                      _changed(one))
    return table


def _changed(period: Period) -> str:
    from core.metrics import METRICS

    told = [f"{METRICS[each.figure].title.lower()} {each.verdict}" for each in period.changes
            if each.verdict != "same"]
    return ", ".join(told) if told else "as before" if period.changes else ""
