"""The kind of job that searches settings of a look for a clip, and keeps them as a preset."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from core import durable
from core.jobs import JobProgress
from core.progress import Pace
from scripts.desk import Desk, Ending, Steps
from scripts.latest import LATEST, Latest
from scripts.targets import made

if TYPE_CHECKING:
    import numpy as np

    from core.autotune import Trial
    from feedback.tuning import Tuning

_JOURNAL = "trials.journal"


def steps(desk: Desk) -> Steps:
    """Search, or go on after the last trial; the best so far stands in the job's plan."""
    from feedback.tuning import Tuning

    run = Tuning.of(desk.job.order)
    pace, last, best = Pace(run.trials), None, -float("inf")
    show = _Best(desk, run)
    with closing(run.run(desk.folder / _JOURNAL)) as trials:
        for last in trials:
            pace.done = last.number - 1  # which an earlier run may have done
            pace.step()
            desk.plan(run.evidence(last))
            if last.best_worth > best:
                best = last.best_worth
                desk.log(f"Trial {last.number}: {best:.3f}, the best so far; the look as it is has "
                         f"{last.default_worth:.3f}." if run.changed(last) else
                         f"Trial {last.number}: nothing is better yet than the look as it is "
                         f"({last.default_worth:.3f}).")
                show(last)
            yield JobProgress("tune", last.number, last.total, eta_seconds=pace.eta,
                              kept=last.number)
    assert last is not None  # else the search has raised
    return _kept(desk, run, last)


class _Best:
    """Draws the best settings so far, for whoever looks at the job."""

    def __init__(self, desk: Desk, run: Tuning) -> None:
        self._latest, self._run = Latest(desk.folder / LATEST), run

    def __call__(self, trial: Trial) -> None:
        from core.recipe import Layer
        from core.render.stack import Stack, look_of
        from core.viewing import FrameStrip, draw

        def drawn() -> np.ndarray:
            stack = Stack([look_of(Layer(style=self._run.look, params=dict(trial.best)))])
            with FrameStrip(self._run.source, 360) as strip:
                return draw(strip.glance(len(strip) // 2), stack)

        self._latest(drawn)


def _kept(desk: Desk, run: Tuning, last: Trial) -> Ending:
    """The preset and its evidence; none where nothing was better than the look as it is."""
    found = run.evidence(last)
    if not found["best"]:
        said = f"Nothing tried was better than {run.look} as it is."
        return Ending({**found, "preset": None}, lines=(f"{said} No preset was made.",))
    run.keep(last)
    with made(desk.job.target.parent):
        durable.write(desk.job.target, json.dumps({**found, "about": run.about(last)},
                                                  indent=2).encode())
    name = f"{run.look}:{run.name}"
    return Ending({**found, "preset": name, "style": name}, lines=(
        f"{name} is a preset now. {run.about(last)}",
        *(f"  {run.look}.{key}={value:.4g}" if isinstance(value, float)
          else f"  {run.look}.{key}={value}" for key, value in found["best"].items())))
