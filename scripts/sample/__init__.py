"""The sample clip: ten seconds made of public-domain photographs, with music written for it."""

from scripts.sample.camera import frames
from scripts.sample.instruments import SAMPLE_RATE
from scripts.sample.music import score
from scripts.sample.shots import HEIGHT, RATE, WIDTH

__all__ = ["HEIGHT", "RATE", "SAMPLE_RATE", "WIDTH", "frames", "score"]
