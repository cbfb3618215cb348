"""Assumptions against what installed packages, or a file of prices, say now: the differences, and what they do."""

from calculator.refresh.changes import Change, Refresh, effects, write
from calculator.refresh.packages import refresh
from calculator.refresh.prices import refresh_prices

__all__ = ["Change", "Refresh", "effects", "refresh", "refresh_prices", "write"]
