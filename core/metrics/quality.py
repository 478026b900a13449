"""What was measured of a render, as it is kept with it: a value, and JSON there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Self

from core.errors import InputError
from core.metrics.collector import ClipMetrics, FrameMetrics, Worst

BESIDE = ".metrics.json"
"""What the file beside a render, with what was measured of it, adds to the render's name."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The clip in figures, and its pictures, where they were kept too.

    `moments` is at how many places it was measured. Indices count the pictures of the render, from
    0 as they are shown; times are seconds of the source.
    """

    clip: ClipMetrics
    moments: int
    pictures: tuple[FrameMetrics, ...] = ()

    def summary(self) -> dict[str, Any]:
        """As JSON holds it, without its pictures."""
        clip = self.clip
        return {"moments": self.moments, "frames": clip.frames, "short_side": clip.short_side,
                "values": dict(clip.values),
                "worst": {name: {**asdict(worst), "time": float(worst.time)}
                          for name, worst in clip.worst.items()},
                "unavailable": dict(clip.unavailable)}

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**self.summary(), "pictures": [
            {"index": frame.index, "time": float(frame.time), "shot": frame.shot, **frame.values}
            for frame in self.pictures]}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `document` and of `summary`; raises InputError for anything else."""
        try:
            worst = {name: Worst(each["index"], Fraction(each["time"]), each["value"])
                     for name, each in document["worst"].items()}
            clip = ClipMetrics(document["frames"], document["values"], worst,
                               document["unavailable"], document["short_side"])
            return cls(clip, document["moments"],
                       tuple(_picture(each) for each in document.get("pictures", ())))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError("These are no measurements of a render.",
                             "Measure it again, with the command metrics.") from error


def _picture(values: Mapping[str, Any]) -> FrameMetrics:
    own = {"index", "time", "shot"}
    return FrameMetrics(values["index"], Fraction(values["time"]), values["shot"],
                        {name: value for name, value in values.items() if name not in own})
