"""Figures for how steady, sharp and faithful a rendered video is."""

from core.metrics.collector import ClipMetrics, FrameMetrics, MetricsCollector, Worst
from core.metrics.definitions import METRICS, Metric
from core.metrics.lpips import Lpips
from core.metrics.quality import Quality
from core.metrics.steadiness import Readings, Steadiness, SteadinessMeter

__all__ = ["METRICS", "ClipMetrics", "FrameMetrics", "Lpips", "Metric", "MetricsCollector",
           "Quality", "Readings", "Steadiness", "SteadinessMeter", "Worst"]
