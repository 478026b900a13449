"""Figures for how steady, sharp and faithful a rendered video is."""

from core.metrics.steadiness import Readings, Steadiness, SteadinessMeter

__all__ = ["Readings", "Steadiness", "SteadinessMeter"]
