"""What can be chosen of the look paint."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from stylizers.base import StyleParams
from stylizers.inference import sizes
from stylizers.inference.session import UseGpu


def _weight() -> Any:
    return Field(1.0, ge=0, le=1, description="How much that painting counts beside the others.",
                 json_schema_extra={"of_file": True})  # it stays with its painting


class PaintParams(StyleParams):
    style_image: Path | None = Field(None, description="The painting whose manner is taken; "
                                     "without one it is marbled paper.")
    weight: float = _weight()
    style_image_2: Path | None = Field(None, description="A second painting, mixed with the first.")
    weight_2: float = _weight()
    style_image_3: Path | None = Field(None, description="A third painting.")
    weight_3: float = _weight()
    style_image_4: Path | None = Field(None, description="A fourth painting.")
    weight_4: float = _weight()
    style_strength: float = Field(1.0, ge=0, le=1, description="How far the manner goes from the "
                                  "picture's own, at 0, to the painting's.")
    colors: Literal["palette", "painting", "source", "matched"] = Field(
        "palette", description="Whose colors: the source's carried over to the palette of the "
        "painting; the painting's as the network mixes them; the source's own under the painted "
        "lights and darks; or the painting's matched to the source's (its histograms).")
    smoothness: float = Field(0.0, ge=0, le=1, description="How far small marks are smoothed into "
                              "even patches, edges kept (total variation).")
    detail: int = Field(400, ge=sizes.LEAST, le=2160, description="Short side, in pixels, of what "
                        "is painted: more makes finer strokes and takes longer. The preset speed "
                        "takes half of it.")
    model_path: Path | None = Field(None, description="The network, an ONNX file; without one it "
                                    "is that which comes with Brushreel.")
    use_gpu: UseGpu = "auto"

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if not any(weight for _, weight in self.paintings()):
            raise ValueError("none of the paintings has any weight")
        return self

    def paintings(self) -> list[tuple[Path | None, float]]:
        """Those that are given, with their weights; None for marbled paper, where there are none.
        """
        every = [(self.style_image, self.weight), (self.style_image_2, self.weight_2),
                 (self.style_image_3, self.weight_3), (self.style_image_4, self.weight_4)]
        return [each for each in every if each[0] is not None] or [(None, 1.0)]
