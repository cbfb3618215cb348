"""Figures and names of inputs as the report writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from calculator.charts.style import label
from calculator.footprint.option import OUTPUT_ONLY
from calculator.report.blocks import Row, words
from calculator.wording import shown

HOURS = "demand.hours_per_month"
DAGGER = "†"
LEVELS = ("token_price", "gpu_price", "server_price")
"""Price levels that flip points move: factors on an option's own prices."""


UNSAID = "Not said: "
"""How the analysis opens where it has no answer; on the page of the decision that changes nothing."""


def said_once(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """Sentences of the analysis by question; what has no answer for one and the same reason stands once."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for question, lines in said.items():
        found[question] = [line for line in lines if line not in seen or not line.startswith(UNSAID)]
        seen.update(lines)
    return found


def named_rules(text: str, result: dict[str, Any]) -> str:
    """A sentence in which each rule stands with its name: `DATA-04 (place of processing)`."""
    titles = {g["rule"]: g["title"] for o in result["options"] for g in o["gates"]}
    return re.sub(r"\b[A-Z]+-\d\d\b(?! \()", lambda m: f"{m[0]} ({titles[m[0]]})" if m[0] in titles else m[0], text)


def option_name(result: dict[str, Any], name: str) -> str:
    """What an option is called, by its id."""
    return next((str(o["name"]) for o in result["options"] if o["id"] == name), name)


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


def hours_per_month(result: dict[str, Any]) -> float:
    """Hours that this answer counts in a month."""
    return float(next((p["value"] for p in result["assumptions_used"] if p["id"] == HOURS), 730))


def by_tokens(option: dict[str, Any]) -> bool:
    """Whether an option's footprint, or a part of it, is an estimate by the token instead of a fleet's sizing."""
    return option["footprint"] is not None and any(OUTPUT_ONLY in basis for basis in option["footprint"]["basis"])


def compared_by_tokens(options: Sequence[dict[str, Any]]) -> str:
    """The note on marked footprints, with the factor by which an estimate may be off: the widest high over low of them."""
    marked = [o["co2e_kg"] for o in options if by_tokens(o) and o["co2e_kg"]]
    ratios = [kg["high"] / kg["low"] for kg in marked if kg["low"] > 0]
    return " " + words("footprint.by_tokens", mark=DAGGER, factor=number(math.ceil(max(ratios)))) if ratios else ""


def together(rows: Iterable[tuple[str, Sequence[str]]]) -> list[Row]:
    """Options of the same figures in one row: their labels, then the figures."""
    found: dict[tuple[str, ...], list[str]] = {}
    for option, figures in rows:
        found.setdefault(tuple(figures), []).append(label(option))
    return [[", ".join(ids), *figures] for figures, ids in found.items()]
