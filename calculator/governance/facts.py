"""What is known of one property at a date: known, unknown, in conflict between sources, or expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from calculator.assumptions import Parameter, Row, as_date

State = Literal["known", "unknown", "conflict", "expired"]


@dataclass(frozen=True)
class Fact:
    """A cell as it may be relied on at a date; only a known one decides anything."""

    state: State
    texts: tuple[str, ...] = ()
    """The value where it is known, one text an item."""
    parameter: Parameter | None = None

    @property
    def known(self) -> bool:
        return self.state == "known"

    @property
    def text(self) -> str:
        """The value, or an empty text where it is not known."""
        return ", ".join(self.texts)

    @property
    def number(self) -> float | None:
        """The value as a number; None where it is not known or not a number."""
        try:
            return float(self.text)
        except ValueError:
            return None

    @property
    def why_open(self) -> str:
        """Why it decides nothing: `not known`, the conflict of sources, or since when it is out of date."""
        p = self.parameter
        if self.state == "conflict":
            return f"sources conflict ({p.note})" if p is not None and p.note else "sources conflict"
        if self.state == "expired" and p is not None:
            return f"what was known on {p.as_of} ({_said(p)}) has expired, it holds for {p.valid_days} days"
        return "not known"

    @property
    def shown(self) -> str:
        """The cell with its id, for the audit trail."""
        return "" if self.parameter is None else f"{self.parameter.id} = {_said(self.parameter)}"


UNKNOWN = Fact("unknown")


def _said(p: Parameter) -> str:
    value = p.value
    return ", ".join(value) if isinstance(value, tuple) else f"{value:,.0f}" if isinstance(value, float | int) else value


def fact(row: Row | None, column: str, on: date) -> Fact:
    """A cell of a table at a date; unknown where the row or the cell is missing."""
    if row is None or column not in row:
        return UNKNOWN
    p = row.parameter(column)
    texts = p.value if isinstance(p.value, tuple) else (str(p.value),)
    if texts in (("unknown",), ("conflict",)):
        return Fact("unknown" if texts == ("unknown",) else "conflict", parameter=p)
    if p.age_days(on) > p.valid_days:
        return Fact("expired", parameter=p)
    return Fact("known", texts, p)


def expiry_day(p: Parameter) -> date:
    """The last day on which a cell may be relied on."""
    return date.fromordinal(as_date(p.as_of).toordinal() + p.valid_days)
