"""A video as it is looked at: any picture of it at preview size, and drawn at once."""

from core.viewing.display import displayed, upright
from core.viewing.drawing import draw
from core.viewing.strip import PREVIEW, FrameStrip

__all__ = ["PREVIEW", "FrameStrip", "displayed", "draw", "upright"]
