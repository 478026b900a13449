"""What a network can be taught: one module each."""

from trainer.objectives.any_painting import AnyPainting
from trainer.objectives.painting import Painting
from trainer.objectives.wanted import Wanted

__all__ = ["AnyPainting", "Painting", "Wanted"]
