"""What installed packages say now, against what the assumption files hold: the differences, and what they do.

Offline. From EcoLogits: emissions and water of a country's electricity. From genai-prices: prices are read from the
package itself, so only its ids are held here; those that it no longer has are reported, for a person to mend.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError
from calculator.refresh.changes import Change, Refresh

ZONES = {"EU27": "EEE", "WORLD": "WOR"}
"""Zones of EcoLogits that are no country."""
PACKAGES = {"grid": ("EcoLogits", "ecologits"), "offers": ("genai-prices", "genai-prices")}
"""Topic, and the package that its default source names with its version."""
DIGITS = 4


def refresh(known: Assumptions) -> Refresh:
    """The differences between `known` and the packages that are installed; nothing is written."""
    changes: list[Change] = []
    texts = {topic: known.text(topic) for topic in PACKAGES}
    for key, row in known.rows("grid").items():
        for change in _grid_changes(key, row):
            changes.append(change)
            texts["grid"] = _with_cell(texts["grid"], key, change)
    for topic, (title, package) in PACKAGES.items():
        named = re.search(rf"{re.escape(title)} (\d[\w.]*)", str(known.topic(topic)["defaults"]["source"]["title"]))
        installed = version(package)
        if named is not None and named[1] != installed:
            changes.append(Change(topic, f"{topic}: source", named[0], f"{title} {installed}"))
            texts[topic] = texts[topic].replace(named[0], f"{title} {installed}")
    moved = {topic: text for topic, text in texts.items() if text != known.text(topic)}
    return Refresh(tuple(changes), moved, _gone(known))


def _grid_changes(key: str, row: Row) -> list[Change]:
    mix = _mix(key)
    if mix is None:
        return []
    found = []
    for column, value in (("kgco2e_per_kwh", mix.gwp), ("litres_per_kwh", mix.wue)):
        new, old = float(f"{value:.{DIGITS}g}"), row.number(column)
        if new != old:
            found.append(Change("grid", f"grid.{key}.{column}", old, new))
    return found


def _mix(key: str) -> Any:
    """EcoLogits' electricity mix of a two-letter country code or zone; None where it has none."""
    from babel.core import get_global
    from ecologits.electricity_mix_repository import electricity_mixes

    codes = (c for c, two in get_global("territory_aliases").items() if len(c) == 3 and c.isalpha() and list(two) == [key])
    zones = [ZONES[key]] if key in ZONES else codes
    return next((mix for zone in zones if (mix := electricity_mixes.find_electricity_mix(zone)) is not None), None)


def _with_cell(text: str, key: str, change: Change) -> str:
    """The file's text with one value replaced, all else as it stands; a range is widened to hold the value."""
    column = change.id.rsplit(".", 1)[1]
    row = re.search(rf'^  "?{re.escape(key)}"?: \{{.*$', text, re.MULTILINE)
    cell = re.search(rf"{column}: (\{{[^}}]*\}}|[\d.e+-]+)", row[0]) if row else None
    if row is None or cell is None:
        raise InputError(f"assumptions/{change.topic}.yaml: {change.id} is written in another form; set it to {change.new}")
    new = cell[0].replace(cell[1], _cell(cell[1], float(change.new or 0.0)))
    start = row.start() + cell.start()
    return text[:start] + new + text[start + len(cell[0]) :]


def _cell(old: str, value: float) -> str:
    if not old.startswith("{"):
        return f"{value:g}"
    ends = {name: float(number) for name, number in re.findall(r"(low|high): ([\d.e+-]+)", old)}
    new = re.sub(r"value: [\d.e+-]+", f"value: {value:g}", old)
    if "low" in ends and value < ends["low"]:
        new = re.sub(r"low: [\d.e+-]+", f"low: {value:g}", new)
    if "high" in ends and value > ends["high"]:
        new = re.sub(r"high: [\d.e+-]+", f"high: {value:g}", new)
    return new


def _gone(known: Assumptions) -> tuple[str, ...]:
    """Offers whose price ids the installed genai-prices does not have."""
    from genai_prices import data

    held = {(p.id, m.id) for p in data.providers for m in p.models}
    return tuple(
        f"offers.{key}: genai-prices has no {provider}/{model}"
        for key, row in known.rows("offers").items()
        if (provider := row.text("genai_prices_provider", None)) is not None
        and (model := row.text("genai_prices_model", None)) is not None
        and (provider, model) not in held
    )
