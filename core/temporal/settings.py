"""What a recipe says about stabilization."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Temporal(BaseModel):
    """How styled frames are kept steady; a value, JSON in and out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mode: Literal["off", "ema"] = Field("off", description="How flicker is removed.")
    alpha: float = Field(0.3, gt=0, le=1, description="Share of the new picture in still places, "
                                                      "per frame at 30 fps; less is steadier.")
