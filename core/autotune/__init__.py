"""Searching the parameters of a look for those an objective likes best."""

from core.autotune.space import SearchSpace
from core.autotune.tuner import AutoTuner, Trial

__all__ = ["AutoTuner", "SearchSpace", "Trial"]
