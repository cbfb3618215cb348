"""Figures and names of inputs as the report writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from calculator.charts.style import label
from calculator.report.blocks import Row, words
from calculator.wording import shown

LEVELS = ("token_price", "gpu_price", "server_price")
"""Price levels that flip points move: factors on an option's own prices."""


def input_name(entry: dict[str, Any]) -> str:
    """What an entry of `flip_points[]` is called: its description, or words made from its id."""
    first, _, last = entry["id"].rpartition(".")
    if last in LEVELS and first.startswith("options."):
        return words(f"inputs.{last}", option=first.removeprefix("options."))
    named = entry["description"] or entry["label"]
    return f"{named} ({entry['unit'].replace('_', ' ')})" if entry["unit"] else named


def nearest_flips(result: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each flip with its entry of `flip_points[]`, the nearest first; none where they were not computed."""
    flips = [(entry, flip) for entry in result["flip_points"] or [] for flip in entry["flips"]]
    return sorted(flips, key=lambda pair: float(pair[1]["ranges_away"]))


def number(value: float, decimals: int = 0) -> str:
    """A plain number with so many decimals, as the locale writes it."""
    from babel.numbers import format_decimal

    value = value if round(value, decimals) else 0.0  # no minus before a zero
    return str(format_decimal(value, "#,##0" + ("." + "0" * decimals if decimals else ""), locale=shown().locale))


def together(rows: Iterable[tuple[str, Sequence[str]]]) -> list[Row]:
    """Options of the same figures in one row: their labels, then the figures."""
    found: dict[tuple[str, ...], list[str]] = {}
    for option, figures in rows:
        found.setdefault(tuple(figures), []).append(label(option))
    return [[", ".join(ids), *figures] for figures, ids in found.items()]
