"""Assumptions, and worked cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from calculator.errors import InputError, clip
from calculator.terminal.console import console

if TYPE_CHECKING:
    from calculator.assumptions import Assumptions, Parameter
    from calculator.verify import Report


def _range(parameter: Parameter) -> str:
    if isinstance(parameter.value, tuple):
        return clip(", ".join(parameter.value), 50)
    if not isinstance(parameter.value, int | float):
        return clip(parameter.value, 50)
    bounds = "" if parameter.low is None else f" ({parameter.low:g} … {parameter.high:g})"
    return f"{parameter.value:g}{bounds} {parameter.unit}"


def print_parameters(parameters: Sequence[Parameter], *, as_json: bool) -> None:
    """One line each: id, value with range and unit, date, kind."""
    if as_json:
        print(json.dumps([p.as_dict() for p in parameters], indent=1))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "value", "as of", "kind"):
        table.add_column(heading, no_wrap=True)
    for p in parameters:
        table.add_row(Text(p.id), Text(_range(p)), p.as_of, p.kind)
    console().print(table)


def print_parameter(parameter: Parameter, *, as_json: bool) -> None:
    """One assumption with everything that is known of it."""
    if as_json:
        print(json.dumps(parameter.as_dict(), indent=1))
        return
    source = parameter.source
    lines = {
        "id": parameter.id,
        "what": parameter.description,
        "value": _range(parameter),
        "as of": f"{parameter.as_of} ({parameter.kind}; valid for {parameter.valid_days} days)",
        "source": " · ".join(filter(None, (source.title, source.locator, source.url))) if source else "",
        "note": parameter.note,
    }
    for label, text in lines.items():
        if text:
            print(f"{label:<7} {text}")


def print_check(known: Assumptions, on: str | None, *, as_json: bool) -> int:
    """What is stale or incomplete; exit code 1 where something is incomplete."""
    from calculator.checks import stale, violations

    try:
        day = date.fromisoformat(on) if on else date.today()
    except ValueError:
        raise InputError(f"--on: must be a date such as 2026-11-23, got {clip(on)!r}") from None
    wrong = violations(known, day)
    old = stale(known, day)
    if as_json:
        print(json.dumps({"on": day.isoformat(), "violations": wrong, "stale": [p.id for p in old]}, indent=1))
        return 1 if wrong else 0
    for line in wrong:
        print(f"wrong: {line}")
    by_topic: dict[str, int] = {}
    for p in old:
        by_topic[p.id.split(".")[0]] = by_topic.get(p.id.split(".")[0], 0) + 1
    for topic, count in by_topic.items():
        print(f"stale: {topic}: {count} older than their limit, e.g. {next(p.id for p in old if p.id.startswith(topic))}")
    total = sum(1 for _ in known.parameters())
    print(f"{total} assumptions checked on {day}: {len(wrong)} wrong, {len(old)} stale")
    return 1 if wrong else 0


def print_verification(report: Report, *, as_json: bool) -> None:
    """Worked cases: ours, theirs and the difference."""
    if as_json:
        print(json.dumps(report.as_dict(), indent=1))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("case", "calculation", "ours", "published", "difference", ""):
        table.add_column(heading, no_wrap=True)
    for row in report.rows:
        table.add_row(
            Text(clip(row.name, 70)), row.calculation, row.ours_text, row.expected_text, row.difference_text, row.word
        )
    out = console()
    out.print(table)
    out.print(Text(report.summary))
