"""Where shots begin, and what passes within them without ending them."""

from core.scenes.ahead import LONGEST_FLASH, Decision, decided
from core.scenes.cuts import CutDetector
from core.scenes.thumbnails import Glimpse, Thumbnailer

__all__ = ["LONGEST_FLASH", "CutDetector", "Decision", "Glimpse", "Thumbnailer", "decided"]
