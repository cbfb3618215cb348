"""Every number about the world that the answer used, with its source; then what it was computed with."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from calculator import __version__
from calculator.charts.style import label
from calculator.report.blocks import Block, Row, Section, notes, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.citations import cited, sources
from calculator.report.figures import number
from calculator.wording import count, money
from calculator.wording import figure as plain

KEY = "assumptions"
VALUE_LENGTH = 22
LINE_LENGTH, LEAST_DESCRIPTION = 61, 24
"""Characters of a line of the table, and of a description at least; the attached file has all of it."""
TOPIC = 6
"""Assumptions that make a topic of their own; fewer stand under the first word of their id."""
SHORTENED_FROM = 1e6


def section(result: dict[str, Any]) -> Section | None:
    """Assumptions by topic, the user's own marked, token prices, versions."""
    numbers = sources(result)
    return make_section(
        KEY,
        [
            text(words(f"{KEY}.text")),
            _table(result, numbers),
            _token_prices(result, numbers),
            text(_versions(result), quiet=True),
        ],
        new_page=False,
    )


def sources_section(result: dict[str, Any]) -> Section | None:
    """The list that the numbers point to."""
    listed = notes([(f"[{n}]", name) for name, n in sources(result).items()], columns=2)
    return make_section("sources", [text(words("sources.caption"), quiet=True) if listed else None, listed], new_page=False)


def _table(result: dict[str, Any], numbers: dict[str, int]) -> Block | None:
    sizes = Counter(p["id"].rpartition(".")[0] for p in result["assumptions_used"])

    def place(p: dict[str, Any]) -> tuple[str, str]:
        topic, _, name = p["id"].rpartition(".")
        if sizes[topic] < TOPIC:
            topic, _, name = p["id"].partition(".")
        return topic, name

    rows: list[Row] = []
    for topic, members in groupby(sorted(result["assumptions_used"], key=place), key=lambda p: place(p)[0]):
        rows.append([topic])
        rows += [_row(place(p)[1], p, numbers) for p in members]
    return table(
        word_list(f"{KEY}.columns"),
        rows,
        caption=words(f"{KEY}.caption"),
        widths=[1.0, *[None] * 5],
        left=range(6),
        dense=True,
    )


def _row(name: str, p: dict[str, Any], numbers: dict[str, int]) -> Row:
    name = name.replace("_", " ")
    length = max(LINE_LENGTH - len(name), LEAST_DESCRIPTION)
    return [
        words(f"{KEY}.described", name=name, description=_cut(p["description"], length)),
        " ".join(x for x in (_value(p["value"]), p["unit"].replace("_", " ")) if x)
        + (words(f"{KEY}.own") if p["overridden"] else ""),
        "" if p["low"] is None else f"{_number(p['low'])} – {_number(p['high'])}",
        p["kind"],
        p["as_of"],
        cited(numbers, p["source"]),
    ]


def _token_prices(result: dict[str, Any], numbers: dict[str, int]) -> Block | None:
    """List prices of the options paid by the token."""
    rows = [
        [
            label(p["id"]),
            *[money(p[name]) for name in ("usd_input", "usd_cached_input", "usd_output")],
            p["dated"],
            cited(numbers, p["source"]),
        ]
        for p in result.get("token_prices", [])
    ]
    return table(
        word_list(f"{KEY}.price_columns"),
        rows,
        caption=words(f"{KEY}.price_caption", start=result["start"]),
        widths=[1.0, None, None, None, 1.4, None],
        left=(0, 4, 5),
        dense=True,
    )


def _versions(result: dict[str, Any]) -> str:
    pins = result["pins"]
    return words(
        f"{KEY}.versions",
        draws=number(result["draws"]),
        seed=pins["seed"],
        prices=pins["prices"],
        assumptions=pins["assumptions"],
        scenario=result.get("scenario_hash", "–"),
        version=__version__,
    )


def _value(value: Any) -> str:
    if isinstance(value, list):
        return _cut(", ".join(map(str, value)), VALUE_LENGTH)
    return _number(value) if isinstance(value, int | float) else _cut(str(value), VALUE_LENGTH)


def _cut(text: str, length: int) -> str:
    """The text, or as many whole words as fit."""
    if len(text) <= length:
        return text
    start, _, _ = text[: length - 1].rpartition(" ")
    return (start or text[: length - 1]).rstrip(" ,;:") + "…"


def _number(value: float) -> str:
    """Four digits are enough to read; the attached file has all of them."""
    return count(value) if abs(value) >= SHORTENED_FROM else plain(value, 4)
