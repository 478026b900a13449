"""`.cube` tables: what Resolve, Adobe, Iridas and OpenColorIO write."""

from stylizers.cube.reader import read
from stylizers.cube.value import Cube, Curves, Grid
from stylizers.cube.writer import text

__all__ = ["Cube", "Curves", "Grid", "read", "text"]
