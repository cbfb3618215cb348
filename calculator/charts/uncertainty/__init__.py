"""How sure the choice is, what it hangs on, what finding out is worth, and when to decide."""

from calculator.charts.uncertainty.gap import differences, tornado, two_way
from calculator.charts.uncertainty.information import acceptability, plans, studies

__all__ = ["acceptability", "differences", "plans", "studies", "tornado", "two_way"]
