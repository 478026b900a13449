"""What this machine has, how it fares, and how its work is best divided."""

from core.hardware.execution import ExecutionPlan, execution_plan, usable_cores
from core.hardware.load import Load, load_now
from core.hardware.machine import Disk, Machine, disk_of, this_machine
from core.hardware.manager import HardwareManager, Observation
from core.hardware.nvml import Gpu, GpuReport
from core.hardware.power import PowerCap, power_cap
from core.hardware.recommendation import Recommendation, recommended, why_not
from core.hardware.temperature import TemperatureAlert
from core.hardware.vram import GpuStep, fitting, smaller

__all__ = ["Disk", "ExecutionPlan", "Gpu", "GpuReport", "GpuStep", "HardwareManager", "Load",
           "Machine", "Observation", "PowerCap", "Recommendation", "TemperatureAlert", "disk_of",
           "execution_plan", "fitting", "load_now", "power_cap", "recommended", "smaller",
           "this_machine", "usable_cores", "why_not"]
