"""From a styled picture to the planes the encoder gets, the source's own where nothing changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.color import ColorSpaceManager, Range, RgbPicture
from core.io.encoders import VideoSpec
from core.io.picture import Picture, layout_of, planar_format, repacked
from core.io.probe import VideoMetadata
from core.render.stack import Look, Weights, fitting
from stylizers.composite import mix_plane, recolor


class Compositor:
    """Strength, mask and kept colors for one stream; holds tables only, so threads share it."""

    def __init__(self, source: VideoMetadata, spec: VideoSpec, looks: Sequence[Look]) -> None:
        planar = planar_format(source.pixel_format)
        size = spec.width, spec.height
        self._spec = spec
        self._looks = tuple(looks)
        self._source = ColorSpaceManager(layout_of(planar), source.tags, *size)
        self._same = planar == spec.planar and source.tags == spec.tags
        self._target = self._source if self._same else ColorSpaceManager(
            layout_of(spec.planar), spec.tags, *size)
        self._repackable = _repackable(self._source, self._target)

    @property
    def note(self) -> str:
        """What was decided about color where the source does not say; may be empty."""
        return self._source.resolved.note

    def to_rgb(self, picture: Picture) -> RgbPicture:
        return self._source.to_rgb(picture.planes)

    def delivered_rgb(self, picture: Picture) -> np.ndarray:
        """A finished picture as R'G'B', as a player would show it."""
        return self._target.to_rgb(picture.planes).image

    def alpha(self, picture: Picture) -> np.ndarray | None:
        """Alpha on the picture's scale, where the source has it."""
        if not self._source.layout.has_alpha:
            return None
        return self._source.alpha_to_picture(picture.planes[-1])

    def unchanged(self, picture: Picture) -> Picture:
        """The source's picture as the encoder takes it; the very planes where it can."""
        if self._same:
            return picture
        if self._repackable:
            # Codes beyond black and white, which R'G'B' would clip, come through this way.
            return Picture.of(repacked(picture.native, self._spec.planar))
        return self._new(self._planes(self.to_rgb(picture).image, picture))

    def kept_colors(self, picture: Picture, source: np.ndarray) -> tuple[np.ndarray, ...]:
        """Chroma planes that a drawing of `picture` keeps; none where it keeps no planes."""
        alone = len(self._looks) == 1 and self._looks[0].keep_colors
        if not alone or self._target.layout.model != "yuv":
            return ()
        return tuple(plane.copy() for plane in self._below(picture, source)[1:3])

    def deliver(self, picture: Picture, source: np.ndarray, styled: np.ndarray,
                weights: Weights, held: Sequence[np.ndarray] | None = None) -> Picture:
        """The finished picture. `picture` is used up: its planes must not be read afterwards.

        `source`, what was drawn from, and `styled` are R'G'B' (H, W, 3). A single layer is laid on
        here; of several, mixed before, only the places that none of them touched are taken from
        the picture. Where that is not the one drawn from, `held` are the `kept_colors` of that one.
        """
        weight, keep_colors = self._lay(weights)
        if keep_colors and self._target.layout.model != "yuv":
            styled, keep_colors = recolor(styled, source), False
        if not keep_colors and not isinstance(weight, np.ndarray) and weight == 1:
            return self._styled(picture, styled)
        below = self._below(picture, source if held is None else None)
        above = [*self._planes(styled, picture)]
        if keep_colors and held:
            above[1:3], keep_colors = held, False
        mixed = [mix_plane(low, high, fitting(weight, low))
                 for low, high in zip(below, above, strict=False)]
        if keep_colors:
            mixed[1:3] = below[1:3]
        mixed[self._colors:] = below[self._colors:]
        if self._same:
            mixed = [plane.copy() if plane is low else plane
                     for plane, low in zip(mixed, below, strict=True)]
            picture = picture.writable()
            return _filled(picture, mixed)
        return self._new(mixed)

    def _below(self, picture: Picture, source: np.ndarray | None) -> Sequence[np.ndarray]:
        """The picture's planes as the encoder takes them; `source` is its R'G'B', if known."""
        if self._same:
            return picture.planes
        if self._repackable:
            return self.unchanged(picture).planes
        return self._planes(self.to_rgb(picture).image if source is None else source, picture)

    @property
    def _colors(self) -> int:
        """How many planes hold color; what follows is alpha."""
        return 1 if self._target.layout.model == "gray" else 3

    def _lay(self, weights: Weights) -> tuple[float | np.ndarray, bool]:
        if len(self._looks) == 1:
            return weights[0], self._looks[0].keep_colors
        active = [weight for look, weight in zip(self._looks, weights, strict=True)
                  if not look.inert]
        masks = [weight for weight in active if isinstance(weight, np.ndarray)]
        if len(masks) < len(active):
            return 1.0, False
        touched = np.any([mask > 0 for mask in masks], axis=0)
        return touched.astype(np.float32), False

    def _styled(self, picture: Picture, styled: np.ndarray) -> Picture:
        if self._same:
            # Written into the source's own frame, so that captions and the like stay with it.
            picture = picture.writable()
            self._target.to_planes(styled, out=picture.planes)
            return picture
        return self._new(self._planes(styled, picture))

    def _planes(self, image: np.ndarray, picture: Picture) -> tuple[np.ndarray, ...]:
        alpha = self.alpha(picture) if self._target.layout.has_alpha else None
        if alpha is not None and alpha.dtype != self._target.layout.dtype:
            alpha = _rescaled(alpha, self._target.layout.dtype)
        if image.dtype != self._target.layout.dtype:
            image = _rescaled(image, self._target.layout.dtype)
        return self._target.to_planes(image, alpha=alpha)

    def _new(self, planes: Sequence[np.ndarray]) -> Picture:
        picture = Picture.blank(self._spec.width, self._spec.height, self._spec.planar)
        tags, native = self._spec.tags, picture.native
        native.colorspace, native.color_range = tags.matrix, tags.range
        native.color_primaries, native.color_trc = tags.primaries, tags.transfer
        return _filled(picture, planes)


def _repackable(was: ColorSpaceManager, now: ColorSpaceManager) -> bool:
    """Whether swscale alone turns one kind of planes into the other as exactly as we would.

    It scales full-range and alpha codes by shifting bits, and takes chroma for centered.
    """
    return (was.layout.model == now.layout.model == "yuv"
            and was.resolved.matrix == now.resolved.matrix
            and was.resolved.range == now.resolved.range == Range.LIMITED
            and was.layout.subsampling_x == now.layout.subsampling_x
            and not now.layout.has_alpha)


def _filled(picture: Picture, planes: Sequence[np.ndarray]) -> Picture:
    for target, plane in zip(picture.planes, planes, strict=True):
        target[...] = plane
    return picture


def _rescaled(image: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """uint8 and uint16 on their full scales: 255 is 65535; rounded to the nearest going down."""
    if dtype == np.uint16:
        return image.astype(np.uint16) * np.uint16(257)
    return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
