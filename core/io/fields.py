"""The order of an interlaced frame's fields."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import av
import av.error
import av.filter

CODES: Mapping[str, int] = {"tff": 4, "bff": 5}
"""FFmpeg's AVFieldOrder for frames of two fields, by the field shown first."""


def field_order(frame: av.VideoFrame) -> str:
    """`tff` or `bff` for the top or the bottom field first, empty for a progressive frame."""
    if not frame.interlaced_frame:
        return ""
    # PyAV has no name for this flag, but a filter lets frames through by it.
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format,
                              time_base=Fraction(1, 25))
    select = graph.add("select", r"eq(interlace_type\,TOPFIRST)")
    graph.link_nodes(source, select, graph.add("buffersink")).configure()
    graph.vpush(frame)
    graph.vpush(None)
    try:
        graph.vpull()
    except (av.error.EOFError, av.error.BlockingIOError):
        return "bff"
    return "tff"
