"""Planes as flat memory, so that the kernels meet one array type whatever the row padding."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from core.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class FlatOutput:
    """Writable memory of a plane; `settle` brings the samples home if it is a stand-in."""

    plane: np.ndarray
    flat: np.ndarray
    stride: int

    def settle(self) -> None:
        if not np.may_share_memory(self.plane, self.flat):
            self.plane[:] = self.flat.reshape(self.plane.shape)


def flat_input(plane: np.ndarray) -> tuple[np.ndarray, int]:
    """Read-only 1-D samples of a plane and its row stride in samples.

    A view wherever rows are contiguous and follow each other upwards in memory, else a copy.
    """
    if not _is_rows(plane):
        plane = np.ascontiguousarray(plane)
    flat, stride = _flatten(plane)
    flat.flags.writeable = False
    return flat, stride


def flat_output(plane: np.ndarray) -> FlatOutput:
    """Writable 1-D memory for a plane. Raises InvalidParameter where it is read-only."""
    if not plane.flags.writeable:
        raise InvalidParameter("The plane to write into is read-only.")
    home = plane if _is_rows(plane) else np.empty(plane.shape, plane.dtype)
    return FlatOutput(plane, *_flatten(home))


def _is_rows(plane: np.ndarray) -> bool:
    stride, step = plane.strides
    size = plane.itemsize
    return step == size and stride >= plane.shape[1] * size and stride % size == 0


def _flatten(plane: np.ndarray) -> tuple[np.ndarray, int]:
    """One flat view from the first sample to the last, padding between rows included."""
    height, width = plane.shape
    stride = plane.strides[0] // plane.itemsize
    return as_strided(plane, ((height - 1) * stride + width,), (plane.itemsize,)), stride
