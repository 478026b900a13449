"""Side data of frames, of kinds that PyAV has no name for too."""

from __future__ import annotations

from typing import cast

import av
from av.sidedata.sidedata import SideDataContainer, Type

_NEWER = {28: "LCEVC", 29: "VIEW_ID", 30: "3D_REFERENCE_DISPLAYS", 31: "EXIF"}
"""FFmpeg's AVFrameSideDataType, as far as PyAV's enumeration lacks it."""


def _newer(cls: type[Type], value: object) -> Type | None:
    """A member made on the way: PyAV refuses to give any side data where it cannot name one."""
    if not isinstance(value, int):
        return None
    member = object.__new__(cls)
    member._name_ = _NEWER.get(value, f"KIND_{value}")
    member._value_ = value  # type: ignore[assignment]
    return member


Type._missing_ = classmethod(_newer)  # type: ignore[assignment]


def side_data_of(frame: av.VideoFrame) -> dict[str, bytes]:
    """Side data by FFmpeg's name for the kind."""
    kinds = cast(SideDataContainer, frame.side_data)  # a dict, PyAV's stubs say wrongly
    return {data.type.name: bytes(data) for data in kinds}
