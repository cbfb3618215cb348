"""A scenario over a grid of values, on all cores, to a table."""

from calculator.sweep.axes import Axis, parse_axis, point_scenario
from calculator.sweep.run import rows_of, sweep
from calculator.sweep.table import write_table

__all__ = ["Axis", "parse_axis", "point_scenario", "rows_of", "sweep", "write_table"]
