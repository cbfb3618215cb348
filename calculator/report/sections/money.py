"""Money: over time, by line, by quarter, and where self-hosting meets the price of a token."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.charts.style import Chart, label
from calculator.report.blocks import Block, Section, figure, heading, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import number
from calculator.wording import count, crossing_volume, money, payback_words, percent, ranked, shown

KEY = "money"
QUARTER = 3
QUARTERS_SHOWN = 12
PAIRS_SHOWN = 16
CHART_HEIGHT, LABEL = 175, 11.5
"""Pixels of the plot, and of a label at a line's end."""
LABEL_ROOM, ROUNDS = 14.5, 12
"""Pixels of the plot for each label at least; how often labels are spread anew, as they lengthen the axis themselves."""
THOUSAND = 1000
LEAST_USD = 0.005
BY_TOKEN = ("api", "hosted")


def brief_section(result: dict[str, Any]) -> Section | None:
    """For who decides: over time and by line."""
    return make_section(
        KEY, [pair(_cumulative(result, half=True), _breakdown(result, half=True)), _measures(result)], new_page=False
    )


def section(result: dict[str, Any]) -> Section | None:
    """All of it."""
    return make_section(
        KEY,
        [
            pair(_cumulative(result, half=True), _breakdown(result, half=True)),
            _measures(result),
            *_where_they_meet(result),
            heading(words(f"{KEY}.quarters_heading")),
            *[_quarters(result, o, first=n == 0) for n, o in enumerate(_named(result))],
        ],
        new_page=False,
    )


def _cumulative(result: dict[str, Any], half: bool = False) -> Block:
    caption = words(f"{KEY}.cumulative_caption")
    names = [label(o["id"]) for o in result["options"]]
    alt = charts.alt_text(result)
    height = max(CHART_HEIGHT, LABEL_ROOM * len(names))
    return figure(_apart(result, height), alt, caption, half=half, height=round(height), beside=names)


def _apart(result: dict[str, Any], height: float) -> Chart:
    """The chart with an axis that ends where the highest label does, and labels as far apart on it as they are high."""
    most = max(1.0, *(sum(o["monthly_cost_usd"]) for o in result["options"]))
    gap = LABEL / height
    for _ in range(ROUNDS):
        chart = charts.cumulative_cost(result, gap=gap)
        top = max(most, *(r["label_usd"] or r["usd"] for r in chart[1]))
        gap = LABEL / height * top / most
    spec, records = chart
    scale = {"domainMax": top * shown().per_usd, "nice": False}
    layers = [{**x, "encoding": {**x["encoding"], "y": {**x["encoding"]["y"], "scale": scale}}} for x in spec["layer"]]
    return {**spec, "layer": layers}, records


def _breakdown(result: dict[str, Any], half: bool = False) -> Block:
    return figure(charts.cost_breakdown(result), charts.alt_text(result), words(f"{KEY}.breakdown_caption"), half=half)


def _measures(result: dict[str, Any]) -> Block | None:
    """What finance asks for beside the present value."""
    rows = [
        [
            label(o["id"]),
            money(m["first_year_cash_usd"]),
            money(m["peak_commitment_usd"]),
            money(max(m["stranded_usd"])),
            money(m.get("saved_npv_usd")),
            payback_words(m.get("payback_month"), o["null_reasons"].get("money.payback_month", "")),
            percent(m.get("irr_per_year")),
            money(m["usd_per_request"] * THOUSAND),
        ]
        for o in ranked(result["options"])
        if (m := o["money"])
    ]
    baseline = result["baseline"] or words(f"{KEY}.no_baseline")
    return table(
        word_list(f"{KEY}.measure_columns"),
        rows,
        caption=words(f"{KEY}.measure_caption", baseline=baseline),
        dense=True,
    )


def _named(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The option ahead, its rival and what runs today; the cheapest of all where no option passes."""
    verdict = result["verdict"]
    wanted = dict.fromkeys(n for n in (verdict["leader"], verdict["rival"], result["baseline"]) if n)
    by_id = {o["id"]: o for o in result["options"]}
    return [by_id[n] for n in wanted] or ranked(result["options"])[:1]


def _where_they_meet(result: dict[str, Any]) -> list[Block | None]:
    pairs = _break_even(result)
    return [heading(words(f"{KEY}.break_even_heading")), text(words(f"{KEY}.break_even_text")), pairs] if pairs else []


def _break_even(result: dict[str, Any]) -> Block | None:
    known = sorted(
        result["break_even"] or [], key=lambda p: (p["alternative_is_its_leg"], p["self_hosted"], p["alternative"])
    )
    pairs = ([p for p in known if p["allowed"]] or known)[:PAIRS_SHOWN]
    rows = [
        [
            label(p["self_hosted"]),
            label(p["alternative"]),
            words(f"{KEY}.outcomes.{p['outcome']}", requests=_first_volume(p)),
            words(f"{KEY}.never") if p["month"] is None else p["month"]["label"],
            number(p["ratio_at_scenario_volume"], 2),
            "–" if p["ratio_tends_to"] is None else number(p["ratio_tends_to"], 2),
            percent((p["utilization"] or {}).get("planned")),
            p["binds"],
        ]
        for p in pairs
    ]
    return table(
        word_list(f"{KEY}.break_even_columns"),
        rows,
        caption=words(f"{KEY}.break_even_caption", shown=len(pairs), known=_pairs_known(result)),
        widths=[None, None, None, None, None, None, None, 1.0],
        left=(0, 1, 7),
        dense=True,
    )


def _first_volume(pair: dict[str, Any]) -> str:
    return crossing_volume(pair["crossings"][0]) if pair["crossings"] else count(None)


def _pairs_known(result: dict[str, Any]) -> int:
    """Pairs of a self-hosted option and one paid by the token; a mix that amounts to one of its parts is that part."""
    by_token = sum(o["route"] in BY_TOKEN for o in result["options"])
    own = sum(o["route"] not in BY_TOKEN and o["same_as"] is None for o in result["options"])
    return max(by_token * own, len(result["break_even"] or ()))


def _quarters(result: dict[str, Any], option: dict[str, Any], first: bool) -> Block | None:
    """Cost lines by quarter, beyond three years by year; the `first` table says how to read all."""
    lines = option["cost_lines_monthly_usd"]
    months = result["horizon_months"]
    step = QUARTER if months <= QUARTER * QUARTERS_SHOWN else 12
    spans = [(a, min(a + step, months)) for a in range(0, months, step)]
    heads = [words(f"{KEY}.start"), *[result["months"][a].replace("-", "\n") for a, _ in spans], words(f"{KEY}.total")]
    flows = {**lines, "total": option["monthly_cost_usd"]}
    sums = {
        line: [flow[0], *[sum(flow[a + 1 : b + 1]) for a, b in spans], sum(flow[: months + 1])]
        for line, flow in flows.items()
    }
    power = _power(max(abs(usd) for row in sums.values() for usd in row))
    rows = [[words(f"lines.{line}"), *[_in_units(usd, power) for usd in row]] for line, row in sums.items()]
    unit = words(f"{KEY}.units.{power}", currency=result["currency"])
    step_words = words(f"{KEY}.steps.{step}")
    caption = words(f"{KEY}.quarters_caption", step=step_words, unit=unit) if first else unit[0].upper() + unit[1:] + "."
    return table(
        [option["name"], *heads],
        rows,
        caption=caption,
        widths=[1.0, *[None] * len(heads)],
        strong=[len(rows) - 1],
        dense=True,
    )


def _power(usd: float) -> int:
    """Power of ten of the unit in which a table's largest sum has four digits or fewer before the decimals."""
    size = usd * shown().per_usd
    return next((power for power in (0, 3, 6) if size < 10 ** (power + 4)), 9)


def _in_units(usd: float, power: int) -> str:
    if abs(usd) < LEAST_USD:
        return "–"
    return number(usd * shown().per_usd / 10**power, 1 if power else 0)
