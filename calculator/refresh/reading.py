"""Files of token prices that the user gives: genai-prices' data, or rows as assumptions/token_prices.yaml holds them.

Rows are CSV with a heading, or YAML or JSON as a list or under `rows`. `provider`, `model`, `input_usd_per_mtok` and
`output_usd_per_mtok` must be there; the other columns of token_prices.yaml may be, and what is left out stays as it is.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from calculator.errors import InputError, clip
from calculator.user_files import read_file
from calculator.yaml12 import read_yaml

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MAX_USD = 1e6
PRICES = (
    "input_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok",
    "output_usd_per_mtok",
    "batch_input_usd_per_mtok",
    "batch_output_usd_per_mtok",
    "long_context_tokens",
    "long_input_usd_per_mtok",
    "long_cached_input_usd_per_mtok",
    "long_output_usd_per_mtok",
)
"""Columns that are numbers."""
NEEDED = ("provider", "model", "input_usd_per_mtok", "output_usd_per_mtok")
PLACES = ("endpoint", "region", "start")
WANTED = f"give genai-prices' data.json, or rows with {', '.join(NEEDED)}"
GENAI_FIELDS = {
    "input_mtok": ("input_usd_per_mtok", "long_input_usd_per_mtok"),
    "cache_read_mtok": ("cached_input_usd_per_mtok", "long_cached_input_usd_per_mtok"),
    "cache_write_mtok": ("cache_write_usd_per_mtok", None),
    "output_mtok": ("output_usd_per_mtok", "long_output_usd_per_mtok"),
}
"""Of genai-prices: the column of the price, and of its price for long prompts."""


@dataclass(frozen=True)
class GivenPrice:
    """One row: an offer's prices from a day on."""

    provider: str
    model: str
    endpoint: str | None
    region: str | None
    start: date | None
    prices: Mapping[str, float]
    where: str


@dataclass(frozen=True)
class PriceFile:
    """What a file holds; `complete` where what is left out does not exist, as in genai-prices' data."""

    rows: tuple[GivenPrice, ...]
    complete: bool
    hourly: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """Provider and model whose prices depend on the hour."""


def read_prices(path: str | Path) -> PriceFile:
    """The prices of a file; InputError with one line that names file, place and remedy."""
    raw = read_file(path, MAX_BYTES, wanted=WANTED, shorter="give the offers that matter")
    return parse_prices(raw, clip(path))


def parse_prices(raw: bytes, where: str = "prices") -> PriceFile:
    """The prices of a file's content; InputError as `read_prices`."""
    start = raw.lstrip()[:1]
    looks_like_csv = start not in (b"[", b"{") and b"," in raw.split(b"\n", 1)[0]
    content = _csv(raw, where) if looks_like_csv else read_yaml(raw, where)
    if isinstance(content, Mapping):
        content = content.get("providers", content.get("rows"))
    rows = list(content.values()) if isinstance(content, Mapping) else content
    if not isinstance(rows, list) or not rows:
        raise InputError(f"{where}: holds no list of prices; {WANTED}")
    if len(rows) > MAX_ROWS:
        raise InputError(f"{where}: has {len(rows):,} rows; at most {MAX_ROWS:,} are read")
    first = 2 if looks_like_csv else 1
    for number, row in enumerate(rows, first):
        if not isinstance(row, Mapping):
            raise InputError(f"{where}: row {number}: must be an object; {WANTED}")
    if all("models" in row for row in rows):
        return _genai(rows, where)
    return PriceFile(tuple(_row(row, f"{where}: row {number}") for number, row in enumerate(rows, first)), complete=False)


def _csv(raw: bytes, where: str) -> list[dict[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        names = reader.fieldnames or ()
        for name in NEEDED:
            if name not in names:
                raise InputError(f"{where}: has no column {name}; {WANTED}")
        unknown = [n for n in names if n not in (*NEEDED, *PLACES, *PRICES)]
        if unknown:
            raise InputError(f"{where}: column {clip(unknown[0], 40)!r} is not known; remove it, or use {', '.join(PRICES)}")
        rows = list(reader)
    except UnicodeDecodeError:
        raise InputError(f"{where}: is not UTF-8 text; {WANTED}") from None
    except csv.Error as error:
        raise InputError(f"{where}: is not CSV ({clip(error)}); {WANTED}") from None
    if any(None in row for row in rows):
        raise InputError(f"{where}: a row has more cells than the heading; quote cells that hold a comma")
    return rows


def _row(row: Mapping[str, Any], where: str) -> GivenPrice:
    given = {str(name): _text(cell) for name, cell in row.items()}
    for name in NEEDED:
        if not given.get(name):
            raise InputError(f"{where}: {name} is missing; add it")
    unknown = [n for n in given if n not in (*NEEDED, *PLACES, *PRICES)]
    if unknown:
        raise InputError(f"{where}: {clip(unknown[0], 40)!r} is not known; remove it, or use {', '.join(PRICES)}")
    prices = {name: _number(given[name], f"{where}: {name}") for name in PRICES if given.get(name)}
    start = given.get("start")
    return GivenPrice(
        given["provider"],
        given["model"],
        given.get("endpoint") or None,
        given.get("region") or None,
        _day(start, where) if start else None,
        prices,
        where,
    )


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, bool | list | dict) else str(cell).strip()


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    most = 1e9 if where.endswith("long_context_tokens") else MAX_USD
    if not 0 <= number <= most:
        raise InputError(f"{where}: must be a number from 0, in USD per million tokens, got {clip(text, 30)!r}")
    return number


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{where}: start: must be a date such as 2027-01-01, got {clip(text, 30)!r}") from None


def _genai(providers: Sequence[Mapping[str, Any]], where: str) -> PriceFile:
    rows: list[GivenPrice] = []
    hourly = set()
    try:
        for provider in providers:
            for model in provider["models"]:
                at = f"{where}: {clip(provider['id'], 40)}/{clip(model['id'], 60)}"
                entries = model["prices"] if isinstance(model["prices"], list) else [model["prices"]]
                if any("start_time" in (e.get("constraint") or {}) for e in entries):
                    hourly.add((str(provider["id"]), str(model["id"])))
                    continue
                rows += _periods(str(provider["id"]), str(model["id"]), entries, model.get("price_variants") or [], at)
    except (KeyError, TypeError, AttributeError):
        raise InputError(f"{where}: is not genai-prices' data: providers with id and models with id and prices") from None
    return PriceFile(tuple(rows), complete=True, hourly=frozenset(hourly))


def _periods(
    provider: str, model: str, entries: list[Mapping[str, Any]], variants: list[Mapping[str, Any]], where: str
) -> Iterator[GivenPrice]:
    batches = sorted((v for v in variants if v.get("when") == {"processing": "batch"}), key=_start)
    for entry in entries:
        day = (entry.get("constraint") or {}).get("start_date")
        prices = _genai_prices(entry.get("prices", entry), where)
        active = [v for v in batches if day and _start(v) <= day] or (batches if day else batches[:1])
        if active:
            batch = _genai_prices({**entry.get("prices", entry), **active[-1]["prices"]}, where)
            for name in ("input_usd_per_mtok", "output_usd_per_mtok"):
                if name in batch:
                    prices[f"batch_{name}"] = batch[name]
        if "input_usd_per_mtok" in prices and "output_usd_per_mtok" in prices:
            yield GivenPrice(provider, model, None, None, _day(day, where) if day else None, prices, where)


def _start(variant: Mapping[str, Any]) -> str:
    """First day of a variant; before every day where it has none."""
    return str((variant.get("constraint") or {}).get("start_date") or "")


def _genai_prices(prices: Mapping[str, Any], where: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, (column, long_column) in GENAI_FIELDS.items():
        cell = prices.get(name)
        if cell is None:
            continue
        tiers = cell["tiers"] if isinstance(cell, Mapping) else []
        found[column] = _number(str(cell["base"] if isinstance(cell, Mapping) else cell), f"{where}: {name}")
        if tiers:
            found["long_context_tokens"] = float(tiers[0]["start"])
            if long_column is not None:
                found[long_column] = _number(str(tiers[0]["price"]), f"{where}: {name}")
    return found
