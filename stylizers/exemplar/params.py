"""What can be chosen of the look exemplar."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from stylizers.base import StyleParams

SHIPPED = Path(__file__).resolve().parents[2] / "paintings"
"""The paintings that come with Brushreel, one for each manner."""


class ExemplarParams(StyleParams):
    painting: Path | None = Field(None, description="The painting whose brushwork is used, best "
                                  "700 lines high or more; without one it is that of the manner.")
    painting_2: Path | None = Field(None, description="A second painting to paint from.")
    painting_3: Path | None = Field(None, description="A third painting.")
    painting_4: Path | None = Field(None, description="A fourth painting.")
    manner: Literal["gouache", "impasto", "ink-wash", "mosaic", "pastel", "woodcut"] = Field(
        "impasto", description="Which painting that comes with Brushreel is used where none is "
        "given.")
    stroke_size: float = Field(1.0, ge=0.3, le=2.0, description="Size of the brushwork: at 1 the "
                               "painting is as high as the frame.")
    fidelity: float = Field(0.5, ge=0, le=1, description="How closely the scene is followed: less "
                            "lets the brushwork run more freely.")
    contrast: float = Field(0.5, ge=0, le=1, description="How much local contrast the scene is "
                            "given before it is painted; it keeps forms apart in soft light.")
    colors: Literal["painting", "scene"] = Field(
        "painting", description="Whose colors: the painting's, or the scene's own under painted "
        "lights and darks.")
    variety: float = Field(0.5, ge=0, le=1, description="How much the same part of the painting "
                           "is kept from being used again and again.")
    detail: int = Field(540, ge=64, le=1080, description="Short side, in pixels, at which patches "
                        "are searched for. The preset speed takes four fifths of it.")
    seed: int = Field(0, ge=0, le=9999, description="Another number gives another painting of the "
                      "same scene.")

    def paintings(self) -> tuple[Path, ...]:
        """Those that are given, or the one of the manner."""
        every = (self.painting, self.painting_2, self.painting_3, self.painting_4)
        given = tuple(path for path in every if path is not None)
        return given or (SHIPPED / f"{self.manner}.jpg",)
