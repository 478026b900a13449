"""Video in and out."""

from core.io.probe import VideoMetadata, VideoProbe
from core.io.reader import VideoReader
from core.io.writer import VideoWriter

__all__ = ["VideoMetadata", "VideoProbe", "VideoReader", "VideoWriter"]
