"""Cells of a workbook: text that stays text, numbers, and formulas that carry their value for viewers that do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 31
"""Characters of a sheet's name, by Excel."""
LONGEST_TEXT = 32_767
"""Characters of a cell, by Excel."""
NUMBER_FORMATS = {
    "money": "#,##0.00;[Red]-#,##0.00",
    "fine": "#,##0.0000",
    "factor": "0.000000",
    "integer": "#,##0",
    "input_money": "#,##0.00;[Red]-#,##0.00",
    "input_factor": "0.000",
    "input_share": "0.00%",
    "number": "General",
}
"""Those that begin with `input` may be changed and are blue."""


@dataclass(frozen=True)
class Place:
    """A cell, counted from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """`C12`."""
        return f"{_column(self.column)}{self.row + 1}"

    @property
    def absolute(self) -> str:
        """`$C$12`."""
        return f"${_column(self.column)}${self.row + 1}"

    def to(self, row: int, column: int, *, fixed: bool = False) -> str:
        """A range from here: `C12:C48`, or with dollar signs."""
        end = Place(row, column)
        return f"{self.absolute}:{end.absolute}" if fixed else f"{self.name}:{end.name}"


def _column(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sheet_names(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """A sheet's name for each of `names`: allowed by Excel, short, and unlike any other whatever the case."""
    used = {name.lower() for name in taken} | {"history"}
    found = {}
    for name in names:
        base = re.sub(r"[\[\]:*?/\\']", "_", name)[:LONGEST_NAME]
        chosen, number = base, 1
        while chosen.lower() in used:
            number += 1
            end = f"~{number}"
            chosen = base[: LONGEST_NAME - len(end)] + end
        used.add(chosen.lower())
        found[name] = chosen
    return found


@dataclass(frozen=True)
class Formats:
    """Cell formats of one workbook."""

    by_name: Mapping[str, Any]

    @staticmethod
    def of(book: Any) -> Formats:
        formats = {
            name: book.add_format({"num_format": form, **({"font_color": "#0000FF"} if name.startswith("input") else {})})
            for name, form in NUMBER_FORMATS.items()
        }
        return Formats({**formats, "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top"})})


@dataclass(frozen=True)
class Sheet:
    """One worksheet."""

    sheet: Any
    formats: Formats

    def text(self, row: int, column: int, text: str) -> None:
        """Text, never a formula or a link."""
        self.sheet.write_string(row, column, str(text)[:LONGEST_TEXT])

    def heading(self, row: int, column: int, text: str) -> None:
        self.sheet.write_string(row, column, str(text)[:LONGEST_TEXT], self.formats.by_name["heading"])

    def number(self, row: int, column: int, number: float, form: str = "number") -> Place:
        """A number, and where it stands."""
        self.sheet.write_number(row, column, number, self.formats.by_name[form])
        return Place(row, column)

    def value(self, row: int, column: int, value: Any) -> None:
        """A number as a number, anything else as text; nothing for None."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.number(row, column, value)
        elif value is not None:
            self.text(row, column, str(value))

    def formula(self, row: int, column: int, formula: str, shown: float | str, form: str) -> None:
        """A formula of ours, with the value that the engine finds for it."""
        self.sheet.write_formula(row, column, formula, self.formats.by_name[form], shown)

    def widths(self, *widths: float) -> None:
        """Column widths in characters, from the first column on."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def freeze(self, row: int, column: int) -> None:
        """Keep what stands above and left of a cell in view."""
        self.sheet.freeze_panes(row, column)
