"""Running cases and comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculator.verify.calculations import calculate
from calculator.verify.cases import Absolute, Case, load_cases, shipped_cases


@dataclass(frozen=True)
class Row:
    """One case, run."""

    case: Case
    ours: Any

    @property
    def name(self) -> str:
        return self.case.name

    @property
    def calculation(self) -> str:
        return self.case.calculation

    @property
    def difference(self) -> float | None:
        """Relative difference, absolute where the case's tolerance is; None for words."""
        theirs = self.case.expected
        numbers = [float(x) for x in (self.ours, theirs) if isinstance(x, int | float) and not isinstance(x, bool)]
        if len(numbers) < 2:
            return None
        gap = numbers[0] - numbers[1]
        return gap if isinstance(self.case.tolerance, Absolute) or not theirs else gap / abs(numbers[1])

    @property
    def ok(self) -> bool:
        if self.difference is None:
            return bool(self.ours == self.case.expected)
        limit = self.case.tolerance.absolute if isinstance(self.case.tolerance, Absolute) else self.case.tolerance
        return abs(self.difference) <= limit + 1e-12

    @property
    def ours_text(self) -> str:
        return _text(self.ours)

    @property
    def expected_text(self) -> str:
        return _text(self.case.expected)

    @property
    def difference_text(self) -> str:
        if self.difference is None:
            return ""
        return f"{self.difference:+.3g}" if isinstance(self.case.tolerance, Absolute) else f"{self.difference:+.2%}"

    @property
    def word(self) -> str:
        return "MISS" if not self.ok else "outside" if self.case.outside_stated_range else "ok"


def _text(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Report:
    """All cases."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        return bool(self.rows) and all(row.ok for row in self.rows)

    @property
    def summary(self) -> str:
        missed = sum(not row.ok for row in self.rows)
        outside = sum(row.ok and row.case.outside_stated_range for row in self.rows)
        agree = len(self.rows) - missed - outside
        known = f", {outside} lie outside our stated range and are only held to be no worse" if outside else ""
        return f"{len(self.rows)} worked cases: {agree} agree, {missed} miss{known}"

    def as_dict(self) -> dict[str, Any]:
        cases = [
            {
                "name": r.name,
                "calculation": r.calculation,
                "source": r.case.source.model_dump(),
                "ours": r.ours,
                "expected": r.case.expected,
                "difference": r.difference,
                "ok": r.ok,
                "outside_stated_range": r.case.outside_stated_range,
            }
            for r in self.rows
        ]
        return {"ok": self.ok, "summary": self.summary, "cases": cases}


def verify(paths: Sequence[Path] | None = None) -> Report:
    """Run the cases of some files, or the shipped ones."""
    cases = load_cases(paths or shipped_cases())
    return Report(tuple(Row(c, calculate(c.calculation, c.inputs, c.name)) for c in cases))
