"""What untagged video is taken for, decided once per stream."""

from dataclasses import dataclass

from core.color.layout import PixelLayout
from core.color.matrices import LUMA_COEFFICIENTS, SUPPORTED
from core.color.tags import ChromaLocation, ColorTags, Matrix, Primaries, Range
from core.errors import UnsupportedVideo

_MATRIX_NAMES = {Matrix.BT709: "BT.709", Matrix.SMPTE170M: "BT.601"}
_RANGE_NAMES = {Range.LIMITED: "limited", Range.FULL: "full"}


@dataclass(frozen=True, slots=True)
class ResolvedColor:
    """The matrix, range and chroma location in use, and what was decided, for the log.

    For rgb and gray layouts `matrix` is the one whose weights define luma. `note` is empty where
    the tags left nothing to decide.
    """

    matrix: Matrix
    range: Range
    chroma_location: ChromaLocation
    note: str


def resolve(layout: PixelLayout, tags: ColorTags, width: int, height: int) -> ResolvedColor:
    """Raises UnsupportedVideo for a matrix that is not computed on R', G', B' alone."""
    matrix = _matrix(layout, tags, width, height)
    code_range = _range(layout, tags)
    decided = []
    if layout.model == "yuv" and tags.matrix == Matrix.UNSPECIFIED:
        decided.append(f"the matrix is unspecified and taken as {_MATRIX_NAMES[matrix]}")
    if tags.range not in (Range.LIMITED, Range.FULL):
        decided.append(f"the range is unspecified and taken as {_RANGE_NAMES[code_range]}")
    note = "; ".join(decided)
    return ResolvedColor(matrix, code_range, _chroma_location(tags, matrix), note)


def _matrix(layout: PixelLayout, tags: ColorTags, width: int, height: int) -> Matrix:
    if layout.model != "yuv":
        return _weighing_matrix(tags, width, height)
    if tags.matrix == Matrix.UNSPECIFIED:
        return _usual_matrix(width, height)
    if tags.matrix not in SUPPORTED:
        raise UnsupportedVideo(
            f"The color matrix of this video ({_matrix_name(tags.matrix)}) is not supported.",
            hint="Convert the video to BT.709, or to BT.2020 non-constant luminance for HDR.",
        )
    if tags.matrix == Matrix.IDENTITY and (layout.subsampling_x or layout.subsampling_y):
        raise UnsupportedVideo(
            "This video is tagged as RGB but stores color at a lower resolution.",
            hint="Correct its color matrix tag, or convert it to a 4:4:4 format.",
        )
    return Matrix(tags.matrix)


def _usual_matrix(width: int, height: int) -> Matrix:
    """BT.709 for HD and up, BT.601 below."""
    return Matrix.BT709 if height >= 720 or width >= 1280 else Matrix.SMPTE170M


def _weighing_matrix(tags: ColorTags, width: int, height: int) -> Matrix:
    if tags.matrix in LUMA_COEFFICIENTS:
        return Matrix(tags.matrix)
    if tags.primaries == Primaries.BT2020:
        return Matrix.BT2020_NCL
    return _usual_matrix(width, height)


def _range(layout: PixelLayout, tags: ColorTags) -> Range:
    if tags.range in (Range.LIMITED, Range.FULL):
        return Range(tags.range)
    return Range.LIMITED if layout.model == "yuv" else Range.FULL


def _chroma_location(tags: ColorTags, matrix: Matrix) -> ChromaLocation:
    """H.264 and MPEG-2 sit chroma left, BT.2020 (and H.265 for it) top left."""
    if tags.chroma_location in list(ChromaLocation) and tags.chroma_location:
        return ChromaLocation(tags.chroma_location)
    return ChromaLocation.TOP_LEFT if matrix == Matrix.BT2020_NCL else ChromaLocation.LEFT


def _matrix_name(code: int) -> str:
    known = code in list(Matrix)
    return f"{Matrix(code).name}, code {int(code)}" if known else f"code {code}"
