"""Packets that hold a picture only for others to refer to."""

from __future__ import annotations

import av


def is_hidden(packet: av.Packet, codec: str) -> bool:
    """Whether a packet of VP8 or VP9 shows nothing (RFC 6386, section 9.1; VP9, section 6.2)."""
    if codec not in ("vp8", "vp9") or not packet.size:
        return False
    content = memoryview(packet)
    first, last = content[0], content[-1]
    if codec == "vp8":
        return not first >> 4 & 1
    if last & 0xE0 == 0xC0:  # several frames in one packet, of which one is shown
        return False
    place = 2 if first >> 4 & 3 == 3 else 3
    shows_another, shown = first >> place & 1, first >> place - 2 & 1
    return not (shows_another or shown)
