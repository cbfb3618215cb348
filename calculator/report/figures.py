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

MOST_LISTED = 3
"""Options that are listed by name though they are all."""
HOURS = "demand.hours_per_month"
DAGGER = "†"
LEVELS = ("token_price", "gpu_price", "server_price")
"""Price levels that flip points move: factors on an option's own prices."""


UNSAID, UNSAID_FIGURES = "Not said: ", "Not said of the figures: "
"""How the analysis opens where it has no answer; on the page of the decision that changes nothing."""


def answered(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """Sentences of the analysis by question, without those that say why there is no answer."""
    return {question: [s for s in lines if not s.startswith((UNSAID, UNSAID_FIGURES))] for question, lines in said.items()}


def unanswered(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """Questions without an answer by the reason for it, which one reason may be for several."""
    found: dict[str, list[str]] = {}
    for question, lines in said.items():
        for line in lines:
            if line.startswith((UNSAID, UNSAID_FIGURES)):
                found.setdefault(line.partition(": ")[2].rstrip("."), []).append(question)
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
    if is_level(entry):
        return words(f"inputs.{last}", option=label(first.removeprefix("options.")))
    named = entry["description"] or entry["label"]
    named = named[0].lower() + named[1:] if named[1:2].islower() else named
    parts = entry["id"].split(".")
    row = parts[1] if entry["description"] and len(parts) > 2 and parts[0] != "workloads" else ""
    of = ", ".join(part for part in (row, entry["unit"].replace("_", " ")) if part)
    return f"{named} ({of})" if of else named


def is_level(entry: dict[str, Any]) -> bool:
    """Whether an entry of `flip_points[]` is a factor on an option's own prices."""
    return entry["id"].startswith("options.") and entry["id"].rpartition(".")[2] in LEVELS


def nearest_flips(result: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each flip with its entry of `flip_points[]`: within their range first, then the nearest; none if not computed."""
    flips = [(entry, flip) for entry in result["flip_points"] or [] for flip in entry["flips"]]
    return sorted(flips, key=lambda pair: (not pair[1]["within_range"], float(pair[1]["ranges_away"])))


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
        found.setdefault(tuple(figures), []).append(option)
    every = sum(map(len, found.values()))
    return [[listed(ids, every), *figures] for figures, ids in found.items()]


def listed(ids: Iterable[str], every: int) -> str:
    """Labels of options, or that it is every one of so many."""
    named = list(dict.fromkeys(map(label, ids)))
    return words("options.every") if len(named) == every > MOST_LISTED else ", ".join(named)
