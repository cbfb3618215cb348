"""A row of a table of assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from calculator.assumptions.parameter import MISSING, Parameter, read_parameter, with_override
from calculator.errors import InputError


@dataclass(frozen=True)
class Row:
    """One row of a table; cells are parameters built on demand."""

    topic: str
    key: str
    cells: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, Any]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    _built: dict[str, Parameter] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, column: str) -> bool:
        return column in self.cells or f"{self.topic}.{self.key}.{column}" in self.overrides

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def parameter(self, column: str) -> Parameter:
        """The cell with its metadata; InputError where the row has none."""
        if column not in self._built:
            self._built[column] = self._build(column)
        return self._built[column]

    def _build(self, column: str) -> Parameter:
        name = f"{self.topic}.{self.key}.{column}"
        if column not in self.cells:
            if name in self.overrides and column in self.columns:
                cell: Any = {"value": 0.0, "kind": "estimate", "as_of": "1970-01-01"}
            else:
                raise InputError(f"{name}: not known; set it under `assumptions` in the scenario, or choose another")
        else:
            cell = self.cells[column]
        spec = self.columns.get(column, {})
        return with_override(read_parameter(name, cell, spec, self.metadata), self.overrides)

    @overload
    def number(self, column: str) -> float: ...
    @overload
    def number(self, column: str, default: None) -> float | None: ...
    @overload
    def number(self, column: str, default: float) -> float: ...
    def number(self, column: str, default: Any = MISSING) -> Any:
        """The base value of a numeric cell, or `default` where the row has none."""
        if column not in self and default is not MISSING:
            return default
        return self.parameter(column).number

    @overload
    def text(self, column: str) -> str: ...
    @overload
    def text(self, column: str, default: None) -> str | None: ...
    @overload
    def text(self, column: str, default: str) -> str: ...
    def text(self, column: str, default: Any = MISSING) -> Any:
        """A text cell, or `default` where the row has none."""
        if column not in self and default is not MISSING:
            return default
        return str(self.parameter(column).value)

    def list(self, column: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list cell, or `default` where the row has none."""
        if column not in self:
            return tuple(default)
        value = self.parameter(column).value
        return value if isinstance(value, tuple) else (str(value),)
