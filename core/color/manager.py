"""ColorSpaceManager: planes to R'G'B' and back for one stream."""

from typing import NamedTuple

import numpy as np

from core.color import resampling
from core.color.alpha import alpha_to_picture, alpha_to_plane
from core.color.flat import flat_input, flat_output
from core.color.layout import PixelLayout, Planes
from core.color.matrices import code_map, luma_weights
from core.color.resolve import resolve
from core.color.tags import ColorTags
from core.errors import InvalidParameter

_SLACK = 0.5
"""How far outside 0..1 a level may lie, in levels of the picture: so far rounding reaches, and
so far the codes still come back."""


class RgbPicture(NamedTuple):
    """R'G'B' (H, W, 3), and how many of its pixels were clipped.

    Those have a component outside 0..1 by more than half a level; each counts once.
    """

    image: np.ndarray
    clipped: int


class ColorSpaceManager:
    """Converts the pictures of one stream; holds tables only, so threads may share it.

    Pictures are uint8 for 8-bit layouts, else uint16 with white at 65535, in the source's own
    primaries and transfer. For 4:4:4 layouts `to_planes` gives back the very codes that
    `to_rgb` was given, but for the pixels that it clipped. `resolved` says what is used
    where the tags are silent.
    """

    def __init__(self, layout: PixelLayout, tags: ColorTags, width: int, height: int) -> None:
        """`width` and `height` in luma samples. Raises UnsupportedVideo for foreign matrices."""
        if width < 1 or height < 1:
            raise InvalidParameter(f"A picture cannot be {width} x {height}.")
        self.layout, self.tags = layout, tags
        self.width, self.height = width, height
        self.resolved = resolve(layout, tags, width, height)
        self.plane_shapes = layout.plane_shapes(width, height)
        self._map = code_map(layout, self.resolved.matrix, self.resolved.range)
        # float32 is too coarse to invert 16-bit codes, and to round deep RGB to the right level.
        exact = layout.bits > (14 if layout.model == "yuv" else 8)
        self._real = np.float64 if exact else np.float32
        self._prepare_filters()

    def _prepare_filters(self) -> None:
        layout, real = self.layout, self._real
        steps = layout.subsampling_x, layout.subsampling_y
        across, down = resampling.axes(
            self.width, self.height, steps, self.resolved.chroma_location
        )
        rows, weights = resampling.up_rows(down)
        self._up = rows, weights.astype(real)
        self._widen = (steps[0], *map(real, resampling.up_weights(across.siting)))
        rows, weights = resampling.down_rows(down)
        self._down = rows, weights.astype(real)
        taps = resampling.down_taps(across.siting)
        self._narrow = steps[0], resampling.REACH, tuple(map(real, taps))
        self._pads = resampling.pads(across)
        self._size = self.height, self.width, across.count

    @property
    def luma_weights(self) -> tuple[float, float, float]:
        """(Kr, Kg, Kb): shares of R', G', B' in luma, summing to 1."""
        return luma_weights(self.resolved.matrix)

    def to_rgb(self, planes: Planes) -> RgbPicture:
        """A new picture; `planes` may be read-only and padded at the row ends, alpha is ignored."""
        from core.color.kernels import planes_to_rgb  # Numba takes a second to import

        self._check_planes(planes)
        real, peak = self._real, self.layout.picture_max
        flats, strides = zip(*map(flat_input, self._color(planes)), strict=True)
        image = np.empty((self.height, self.width, 3), self.layout.dtype)
        limits = real(peak), real(_SLACK)
        clipped = planes_to_rgb(
            flats, strides, self._size, *self._up, self._widen, self._floats(self._map.decode),
            self._floats(self._map.offsets), limits, image.reshape(-1), real,
        )  # fmt: skip
        return RgbPicture(image, int(clipped))

    def to_planes(
        self, rgb: np.ndarray, out: Planes | None = None, alpha: np.ndarray | None = None
    ) -> Planes:
        """Writes a picture into `out`, or into new planes, and returns them.

        `alpha` (H, W) is on the picture's scale; without it new planes are opaque and an alpha
        plane in `out` is left as it is. `rgb` may be read-only; `out` may be padded.
        """
        from core.color.kernels import rgb_to_planes

        self._check_picture(rgb, (self.height, self.width, 3))
        planes = self.empty_planes() if out is None else out
        self._check_planes(planes)
        self._write_alpha(planes, alpha, opaque=out is None)
        real = self._real
        targets = [flat_output(plane) for plane in self._color(planes)]
        rgb_to_planes(
            flat_input(rgb.reshape(1, -1))[0], self._size, *self._down, self._narrow, self._pads,
            self._floats(self._map.encode), self._floats(self._map.offsets),
            real(self.layout.max_code), tuple(target.flat for target in targets),
            tuple(target.stride for target in targets), real,
        )  # fmt: skip
        for target in targets:
            target.settle()
        return planes

    def empty_planes(self) -> Planes:
        """New planes of this layout, contiguous and not initialized."""
        return tuple(np.empty(shape, self.layout.dtype) for shape in self.plane_shapes)

    def alpha_to_picture(self, plane: np.ndarray) -> np.ndarray:
        """Alpha codes on the picture's scale, as a copy."""
        return alpha_to_picture(plane, self.layout.bits)

    def alpha_to_plane(self, picture: np.ndarray) -> np.ndarray:
        """The inverse of `alpha_to_picture`."""
        return alpha_to_plane(picture, self.layout.bits)

    def _write_alpha(self, planes: Planes, picture: np.ndarray | None, opaque: bool) -> None:
        if picture is not None:
            self._check_picture(picture, (self.height, self.width))
            if not self.layout.has_alpha or len(planes) < len(self.plane_shapes):
                raise InvalidParameter("There is no plane to write the alpha into.")
            planes[-1][:] = self.alpha_to_plane(picture)
        elif opaque and self.layout.has_alpha:
            planes[-1][:] = self.layout.max_code

    def _color(self, planes: Planes) -> Planes:
        """Three planes for the kernels, which see gray as three times the same."""
        return planes[:1] * 3 if self.layout.model == "gray" else planes[:3]

    def _floats(self, values: np.ndarray) -> tuple:
        return tuple(map(self._real, values.ravel()))

    def _check_planes(self, planes: Planes) -> None:
        shapes = tuple(plane.shape for plane in planes)
        wanted = self.plane_shapes
        # Alpha may be left out where it is not wanted.
        colors = wanted[:-1] if self.layout.has_alpha else wanted
        if shapes not in (wanted, colors):
            raise InvalidParameter(f"The planes measure {shapes}, not {wanted}.")
        if any(plane.dtype != self.layout.dtype for plane in planes):
            raise InvalidParameter(f"The planes must hold native {self.layout.dtype} samples.")

    def _check_picture(self, picture: np.ndarray, shape: tuple[int, ...]) -> None:
        if picture.shape != shape or picture.dtype != self.layout.dtype:
            raise InvalidParameter(
                f"The picture is {picture.dtype} {picture.shape}, not {self.layout.dtype} {shape}."
            )
