"""What the world is: every number with its range, unit, date and source, from `assumptions/*.yaml`.

A file holds scalars under `parameters` (id `topic.name`) and tables under `rows` (id `topic.row.column`).
Metadata (`as_of`, `kind`, `source`, `note`, `valid_days`) is inherited: cell, then row, then the file's
`defaults`. A scenario may override any number by its id.
"""

from calculator.assumptions.files import assumptions_folder, load_assumptions
from calculator.assumptions.known import Assumptions
from calculator.assumptions.parameter import DISTRIBUTIONS, KINDS, METADATA, TEXT_UNITS, Parameter, Source, as_date
from calculator.assumptions.row import Row

__all__ = [
    "DISTRIBUTIONS",
    "KINDS",
    "METADATA",
    "TEXT_UNITS",
    "Assumptions",
    "Parameter",
    "Row",
    "Source",
    "as_date",
    "assumptions_folder",
    "load_assumptions",
]
