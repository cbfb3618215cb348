"""Token prices of our own dated files, for offers that genai-prices lacks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from calculator.assumptions import Assumptions, Row, as_date
from calculator.price_types import Period, PriceList, Rates, Tiers


def filed_price_list(
    known: Assumptions, provider: str, model: str, endpoint: str | None, region: str | None
) -> PriceList | None:
    """The price list of an offer in `assumptions/token_prices.yaml`; None where it has none for the endpoint and region.

    Without an endpoint, the one that is priced for the region stands; else the global one. A row for any endpoint is
    one for all that have none of their own.
    """
    rows = _filed(known).get((provider, model), [])
    if endpoint is not None:
        rows = [r for r in rows if r.text("endpoint") == endpoint] or [r for r in rows if r.text("endpoint") == "any"]
    same = [r for r in rows if r.text("region") == region] or [r for r in rows if r.text("region") == "any"]
    if not same:
        return None
    same.sort(key=lambda r: r.text("start", ""))
    first = same[0].parameter("input_usd_per_mtok")
    assert first.source is not None
    where = "" if same[0].text("region") == "any" else f" in {region}"
    deployment = same[0].text("endpoint")
    notes = [] if deployment == "any" else [f"price of the {deployment} deployment{where}"]
    if any("batch_input_usd_per_mtok" not in r for r in same):
        notes.append("no batch price is published: standard is charged")
    return PriceList(
        provider=provider,
        model=model,
        source=first.source,
        dated=f"assumptions/token_prices.yaml, as of {first.as_of}",
        periods=tuple(_period(row) for row in same),
        cache_minimum_tokens=None,
        notes=tuple(notes),
    )


def is_regional(known: Assumptions, provider: str, model: str, region: str) -> bool:
    """Whether `assumptions/token_prices.yaml` has a price of its own for the region: no surcharge comes on top."""
    return any(r.text("region") == region for r in _filed(known).get((provider, model), []))


@lru_cache(maxsize=8)
def _filed(known: Assumptions) -> Mapping[tuple[str, str], list[Row]]:
    """The rows of the table by provider and model."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in known.rows("token_prices").values():
        found.setdefault((row.text("provider"), row.text("model")), []).append(row)
    return found


def _period(row: Row) -> Period:
    start = row.text("start", None)
    batch = _tiers(row, "batch_") if "batch_input_usd_per_mtok" in row else None
    return Period(as_date(start) if start else None, None, _tiers(row, ""), batch)


def _tiers(row: Row, kind: str) -> Tiers:
    """Standard or batch rates by threshold; a batch pays its share of the standard price for cached and long prompts too."""
    standard, output = row.number("input_usd_per_mtok"), row.number("output_usd_per_mtok")
    into = _over(row.number(f"{kind}input_usd_per_mtok"), standard)
    out = _over(row.number(f"{kind}output_usd_per_mtok"), output)
    write = row.number("cache_write_usd_per_mtok", standard)
    cached = row.number("cached_input_usd_per_mtok", standard)
    base = Rates(standard * into, cached * into, write * into, output * out)
    threshold = row.number("long_context_tokens", None)
    if threshold is None:
        return ((0.0, base),)
    longer = row.number("long_input_usd_per_mtok")
    return (
        (0.0, base),
        (
            threshold,
            Rates(
                longer * into,
                row.number("long_cached_input_usd_per_mtok", longer) * into,
                _over(write, standard) * longer * into,
                row.number("long_output_usd_per_mtok", output) * out,
            ),
        ),
    )


def _over(usd: float, standard: float) -> float:
    """A price over the standard one; 1 where that is free."""
    return usd / standard if standard else 1.0
