"""A search for settings as one value: what `tune` is given, and the job that it can be."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core import presets
from core.autotune import AutoTuner, Trial
from core.autotune.objective import MetricsWorth
from core.errors import InputError, InvalidParameter
from core.jobs import Order
from core.models.importing import slug
from core.paths import data_folder
from core.recipe import Layer, Recipe
from feedback.learning import liked, preference
from feedback.preference import PreferenceModel
from feedback.records import Record
from feedback.store import FeedbackStore
from stylizers import style
from stylizers.refusal import validated

KIND = "tune"
Aim = Literal["metrics", "preference", "both"]


class Tuning(BaseModel):
    """Everything that says what is searched, on which clip, and for what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Path = Field(description="The clip.")
    look: str = Field(description="Its parameters are searched.")
    trials: int = Field(40, ge=1, le=1000, description="Settings tried at most.")
    objective: Aim = Field("metrics", description="What is sought: edges kept and steadiness, what "
                                                  "votes and stars tell, or both.")
    name: str = Field("", description="Of the preset that the result is kept as; may be empty.")
    asked: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC),
                                 description="What was said later does not count.")

    def check(self) -> None:
        """Raises InvalidParameter or UnknownStyle for what cannot be searched or kept."""
        if not self.source.is_file():
            raise InvalidParameter(f"{self.source} is not a file.", "Check the path.")
        if self.name:
            presets.check_name(self.look, self.name)
        AutoTuner(self.look, lambda _: math.nan)
        self._taste(self._records())

    def order(self) -> Order:
        """The same as a job of the queue, which keeps its result as a preset in any case."""
        self.check()
        named = self.model_copy(update={"source": self.source.absolute(),
                                        "name": self.name or self._free_name()})
        style_name = f"{self.look}:{named.name}"
        target = data_folder() / "tuning" / f"{self.look}-{named.name}.json"
        drawn = Recipe(layers=(Layer(style=self.look),))
        return Order(KIND, f"{style_name}, tuned on {self.source.name}", target, named.source,
                     style_name, drawn.to_json(), options={"run": named.model_dump(mode="json")})

    @classmethod
    def of(cls, order: Order) -> Self:
        """From `order`; raises InvalidParameter for what a later version has queued."""
        return validated(cls, order.options["run"])

    def run(self, journal: Path | None = None) -> Generator[Trial, None, None]:
        """Try settings one by one; with `journal` a search that was stopped goes on.

        Raises what `check` does, and InputError for what is no video or cannot be judged.
        """
        self.check()
        records = self._records()
        model = self._taste(records)
        seeds = liked(self.look, records)[:3]
        if self.objective != "metrics":
            seeds.append(dict(model.proposal().values))
        with ExitStack() as open_:
            tuner = AutoTuner(self.look, self._objective(model, open_), trials=self.trials,
                              seeds=seeds, journal=journal)
            last = None
            for last in open_.enter_context(closing(tuner.run())):
                yield last
        if last is None:
            raise InputError(f"Nothing of {self.source.name} could be judged.",
                             "Choose another clip.")

    def about(self, last: Trial) -> str:
        """The evidence in a sentence, which goes with the preset."""
        return (f"Tuned on {self.source.name} by {self.objective}: {last.best_worth:.3f} against "
                f"the default's {last.default_worth:.3f} in {last.number} trials.")

    def changed(self, last: Trial) -> dict[str, Any]:
        """Where the best settings differ from the look as it is."""
        default = style(self.look).Params().model_dump()
        return {name: value for name, value in last.best.items() if value != default[name]}

    def keep(self, last: Trial) -> None:
        """The best settings as a preset, with their evidence."""
        presets.save(self.look, self.name, last.best, self.about(last))

    def evidence(self, last: Trial) -> dict[str, Any]:
        """All that is known of a search so far, as JSON holds it; None for what was refused."""
        return {"look": self.look, "objective": self.objective, "trials": last.number,
                "total": last.total, "best": self.changed(last), "best_worth": last.best_worth,
                "default_worth": last.default_worth,
                "worths": [worth if math.isfinite(worth) else None for worth in last.worths]}

    def _records(self) -> list[Record]:
        return [one for one in FeedbackStore().records(self.look) if one.made <= self.asked]

    def _taste(self, records: list[Record]) -> PreferenceModel:
        model = preference(self.look, records)
        lacking = model.proposal().evidence.lacking
        if self.objective != "metrics" and lacking:
            raise InvalidParameter(f"There is not enough evidence of your taste: {lacking}.",
                                   "Vote on more pairs, or tune by metrics.")
        return model

    def _objective(self, model: PreferenceModel, open_: ExitStack
                   ) -> Callable[[Mapping[str, Any]], float]:
        def taste(values: Mapping[str, Any]) -> float:
            mean, spread = model.score(values)
            return mean - spread  # what is liked surely before what may be liked more

        if self.objective == "preference":
            return taste
        metrics = open_.enter_context(MetricsWorth(self.source, self.look))
        if self.objective == "metrics":
            return metrics
        return lambda values: taste(values) + metrics(values)

    def _free_name(self) -> str:
        stem = "-".join(filter(None, ["tuned", slug(self.source.stem)]))
        known = presets.presets(self.look)
        names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        return next(name for name in names if name not in known)
