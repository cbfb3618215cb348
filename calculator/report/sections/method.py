"""How the figures came about: method, limits, and the headline figure from tokens to dollars."""

from __future__ import annotations

import math
from typing import Any

from calculator.costs.fleet import ROUNDING
from calculator.costs.levelised import INPUT_LINES
from calculator.costs.recurring import ONE_OFF
from calculator.report.blocks import Block, Section, bullets, heading, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import hours_per_month, number
from calculator.report.trace import leader
from calculator.wording import count, figure, money, months_in_words, percent, small_money

KEY = "method"
SECONDS = 3600
DIGITS = 4
"""Significant digits of a factor, so that a product shown can be checked by hand."""


def section(result: dict[str, Any]) -> Section | None:
    """Method in plain words, the trace, and what is not judged."""
    option = next(o for o in result["options"] if o["id"] == leader(result))
    return make_section(
        KEY,
        [
            *[text(paragraph) for paragraph in word_list(f"{KEY}.paragraphs")],
            heading(words(f"{KEY}.trace_heading")),
            _serving(result, option),
            _lines(result, option),
            heading(words(f"{KEY}.not_judged_heading")) if result["verdict"]["not_judged"] or result["warnings"] else None,
            bullets([*result["verdict"]["not_judged"], *result["warnings"]]),
        ],
        new_page=False,
    )


def _serving(result: dict[str, Any], option: dict[str, Any]) -> Block | None:
    """The first month, from requests to the bill of serving them."""
    rows = [
        [_step("requests"), "", count(result["requests_by_month"][0])],
        [_step("tokens"), _step("tokens_made"), count(result["tokens_by_month"][0])],
    ]
    for part in result.get("first_month", []):
        if part.get("requests"):
            rows += _tokens(part)
    paid = {name: usd[1] for name, usd in option["cost_lines_monthly_usd"].items()}
    prices = {price["id"]: price for price in result.get("token_prices", [])}
    served = sum(p["input_tokens"] for p in result.get("first_month", []) if p.get("requests"))
    written = sum(p["output_tokens"] for p in result.get("first_month", []) if p.get("requests"))
    if served and (usd := sum(paid.get(line, 0.0) for line in INPUT_LINES)):
        rows.append(_priced("input_bill", served, usd, prices.get(option["id"]), ("usd_input", "usd_cached_input")))
    if written and (usd := paid.get("api_output", 0.0)):
        rows.append(_priced("output_bill", written, usd, prices.get(option["id"]), ("usd_output",)))
    rows += _fleet(result, option, paid)
    rows.append([_step("bill"), _bill_made(paid), money(option["first_month_cost_usd"])])
    return table(
        [words(f"{KEY}.step"), words(f"{KEY}.calculation"), option["name"]],
        rows,
        caption=words(f"{KEY}.serving_caption"),
        widths=[1.0, 1.6, None],
        left=(0, 1),
        dense=True,
        parted=True,
    )


def _bill_made(paid: dict[str, float]) -> str:
    """How the running bill follows from the first month of the table of lines."""
    once = {line: usd for line, usd in paid.items() if line in ONE_OFF and usd}
    if not once:
        return _step("bill_made")
    lines = ", ".join(words(f"lines.{line}") for line in once)
    return words(f"{KEY}.steps.bill_less", total=money(sum(paid.values())), once=money(sum(once.values())), lines=lines)


def _tokens(part: dict[str, Any]) -> list[list[str]]:
    """Tokens billed on each side: requests × tokens of a request × the model's factor."""
    rows = []
    for side in ("input", "output"):
        tokens, factor = part[f"{side}_tokens"], part[f"{side}_factor"]
        made = words(
            f"{KEY}.steps.billed_made",
            requests=count(part["requests"]),
            tokens=figure(tokens / part["requests"], DIGITS),
            factor=figure(factor, DIGITS),
        )
        rows.append([words(f"{KEY}.steps.billed_{side}", model=part["model"]), made, count(tokens * factor)])
    return rows


def _priced(step: str, tokens: float, usd: float, price: dict[str, Any] | None, names: tuple[str, ...]) -> list[str]:
    """A bill as tokens at what a million of them costs, beside the list price."""
    made = words(f"{KEY}.steps.priced", tokens=count(tokens), usd=small_money(usd / tokens * 1e6, DIGITS))
    if price:
        made += words(f"{KEY}.steps.listed", prices=", ".join(small_money(price[name]) for name in names))
    return [_step(step), made, money(usd)]


def _fleet(result: dict[str, Any], option: dict[str, Any], paid: dict[str, float]) -> list[list[str]]:
    """Load, replicas, GPUs and their rent or price, all of the first month, where the option has any."""
    sizing, gpus = option["sizing"], option["gpus"]
    if not sizing or not gpus or not gpus["first_month"]:
        return []
    rows = _replicas(result, option)
    made = words(f"{KEY}.steps.gpus_made", each=sizing["gpus_per_replica"], gpu=sizing["gpu"])
    rows.append([_step("gpus"), made, number(gpus["first_month"])])
    hours = hours_per_month(result)
    if paid.get("compute"):
        usd = small_money(paid["compute"] / gpus["first_month"] / hours, DIGITS)
        made = words(f"{KEY}.steps.rent_made", gpus=number(gpus["first_month"]), hours=number(hours), usd=usd)
        rows.append([_step("rent"), made, money(paid["compute"])])
    if start := option["cost_lines_monthly_usd"].get("hardware", [0.0])[0]:
        each = money(start / gpus["first_month"])
        made = words(f"{KEY}.steps.servers_made", gpus=number(gpus["first_month"]), usd=each)
        rows.append([_step("servers"), made, money(start)])
    return rows


def _replicas(result: dict[str, Any], option: dict[str, Any]) -> list[list[str]]:
    """From requests a month to whole replicas, step by step."""
    peaks = result.get("first_peak", [])
    standing = option["sizing"]["replicas_first_month"]
    if not peaks or standing is None:
        return []
    rows = []
    for p in peaks:
        named = f", {p['workload']}" if len(peaks) > 1 else ""
        mean, peak = figure(p["mean_per_second"], DIGITS), figure(p["peak_per_second"], DIGITS)
        carried = p["replica_limit_per_second"] * p["planned_share"]
        values = {
            "load": (count(p["requests"]), number(hours_per_month(result)), number(SECONDS), mean),
            "peak": (mean, figure(p["busiest_over_mean"], DIGITS), figure(p["burst"], DIGITS), peak),
            "carried": (
                figure(p["replica_limit_per_second"], DIGITS),
                percent(p["planned_share"]),
                figure(carried, DIGITS),
            ),
            "needed": (peak, figure(carried, DIGITS), figure(p["replicas"], DIGITS)),
        }
        for step, (*numbers, outcome) in values.items():
            made = words(f"{KEY}.steps.{step}_made", **dict(zip("abc", numbers, strict=False)))
            rows.append([_step(step) + named, made, outcome])
    needed = sum(p["replicas"] for p in peaks)
    if option["route"] == "hybrid":
        made = words(f"{KEY}.steps.base_made", needed=figure(needed, DIGITS), note=(option["notes"] or [""])[0])
    else:
        whole = math.ceil(needed - ROUNDING)
        made = words(f"{KEY}.steps.replicas_made", needed=figure(needed, DIGITS), whole=whole, more=number(standing - whole))
    return [*rows, [_step("replicas"), made, number(standing)]]


def _lines(result: dict[str, Any], option: dict[str, Any]) -> Block | None:
    """Each line: the first month, the horizon, its present value; then the headline."""
    rows = []
    for line, flow in [*option["cost_lines_monthly_usd"].items(), ("total", option["monthly_cost_usd"])]:
        value = option["npv_usd"]["base"] if line == "total" else option["cost_lines_usd"][line]
        rows.append([words(f"lines.{line}"), *map(_sum, (flow[0], flow[1], sum(flow), value))])
    tokens = option["npv_usd"]["base"] / option["usd_per_million_tokens"]
    rows += [
        [words(f"{KEY}.steps.mean", draws=number(result["draws"])), "", "", "", money(option["npv_usd"]["mean"])],
        [
            words(f"{KEY}.steps.per_million", tokens=count(tokens * 1e6)),
            *["", "", ""],
            money(option["usd_per_million_tokens"]),
        ],
    ]
    return table(
        word_list(f"{KEY}.line_columns"),
        rows,
        caption=words(
            f"{KEY}.trace_caption",
            span=months_in_words(result["horizon_months"]),
            rate=number(100 * result["discount_rate"], 1),
        ),
        strong=[len(rows) - 3, len(rows) - 2],
        dense=True,
        parted=True,
    )


def _sum(usd: float) -> str:
    return money(usd) if usd else "–"


def _step(name: str) -> str:
    return words(f"{KEY}.steps.{name}")
