"""How a network is trained, as one value; the files in trainer/recipes are such values."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from core.edge import edge
from core.errors import InputError
from stylizers.refusal import validated


class TrainingSettings(BaseModel):
    """Everything a training run depends on besides its pictures and first weights."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    width: int = Field(16, ge=4, le=64, description="Channels of the network at full size.")
    blocks: int = Field(5, ge=1, le=9, description="Residual blocks in its middle.")
    size: int = Field(256, ge=64, le=768, multiple_of=4, description="Side of the crops, pixels.")
    batch: int = Field(2, ge=1, le=32, description="Crops per step.")
    epochs: int = Field(6, ge=1, le=1000, description="Rounds, each ending with a checkpoint.")
    steps: int = Field(200, ge=1, le=100_000, description="Steps per epoch.")
    learning_rate: float = Field(2e-3, gt=0, le=0.1, description="Highest rate of AdamW.")
    warm_up: int = Field(50, ge=0, le=10_000, description="Steps until that rate is reached.")
    style_size: int = Field(384, ge=64, le=1536, description="Short side, in pixels, at which a "
                            "painting is looked at; more makes larger strokes.")
    style_weight: float = Field(10.0, ge=0, le=1000, description="How much strokes and colors "
                                                                 "weigh.")
    content_weight: float = Field(1.0, ge=0, le=1000, description="How much the scene weighs.")
    likeness_weight: float = Field(10.0, ge=0, le=1000, description="How much each pixel's color "
                                   "weighs, where wanted pictures are given.")
    variation_weight: float = Field(0.05, ge=0, le=100, description="How much smoothness weighs.")
    stability_weight: float = Field(10.0, ge=0, le=1000,
                                    description="How much it weighs that frames do not boil.")
    patience: int = Field(0, ge=0, le=1000, description="Epochs without a better validation after "
                          "which training ends; 0 for never.")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="Of first weights, crops and motion.")
    precision: Literal["auto", "float32"] = Field(
        "auto", description="auto computes in 16 bits where the machine is faster at it.")

    @classmethod
    def load(cls, path: Path, changes: dict[str, Any]) -> Self:
        """A recipe from a TOML file, with changes; raises InputError or InvalidParameter."""
        with edge(path):
            try:
                values = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError,
                    RecursionError) as error:
                raise InputError(f"The recipe {path} cannot be read ({error}).",
                                 "Give a TOML file such as those in trainer/recipes.") from error
            return validated(cls, {**values, **changes})
