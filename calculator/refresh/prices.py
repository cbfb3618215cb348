"""A file of token prices against what is charged now: the differences, and the rows of token_prices.yaml that hold them.

Rows of token_prices.yaml stand before genai-prices. What a file of rows leaves out stays as it is, announced changes
included; genai-prices' data replaces an offer's whole price list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from calculator.assumptions import Assumptions
from calculator.errors import InputError, clip, unknown_name
from calculator.price_types import Period
from calculator.prices import price_list
from calculator.refresh.changes import Change, Refresh
from calculator.refresh.reading import PRICES, GivenPrice, PriceFile

TOPIC = "token_prices"
ANY = "any"
Prices = Mapping[str, float]
Dated = tuple[date | None, Prices]
"""Prices from a day on; None: always."""
Place = tuple[str, str, str, str]
"""Provider, model, endpoint, region of an offer."""


def refresh_prices(known: Assumptions, given: PriceFile, title: str, on: date) -> Refresh:
    """The differences between a file's prices and those charged on `on`; nothing is written.

    Raises InputError for a row whose offer is not known, or whose offer is priced by deployment that it does not name.
    """
    changes: list[Change] = []
    left_out: list[str] = []
    text = known.text(TOPIC)
    for place, rows in _by_offer(known, given).items():
        held = _held(known, place)
        if held is None:
            left_out.append(f"{_named(place)}: its price depends on the hour")
            continue
        new = [(r.start, _whole(r.prices)) for r in rows] if given.complete else _overlaid(held, rows, on)
        found = list(_changes(place, held, new, on))
        if found:
            changes += found
            text = _with_rows(text, place, new, title, on)
    left_out += _hourly(known, given)
    texts = {TOPIC: text} if changes else {}
    return Refresh(tuple(changes), texts, (), tuple(dict.fromkeys(left_out)))


def _by_offer(known: Assumptions, given: PriceFile) -> dict[Place, list[GivenPrice]]:
    """A file's rows by the offers that they price."""
    found: dict[Place, list[GivenPrice]] = {}
    if given.complete:
        by_ids: dict[tuple[str, str], list[GivenPrice]] = {}
        for row in given.rows:
            by_ids.setdefault((row.provider, row.model), []).append(row)
        for ids, (provider, model) in _genai_ids(known):
            if ids in by_ids and not _filed(known, provider, model):
                found[provider, model, ANY, ANY] = by_ids[ids]
        return found
    for row in given.rows:
        held = found.setdefault(_place(known, row), [])
        if any(other.start == row.start for other in held):
            raise InputError(f"{row.where}: {row.provider}/{row.model} stands twice for the same day; keep one")
        held.append(row)
    return found


def _genai_ids(known: Assumptions) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The ids by which genai-prices knows an offer, and our own."""
    for row in known.rows("offers").values():
        provider, model = row.text("provider"), row.text("model")
        yield (row.text("genai_prices_provider", provider), row.text("genai_prices_model", model)), (provider, model)


def _hourly(known: Assumptions, given: PriceFile) -> list[str]:
    return [f"{p}/{m}: its price depends on the hour" for ids, (p, m) in _genai_ids(known) if ids in given.hourly]


def _filed(known: Assumptions, provider: str, model: str) -> list[tuple[str, str]]:
    """Endpoints and regions that token_prices.yaml prices an offer at."""
    rows = known.rows(TOPIC).values()
    places = (
        (r.text("endpoint"), r.text("region")) for r in rows if (r.text("provider"), r.text("model")) == (provider, model)
    )
    return list(dict.fromkeys(places))


def _place(known: Assumptions, row: GivenPrice) -> Place:
    offers = {f"{r.text('provider')}/{r.text('model')}" for r in known.rows("offers").values()}
    if f"{row.provider}/{row.model}" not in offers:
        raise unknown_name(row.where, "offer", f"{row.provider}/{row.model}", offers)
    filed = _filed(known, row.provider, row.model)
    asked = (row.endpoint or ANY, row.region or ANY)
    fitting = [p for p in filed if row.endpoint in (None, p[0]) and row.region in (None, p[1])]
    if filed and len(fitting) != 1:
        there = ", ".join(f"{e} in {r}" for e, r in filed)
        raise InputError(
            f"{row.where}: {row.provider}/{row.model} is priced by deployment; name endpoint and region: {there}"
        )
    endpoint, region = fitting[0] if fitting else asked
    return row.provider, row.model, endpoint, region


def _held(known: Assumptions, place: Place) -> list[Dated] | None:
    """What is charged now, from each day on; None where it depends on the hour."""
    provider, model, endpoint, region = place
    prices = price_list(
        known, provider, model, endpoint=None if endpoint == ANY else endpoint, region=None if region == ANY else region
    )
    if any(p.hours_utc for p in prices.periods):
        return None
    return [(p.start, _of_period(p)) for p in prices.periods]


def _of_period(period: Period) -> Prices:
    first = period.tiers[0][1]
    found = {
        "input_usd_per_mtok": first.input,
        "cached_input_usd_per_mtok": first.cached_input,
        "cache_write_usd_per_mtok": first.cache_write,
        "output_usd_per_mtok": first.output,
    }
    if period.batch_tiers:
        batch = period.batch_tiers[0][1]
        found |= {"batch_input_usd_per_mtok": batch.input, "batch_output_usd_per_mtok": batch.output}
    if len(period.tiers) > 1:
        threshold, longer = period.tiers[1]
        found |= {
            "long_context_tokens": threshold,
            "long_input_usd_per_mtok": longer.input,
            "long_cached_input_usd_per_mtok": longer.cached_input,
            "long_output_usd_per_mtok": longer.output,
        }
    return found


def _whole(prices: Prices) -> Prices:
    """Prices with what follows from the others: without a price of its own cached input is charged as input."""
    usual = prices["input_usd_per_mtok"]
    whole = {"cached_input_usd_per_mtok": usual, "cache_write_usd_per_mtok": usual, **prices}
    if "long_context_tokens" in prices:
        longer = prices.get("long_input_usd_per_mtok", usual)
        whole = {
            "long_input_usd_per_mtok": longer,
            "long_cached_input_usd_per_mtok": longer,
            "long_output_usd_per_mtok": prices["output_usd_per_mtok"],
            **whole,
        }
    return whole


def _overlaid(held: Sequence[Dated], rows: Sequence[GivenPrice], on: date) -> list[Dated]:
    """What is charged once the rows hold: each replaces what it names from its day on; later announced changes stay."""
    given = sorted(rows, key=lambda r: r.start or date.min)
    first, last = given[0].start, max(on, given[-1].start or on)
    before = [] if first is None else [(day, prices) for day, prices in held if day is None or day < first]
    after = [(day, prices) for day, prices in held if day is not None and day > last]
    new = [(r.start, _whole({**_on(held, r.start or on), **r.prices})) for r in given]
    return [*before, *new, *after]


def _on(dated: Sequence[Dated], day: date) -> Prices:
    """The prices of a day; before the first day of all, the first."""
    active = [prices for start, prices in dated if start is None or start <= day]
    return active[-1] if active else dated[0][1]


def _changes(place: Place, held: Sequence[Dated], new: Sequence[Dated], on: date) -> Iterator[Change]:
    """What differs on `on`, and what differs otherwise on a later day on which one of the two changes."""
    days = sorted({on, *(day for day, _ in (*held, *new) if day is not None and day > on)})
    told: set[tuple[str, float | None, float | None]] = set()
    for day in days:
        old_prices, new_prices = _on(held, day), _on(new, day)
        for column in PRICES:
            old, now = old_prices.get(column), new_prices.get(column)
            same = old == now or (old is not None and now is not None and abs(old - now) <= 1e-9 * max(1.0, old))
            if same or (column, old, now) in told:
                continue
            told.add((column, old, now))
            later = "" if day == on else f" from {day}"
            yield Change(TOPIC, f"{_named(place)}: {column}{later}", old, now)


def _named(place: Place) -> str:
    provider, model, endpoint, region = place
    return f"{provider}/{model}" + ("" if (endpoint, region) == (ANY, ANY) else f"@{endpoint}/{region}")


def _with_rows(text: str, place: Place, rows: Sequence[Dated], title: str, on: date) -> str:
    """The file's text with an offer's rows replaced, all else as it stands."""
    provider, model, endpoint, region = map(re.escape, place)
    mine = re.compile(
        rf'^  \S+: \{{provider: "?{provider}"?, model: "?{model}"?, endpoint: "?{endpoint}"?, region: "?{region}"?[,}}]'
    )
    kept = [line for line in text.splitlines() if not mine.match(line)]
    return "\n".join([*kept, *_lines(place, rows, title, on)]) + "\n"


def _lines(place: Place, rows: Iterable[Dated], title: str, on: date) -> Iterator[str]:
    provider, model, endpoint, region = place
    for start, prices in rows:
        key = f"{provider}/{model}@{endpoint}/{region}" + ("" if start is None else f"@{start}")
        texts = {"provider": provider, "model": model, "endpoint": endpoint, "region": region}
        cells = [f"{name}: {json.dumps(cell)}" for name, cell in texts.items()]
        if start is not None:
            cells.append(f'start: "{start}"')
        source = f"{{title: {json.dumps(clip(title, 100))}, locator: {json.dumps(f'{provider}/{model}')}}}"
        cells += [f"as_of: {on}", "kind: secondary", f"source: {source}", 'note: "from a file that was given"']
        cells += [f"{name}: {prices[name]:.12g}" for name in PRICES if name in prices]
        yield f"  {json.dumps(key)}: {{{', '.join(cells)}}}"
