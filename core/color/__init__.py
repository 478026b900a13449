"""Color: what the tags say, and exact conversion between planes and R'G'B'."""

from core.color.layout import PixelLayout, Planes
from core.color.manager import ColorSpaceManager, RgbPicture
from core.color.resolve import ResolvedColor
from core.color.tags import (
    ChromaLocation,
    ColorTags,
    Matrix,
    Primaries,
    Range,
    Transfer,
)

__all__ = [
    "ChromaLocation",
    "ColorSpaceManager",
    "ColorTags",
    "Matrix",
    "PixelLayout",
    "Planes",
    "Primaries",
    "Range",
    "ResolvedColor",
    "RgbPicture",
    "Transfer",
]
