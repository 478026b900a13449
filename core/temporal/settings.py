"""What a recipe says about stabilization."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Temporal(BaseModel):
    """How styled frames are kept steady; a value, JSON in and out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mode: Literal["off", "ema", "flow"] = Field("off", description="How flicker is removed.")
    alpha: float = Field(0.3, gt=0, le=1, description="Share of the new picture in still places, "
                                                      "per frame at 30 fps; less is steadier.")
    deflicker: float = Field(0.0, ge=0, le=1, description="How much of the look's pulsing, all of "
                                                          "the picture at once, is taken out.")

    @property
    def carries(self) -> bool:
        """Whether a picture depends on those before it."""
        return self.mode != "off" or self.deflicker > 0
