"""Steady pictures: what removes flicker between one styled frame and the next."""

from core.temporal.ema import Ema
from core.temporal.flow import Flow
from core.temporal.settings import Temporal
from core.temporal.stabilizer import Off, Stabilizer, stabilizer
from core.temporal.tracker import Tracker

__all__ = ["Ema", "Flow", "Off", "Stabilizer", "Temporal", "Tracker", "stabilizer"]
