"""A fine-tuning as one value: what `finetune` is given, and the job that it can be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from core.jobs import Order
from core.models import ModelRegistry
from core.recipe import asset_digest
from feedback import FeedbackStore
from stylizers.refusal import validated
from trainer.approved import approved_pairs
from trainer.dataset import read_pairs
from trainer.digest import digest
from trainer.finetune import GENTLE, FineTuner, Pair, Verdict
from trainer.settings import TrainingSettings

KIND = "finetune"


class FineTuning(BaseModel):
    """Everything that says which network learns what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(description="The network that learns, by its name.")
    work: Path | None = Field(None, description="Folder of checkpoint, losses and samples; by "
                                                "default one of its own (see `placed`).")
    data: Path | None = Field(None, description="Folder with pairs/source and pairs/wanted.")
    approved: Path | None = Field(None, description="Folder of the videos whose approved renders "
                                                    "are learned.")
    asked: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC),
                                 description="What was approved later is not learned.")
    settings: TrainingSettings = GENTLE
    backbones: Path | None = Field(None, description="Folder with the weights that judge pictures.")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.data is None) == (self.approved is None):
            raise ValueError("either data or approved is to be given")
        return self

    def placed(self, pairs: list[Pair]) -> Self:
        """With a folder, by default NAME-DIGEST.training, where the digest is that of network,
        settings and pairs: the same training finds it again, and no other one does.
        """
        if self.work is not None:
            return self
        parent = asset_digest(ModelRegistry().model(self.model).path)
        learned = digest([picture for pair in pairs for picture in pair])
        text = f"{parent}|{self.settings.model_dump_json()}|{learned}"
        name = f"{self.model}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.training"
        return self.model_copy(update={"work": Path(name)})

    def order(self) -> Order:
        """The same as a job of the queue; it has been placed."""
        assert self.work is not None
        anchored = self.model_copy(update={
            name: path.absolute() for name, path in self if isinstance(path, Path)})
        return Order(KIND, f"{self.model}, fine-tuned", self.work.absolute() / f"{self.model}.onnx",
                     style=f"neural:{self.model}",
                     options={"run": anchored.model_dump(mode="json")})

    @classmethod
    def of(cls, order: Order) -> Self:
        """From `order`; raises InvalidParameter for what a later version has queued."""
        return validated(cls, order.options["run"])

    def tuner(self, told: Callable[[str], None]) -> FineTuner:
        """Ready to run, or to go on; raises BrushreelError for what is not there or of no use."""
        pairs = self.pairs(told)
        work = self.placed(pairs).work
        assert work is not None
        told(f"Checkpoint, losses and samples go to {work}.")
        return FineTuner(self.model, pairs, work, settings=self.settings, backbones=self.backbones)

    def pairs(self, told: Callable[[str], None]) -> list[Pair]:
        """What is learned; `told` gets a sentence for whatever approved render is left out."""
        if self.data is not None:
            return read_pairs(self.data)
        assert self.approved is not None
        known = [one for one in FeedbackStore().records() if one.made <= self.asked]
        return approved_pairs(known, self.approved, told=told)


def document(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON holds it."""
    return {"version": verdict.model.card.version if verdict.model else None,
            "current": verdict.current, "reasons": list(verdict.reasons),
            "before": verdict.before.document() if verdict.before else None,
            "after": verdict.after.document() if verdict.after else None}
