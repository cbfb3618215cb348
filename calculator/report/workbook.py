"""The workbook: inputs, sourced assumptions, and a cash-flow sheet for each option whose sums are live formulas.

What the engine found stands in cells as numbers; totals, present values, payback and cost per million tokens are
formulas over them, so that finance can follow and change them. Text is written as text: none becomes a formula,
a link or a number, whatever it looks like.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import accumulate
from typing import Any

from calculator.report.sheets import Formats, Place, Sheet, sheet_names
from calculator.wording import GATE_WORDS, ranked

A4 = 9
"""Excel's number of the paper size."""
FIXED_SHEETS = ("Summary", "Inputs", "Volume", "Assumptions", "Scenario")
RATE = "discount_rate"
"""Name of the one cell that holds the discount rate."""
FIRST_LINE = 3
"""Column of the first cost line on an option's sheet; month, label and discount factor stand before it."""
FACTORS_ROW = 9
HEADER_ROW = 10
FIRST_MONTH_ROW = 11
"""Zero-based rows of an option's sheet; the present comes first."""


def workbook_xlsx(result: Mapping[str, Any], scenario_yaml: str) -> bytes:
    """The workbook of a result (`Result.as_dict`) as bytes; the same result and scenario give the same bytes."""
    import xlsxwriter

    buffer = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, plain) as book:
        book.set_properties({"title": result["title"], "created": datetime.fromisoformat(result["as_of"])})
        book.set_calc_mode("auto")
        formats = Formats.of(book)
        options = ranked(result["options"])
        names = sheet_names([o["id"] for o in options], FIXED_SHEETS)
        sheets = {name: Sheet(book.add_worksheet(name), formats) for name in FIXED_SHEETS[:3]}
        option_sheets = {o["id"]: Sheet(book.add_worksheet(names[o["id"]]), formats) for o in options}
        sheets |= {name: Sheet(book.add_worksheet(name), formats) for name in FIXED_SHEETS[3:]}

        for sheet in book.worksheets():
            sheet.set_paper(A4)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        book.define_name(RATE, f"=Inputs!{_inputs(sheets['Inputs'], result).absolute}")
        _volume(sheets["Volume"], result)
        against = result["baseline"] or options[0]["id"]
        reference = next(o for o in options if o["id"] == against)
        for option in options:
            _cash_flow(option_sheets[option["id"]], option, result, reference, names[against])
        _summary(sheets["Summary"], options, names, result, reference)
        _assumptions(sheets["Assumptions"], result["assumptions_used"])
        _lines(sheets["Scenario"], scenario_yaml)
    return buffer.getvalue()


def _inputs(sheet: Sheet, result: Mapping[str, Any]) -> Place:
    """What was decided; returns where the discount rate stands."""
    sheet.widths(34, 22, 70)
    sheet.heading(0, 0, "Inputs")
    rate = sheet.number(2, 1, result["discount_rate"], "input_share")
    sheet.text(2, 0, "Discount rate, nominal a year")
    sheet.text(2, 2, "change it and every present value follows")
    pins = result["pins"]
    rows: list[tuple[str, Any, str]] = [
        ("Prices and facts judged at", result["as_of"], ""),
        ("First month", result["start"], "month-end flows, the present (month 0) undiscounted"),
        ("Horizon, months", result["horizon_months"], ""),
        ("Currency of this workbook", "USD", "nominal; cost positive, income negative"),
        (f"{result['currency']} for one USD", result["usd_exchange_rate"], "what the scenario is shown in elsewhere"),
        ("Runs today", result["baseline"] or "nothing", "payback is counted against it, or against the first option"),
        ("Verdict", result["verdict"]["text"], ""),
        ("Draws of the simulation", result["draws"], "P10, P50 and P90 come from it and do not follow changes here"),
        ("Assumption set", pins["assumptions"], "SHA-256"),
        ("Price data", pins["prices"], ""),
        ("Seed", pins["seed"], ""),
        ("Calculator", pins["version"], ""),
    ]
    for place, (label, value, note) in enumerate(rows, 3):
        sheet.text(place, 0, label)
        sheet.value(place, 1, value)
        sheet.text(place, 2, note)
    sheet.text(
        len(rows) + 4,
        0,
        "Blue cells may be changed: the discount rate, every monthly amount, and the factor above each cost line. "
        "Volumes, prices and fleets are the calculator's: change them in the scenario and write the workbook anew.",
    )
    return rate


def _volume(sheet: Sheet, result: Mapping[str, Any]) -> None:
    """Requests and tokens by month; row r of the table is row r of every option's sheet."""
    sheet.widths(10, 12, 18, 18)
    sheet.heading(0, 0, "Volume at base values")
    sheet.text(1, 0, "Tokens are input and visible output of the reference tokenizer; they divide cost per million tokens.")
    for column, label in enumerate(("month", "", "requests", "tokens")):
        sheet.heading(HEADER_ROW, column, label)
    months = ["start", *result["months"]]
    pairs = zip([0.0, *result["requests_by_month"]], [0.0, *result["tokens_by_month"]], strict=True)
    for month, (label, (requests, tokens)) in enumerate(zip(months, pairs, strict=True)):
        row = FIRST_MONTH_ROW + month
        sheet.number(row, 0, month, "integer")
        sheet.text(row, 1, label)
        sheet.number(row, 2, requests, "integer")
        sheet.number(row, 3, tokens, "integer")


def _cash_flow(
    sheet: Sheet, option: Mapping[str, Any], result: Mapping[str, Any], reference: Mapping[str, Any], reference_sheet: str
) -> None:
    """One option: months down, cost lines across; sums and ratios above as formulas over them."""
    lines = option["cost_lines_monthly_usd"]
    total, value, paid, saved, ahead = (FIRST_LINE + len(lines) + n for n in range(5))
    first, last = FIRST_MONTH_ROW, FIRST_MONTH_ROW + len(option["monthly_cost_usd"]) - 1

    def column(n: int) -> str:
        return Place(first, n).to(last, n)

    sheet.widths(36, 12, 14, *([15] * (len(lines) + 5)))
    sheet.heading(0, 0, option["name"])
    sheet.text(1, 0, f"{option['route']}, {GATE_WORDS[option['feasibility']]}")
    factors, tokens = column(2), f"Volume!{Place(first, 3).to(last, 3)}"
    discounted = [
        usd * (1 + result["discount_rate"]) ** (-month / 12) for month, usd in enumerate(option["monthly_cost_usd"])
    ]
    npv = option["npv_usd"]["base"]
    pays, back = payback_month(option["monthly_cost_usd"], reference["monthly_cost_usd"])
    figures: list[tuple[str, str, float | str, str]] = [
        ("Present value of cost, USD", f"=SUM({column(value)})", npv, "money"),
        ("Cost, undiscounted, USD", f"=SUM({column(total)})", sum(option["monthly_cost_usd"]), "money"),
        ("USD per million tokens", f"=B4/SUMPRODUCT({tokens},{factors})*1000000", option["usd_per_million_tokens"], "fine"),
        ("Level cost a month, USD", f"=B4/SUM({Place(first + 1, 2).to(last, 2)})", _level(npv, result), "money"),
        (
            f"Cumulative cost not above {reference['id']} from month",
            f'=IF({Place(last, ahead).name}=1,{last - first + 1}-SUM({column(ahead)}),"never")',
            back,
            "integer",
        ),
    ]
    for row, (label, formula, shown, form) in enumerate(figures, 3):
        sheet.text(row, 0, label)
        sheet.formula(row, 1, formula, shown, form)
    sheet.text(FACTORS_ROW, 0, "Factor on the line below it; change it to try another price")
    for place, name in enumerate(lines, FIRST_LINE):
        sheet.number(FACTORS_ROW, place, 1.0, "input_factor")
        sheet.heading(HEADER_ROW, place, name.replace("_", " "))
    labels = ("total", "present value", "cumulative", f"less than {reference['id']} by", "stays ahead")
    for place, label in enumerate(("month", "", "discount factor")):
        sheet.heading(HEADER_ROW, place, label)
    for place, label in zip((total, value, paid, saved, ahead), labels, strict=True):
        sheet.heading(HEADER_ROW, place, label)

    paid_so_far = list(accumulate(option["monthly_cost_usd"]))
    their_total = FIRST_LINE + len(reference["cost_lines_monthly_usd"])
    lead = [b - a for a, b in zip(paid_so_far, accumulate(reference["monthly_cost_usd"]), strict=True)]
    for month, name in enumerate(["start", *result["months"]]):
        row = first + month
        sheet.number(row, 0, month, "integer")
        sheet.text(row, 1, name)
        factor = (1 + result["discount_rate"]) ** (-month / 12)
        sheet.formula(row, 2, f"=(1+{RATE})^(-{Place(row, 0).name}/12)", factor, "factor")
        for place, usd in enumerate(lines.values(), FIRST_LINE):
            sheet.number(row, place, usd[month], "input_money")
        across = Place(row, FIRST_LINE).to(row, total - 1)
        multipliers = Place(FACTORS_ROW, FIRST_LINE).to(FACTORS_ROW, total - 1, fixed=True)
        sheet.formula(row, total, f"=SUMPRODUCT({across},{multipliers})", option["monthly_cost_usd"][month], "money")
        sheet.formula(row, value, f"={Place(row, total).name}*{Place(row, 2).name}", discounted[month], "money")
        so_far = f"=SUM({Place(first, total).absolute}:{Place(row, total).name})"
        sheet.formula(row, paid, so_far, paid_so_far[month], "money")
        theirs = f"'{reference_sheet}'!{Place(row, their_total + 2).name}"
        sheet.formula(row, saved, f"={theirs}-{Place(row, paid).name}", lead[month], "money")
        later = "1" if row == last else Place(row + 1, ahead).name
        cents = f"ROUND({Place(row, saved).name},2)>=0"
        sheet.formula(row, ahead, f"=IF(AND({cents},{later}=1),1,0)", float(pays is not None and month >= pays), "integer")
    sheet.freeze(first, FIRST_LINE)


def payback_month(own: Sequence[float], other: Sequence[float]) -> tuple[int | None, int | str]:
    """First month-end from which cumulative cost stays at or below the other's, to the cent, as number and as shown."""
    lead = [round(b - a, 2) >= 0 for a, b in zip(accumulate(own), accumulate(other), strict=True)]
    if not lead[-1]:
        return None, "never"
    behind = [month for month, ahead in enumerate(lead) if not ahead]
    month = behind[-1] + 1 if behind else 0
    return month, month


def _level(npv_usd: float, result: Mapping[str, Any]) -> float:
    rate: float = result["discount_rate"]
    months: int = result["horizon_months"]
    return npv_usd / math.fsum((1 + rate) ** (-month / 12) for month in range(1, months + 1))


def _summary(
    sheet: Sheet,
    options: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    result: Mapping[str, Any],
    reference: Mapping[str, Any],
) -> None:
    """All options side by side, every figure a reference to the option's own sheet but for the simulated ones."""
    sheet.widths(30, 12, 16, 20, 20, 16, 20, 18, 16, 16, 16)
    sheet.heading(0, 0, result["title"])
    sheet.text(1, 0, result["verdict"]["text"])
    headings = (
        "option",
        "route",
        "gates",
        "present value, USD",
        f"saves on {reference['id']}, USD",
        "USD per M tokens",
        "level cost a month, USD",
        "ahead from month",
        "P10, simulated",
        "P50, simulated",
        "P90, simulated",
    )
    for place, label in enumerate(headings):
        sheet.heading(3, place, label)
    at = {o["id"]: row for row, o in enumerate(options, 4)}
    for option in options:
        row, its = at[option["id"]], f"'{names[option['id']]}'!"
        npv = option["npv_usd"]["base"]
        sheet.text(row, 0, option["id"])
        sheet.text(row, 1, option["route"])
        sheet.text(row, 2, GATE_WORDS[option["feasibility"]])
        sheet.formula(row, 3, f"={its}B4", npv, "money")
        saving = f"={Place(at[reference['id']], 3).name}-{Place(row, 3).name}"
        sheet.formula(row, 4, saving, reference["npv_usd"]["base"] - npv, "money")
        sheet.formula(row, 5, f"={its}B6", option["usd_per_million_tokens"], "fine")
        sheet.formula(row, 6, f"={its}B7", _level(npv, result), "money")
        back = payback_month(option["monthly_cost_usd"], reference["monthly_cost_usd"])[1]
        sheet.formula(row, 7, f"={its}B8", back, "integer")
        for place, key in enumerate(("p10", "p50", "p90"), 8):
            sheet.number(row, place, option["npv_usd"][key], "money")
    sheet.freeze(4, 1)


def _assumptions(sheet: Sheet, parameters: Sequence[Mapping[str, Any]]) -> None:
    """Every assumption behind the answer, with its range and source."""
    headings = (
        "assumption",
        "value",
        "low",
        "high",
        "unit",
        "as of",
        "kind",
        "set by you",
        "source",
        "address",
        "note",
        "what",
    )
    sheet.widths(44, 16, 12, 12, 14, 12, 12, 10, 50, 40, 60, 50)
    for place, label in enumerate(headings):
        sheet.heading(0, place, label)
    for row, p in enumerate(parameters, 1):
        source = p["source"] or {}
        cells = (
            p["id"],
            ", ".join(p["value"]) if isinstance(p["value"], list) else p["value"],
            p["low"],
            p["high"],
            p["unit"],
            p["as_of"],
            p["kind"],
            "yes" if p["overridden"] else "",
            ", ".join(x for x in (source.get("title"), source.get("locator")) if x),
            source.get("url") or "",
            p["note"],
            p["description"],
        )
        for place, cell in enumerate(cells):
            sheet.value(row, place, cell)
    sheet.freeze(1, 1)


def _lines(sheet: Sheet, text: str) -> None:
    """The scenario file, a line a cell."""
    sheet.widths(140)
    for row, line in enumerate(text.splitlines()):
        sheet.text(row, 0, line)
