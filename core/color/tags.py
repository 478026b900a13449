"""What a stream says about its color, in the integer codes of ITU-T H.273 as FFmpeg uses them."""

from dataclasses import dataclass
from enum import IntEnum


class Matrix(IntEnum):
    """MatrixCoefficients (H.273 table 4, FFmpeg's AVColorSpace)."""

    IDENTITY = 0
    BT709 = 1
    UNSPECIFIED = 2
    RESERVED = 3
    FCC = 4
    BT470BG = 5
    SMPTE170M = 6
    SMPTE240M = 7
    YCGCO = 8
    BT2020_NCL = 9
    BT2020_CL = 10
    SMPTE2085 = 11
    CHROMA_DERIVED_NCL = 12
    CHROMA_DERIVED_CL = 13
    ICTCP = 14
    IPT_C2 = 15
    YCGCO_RE = 16
    YCGCO_RO = 17


class Range(IntEnum):
    """FFmpeg's AVColorRange; limited is H.273's VideoFullRangeFlag 0, full is 1."""

    UNSPECIFIED = 0
    LIMITED = 1
    FULL = 2


class Primaries(IntEnum):
    """ColourPrimaries (H.273 table 2, FFmpeg's AVColorPrimaries)."""

    BT709 = 1
    UNSPECIFIED = 2
    BT470M = 4
    BT470BG = 5
    SMPTE170M = 6
    SMPTE240M = 7
    FILM = 8
    BT2020 = 9
    SMPTE428 = 10
    SMPTE431 = 11
    SMPTE432 = 12
    EBU3213 = 22


class Transfer(IntEnum):
    """TransferCharacteristics (H.273 table 3, FFmpeg's AVColorTransferCharacteristic)."""

    BT709 = 1
    UNSPECIFIED = 2
    GAMMA22 = 4
    GAMMA28 = 5
    SMPTE170M = 6
    SMPTE240M = 7
    LINEAR = 8
    LOG = 9
    LOG_SQRT = 10
    IEC61966_2_4 = 11
    BT1361 = 12
    SRGB = 13
    BT2020_10 = 14
    BT2020_12 = 15
    PQ = 16
    SMPTE428 = 17
    HLG = 18


class ChromaLocation(IntEnum):
    """Where the chroma sample of a 2x2 luma block sits (FFmpeg's AVChromaLocation)."""

    UNSPECIFIED = 0
    LEFT = 1
    CENTER = 2
    TOP_LEFT = 3
    TOP = 4
    BOTTOM_LEFT = 5
    BOTTOM = 6


@dataclass(frozen=True, slots=True)
class ColorTags:
    """The five color tags of a stream, as read; unknown codes are kept, to be written back."""

    matrix: int = Matrix.UNSPECIFIED
    range: int = Range.UNSPECIFIED
    primaries: int = Primaries.UNSPECIFIED
    transfer: int = Transfer.UNSPECIFIED
    chroma_location: int = ChromaLocation.UNSPECIFIED

    @property
    def is_hdr(self) -> bool:
        """Whether the transfer is PQ or HLG."""
        return self.transfer in (Transfer.PQ, Transfer.HLG)
