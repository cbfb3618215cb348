"""Worked cases from published sources: ours, theirs and the difference."""

from calculator.verify.cases import Case, load_cases
from calculator.verify.run import Report, verify

__all__ = ["Case", "Report", "load_cases", "verify"]
