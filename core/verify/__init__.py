"""Whether a render kept what its source holds, one check for each thing that can be lost."""

from core.verify.finding import Finding, Result, Said
from core.verify.table import CHECKS, Check
from core.verify.verification import CheckResult, Verification, verify

__all__ = ["CHECKS", "Check", "CheckResult", "Finding", "Result", "Said", "Verification", "verify"]
