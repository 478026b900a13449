"""Every figure that is measured of a render: what it means, its range, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `high` is None where nothing bounds it; `unit` is empty for a plain number.

    `better` is `neither` where the look decides, and both ends may be wanted. `styled` tells that
    it needs what the look made of each picture alone; `pair` that it needs
    the picture before, `lpips` that it needs LPIPS.
    """

    title: str
    about: str
    source: str
    better: Better
    low: float
    high: float | None
    unit: str = ""
    styled: bool = False
    pair: bool = False
    lpips: bool = False


_LPIPS = "Zhang et al. 2018 (LPIPS, squeeze v0.1)"
_LAI = "Lai et al. 2018, eq. 9 and 10"

METRICS: Mapping[str, Metric] = MappingProxyType({
    "ssim": Metric("SSIM", "Structure shared with the source, in luma.",
                   "Wang et al. 2004, eq. 13", "higher", -1, 1),
    "psnr": Metric("PSNR", "Closeness to the source, in R'G'B'; 100 where they are equal.",
                   "10 log10(1 / mean squared error)", "higher", 0, 100, "dB"),
    "lpips": Metric("LPIPS", "How different it looks from the source.", _LPIPS, "lower", 0, None,
                    lpips=True),
    "edge_coherence": Metric("Edge coherence", "Edges of the source that are where they were.",
                             "Xue et al. 2014, eq. 4 and 5 (GMSM)", "higher", 0, 1),
    "sharpness": Metric("Sharpness", "Mean gradient of luma over that of the source.",
                        "mean |grad O| / mean |grad I|", "neither", 0, None),
    "warp_error": Metric("Warping error", "How far it is from moving as the source does.",
                         _LAI, "lower", 0, 1, pair=True),
    "warp_error_source": Metric("Warping error of the source", "What its own motion leaves.",
                                _LAI, "neither", 0, 1, pair=True),
    "warp_ratio": Metric("Warping ratio", "Warping error over the source's own.",
                         _LAI, "lower", 0, None, pair=True),
    "tlpips": Metric("tLPIPS", "Visible change between pictures beyond the source's, times 100.",
                     "Chu et al. 2020 (tLP), by LPIPS squeeze", "lower", 0, None, pair=True,
                     lpips=True),
    "flicker": Metric("Flicker index", "Jumps in the light of blocks that the source does not "
                      "explain, in 8-bit codes.", "core/metrics/flicker.py", "lower", 0, 1020,
                      pair=True),
    "color_drift": Metric("Color drift", "How far the tint wanders from that of the shot's first "
                          "picture, in hundredths of OKLab.", "core/metrics/drift.py", "lower",
                          0, None),
    "sharpness_kept": Metric("Sharpness kept", "Mean gradient of luma over that of each picture "
                             "styled alone.", "mean |grad O| / mean |grad S|", "higher", 0, None,
                             styled=True),
    "ghosting": Metric("Ghost score", "Edges that neither source nor look has, over the look's "
                       "mean gradient.", "core/metrics/edges.py", "lower", 0, None, styled=True),
    "style_retention": Metric("Style retention", "How different it looks from each picture "
                              "styled alone.", _LPIPS, "lower", 0, None, styled=True, lpips=True),
})
"""In the order in which they are shown. O is the output, I the source, S each picture styled."""
