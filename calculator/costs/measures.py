"""What finance asks of a cash flow: payback, IRR, levelised prices, commitment, stranded cost, views by fiscal year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.costs.flows import Flows, present_value
from calculator.costs.levelised import levelised
from calculator.costs.outcome import Outcome
from calculator.costs.owned import residual_share
from calculator.costs.tax import depreciation_usd
from calculator.demand import Demand, month_labels
from calculator.inputs import Inputs
from calculator.options import Option
from calculator.scenario import Scenario
from calculator.wording import same_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CAPEX_LINES = ("hardware", "residual_value")


@dataclass(frozen=True)
class Measures:
    """Figures of one option at base values; None where there is none, with the reason."""

    values: dict[str, Any]
    reasons: dict[str, str]


def measures(
    scenario: Scenario,
    option: Option,
    outcome: Outcome,
    baseline: Flows | None,
    load: Sequence[Demand],
    inputs: Inputs,
    same_as: str | None = None,
) -> Measures:
    """All of them. Money is nominal USD, cost positive, at base values; month 0 is the start.

    `same_as` is the part that a mix amounts to: against itself there is no payback.
    """
    total, reasons = outcome.flows.total[0], dict[str, str]()
    values: dict[str, Any] = {}
    rate = scenario.discount_rate
    values.update(levelised(scenario, option, outcome, load, inputs, reasons))
    values["first_year_cash_usd"] = float(total[:13].sum())
    owed, stranded = commitment_usd(scenario, outcome.flows, inputs)
    values["peak_commitment_usd"] = float(owed.max())
    values["stranded_usd"] = [float(x) for x in stranded]
    if baseline is None or scenario.baseline in (option.id, same_as):
        why = "no baseline is named" if scenario.baseline is None else "it is the baseline"
        if baseline is not None and scenario.baseline != option.id:
            why = f"{same_words(scenario.baseline or '')}, the baseline"
        values["payback_month"], values["irr_per_year"] = None, None
        reasons["payback_month"] = reasons["irr_per_year"] = why
    else:
        saved = baseline.total[0] - total
        values["payback_month"], values["irr_per_year"] = payback_month(saved), irr_per_year(saved)
        if values["payback_month"] is None:
            reasons["payback_month"] = "what it costs more than the baseline is not earned back within the horizon"
        if values["irr_per_year"] is None:
            reasons["irr_per_year"] = "no outlay over the baseline that later savings earn back"
        values["saved_npv_usd"] = float(present_value(saved[None, :], rate)[0])
    values["views"] = views(scenario, outcome.flows, inputs)
    return Measures(values, reasons)


def payback_month(saved: Array) -> int | None:
    """First month-end from which the cumulative saving, (months + 1,), is not negative and stays so; None where never."""
    negative = np.flatnonzero(np.cumsum(saved) < -1e-6)
    if negative.size == 0:
        return 0
    last = int(negative[-1])
    return None if last == saved.size - 1 else last + 1


def irr_per_year(saved: Array) -> float | None:
    """Yearly rate at which the present value of monthly savings is zero.

    None unless outlays come first, turn into savings once, and are earned back.

    (1 + monthly)^12 - 1, monthly found by bisection between -99 % and 1,000 %.
    """
    signs = np.sign(saved[np.abs(saved) > 1e-9])
    if signs.size == 0 or signs[0] > 0 or np.count_nonzero(np.diff(signs)) != 1 or saved.sum() < 0:
        return None
    months = np.arange(saved.size)

    def value(monthly: float) -> float:
        return float(saved @ (1 + monthly) ** -months.astype(float))

    low, high = -0.9, 10.0
    if value(low) * value(high) > 0:
        return None
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if value(low) * value(middle) > 0 else (low, middle)
    return float((1 + (low + high) / 2) ** 12 - 1)


def commitment_usd(scenario: Scenario, flows: Flows, inputs: Inputs) -> tuple[Array, Array]:
    """By month-end 0 … horizon: what is signed for and still to be paid, and what cancelling then strands; undiscounted.

    Signed for: servers ordered for the next month, terms to their end, what is still to be spent of the contract year's
    commitment. Stranded: terms to their end, that rest of the commitment, and servers' book value less what they fetch
    at once, taken as the residual curve's value less a forced-sale loss of `lifecycle.forced_sale_loss_share`.
    """
    months = flows.months
    owed = np.zeros(months + 1)
    for terms in flows.terms:
        owed = owed + np.broadcast_to(terms.owed_usd(), (terms.owed_usd().shape[0], months + 1))[0]
    for pledged in flows.pledged:
        owed = owed + np.broadcast_to(pledged, (pledged.shape[0], months + 1))[0]
    stranded = owed.copy()
    bought = flows.lines.get("hardware")
    if bought is not None:
        life = inputs.base_number("servers.life_years") * 12
        left_at_end = np.array([inputs.base_number("servers.residual_share")])
        age = (np.arange(months + 1)[None, :] - np.arange(months + 1)[:, None]).astype(float)
        value = np.where((age >= 0) & (age <= life), residual_share(age, life, left_at_end), 0.0)
        stranded = stranded + (bought[0] @ value) * inputs.base_number("lifecycle.forced_sale_loss_share")
        owed = owed + bought[0]
    return owed, stranded


def views(scenario: Scenario, flows: Flows, inputs: Inputs) -> list[dict[str, Any]]:
    """By fiscal year: cash; profit and loss (servers depreciated, leases as paid); CapEx and OpEx.

    The start's payments belong to the first month's year. Servers are written off straight-line over the tax block's
    years, else over their life; what is left at the horizon's end is written off against what they fetch.
    """
    lines, months = flows.lines, flows.months
    zero = np.zeros(months + 1)
    capital = lines["hardware"][0] if "hardware" in lines else zero
    residual = lines["residual_value"][0] if "residual_value" in lines else zero
    total = flows.total[0]
    years = scenario.tax.depreciation_years if scenario.tax else inputs.base_number("servers.life_years")
    written, book = depreciation_usd(capital[None, :], years)
    depreciation = written[0].copy()
    running = total - capital - residual
    gain = zero.copy()
    gain[-1] = residual[-1] + float(book[0])
    names = fiscal_years(scenario)
    by_year: dict[str, dict[str, float]] = {}
    for month, name in enumerate([names[0], *names]):
        row = by_year.setdefault(name, dict.fromkeys(VIEW_COLUMNS, 0.0))
        row["cash_usd"] += float(total[month])
        row["capex_usd"] += float(capital[month])
        row["opex_usd"] += float(running[month])
        row["disposal_usd"] += float(residual[month])
        row["depreciation_usd"] += float(depreciation[month])
        row["lease_usd"] += float(lines["lease"][0, month]) if "lease" in lines else 0.0
        row["loss_on_disposal_usd"] += float(gain[month])
        row["profit_and_loss_usd"] += float(running[month] + depreciation[month] + gain[month])
    return [{"fiscal_year": name, **row} for name, row in by_year.items()]


VIEW_COLUMNS = (
    "cash_usd",
    "profit_and_loss_usd",
    "capex_usd",
    "opex_usd",
    "disposal_usd",
    "depreciation_usd",
    "lease_usd",
    "loss_on_disposal_usd",
)
"""Columns of `views`; `lease_usd` is part of OpEx, the total of cash equals that of profit and loss."""


def fiscal_years(scenario: Scenario) -> list[str]:
    """Name of the fiscal year of each month of the horizon: the calendar year in which it ends, `FY2027`."""
    first = scenario.fiscal_year_start_month
    found = []
    for label in month_labels(scenario.start, scenario.horizon_months):
        year, month = (int(p) for p in label.split("-"))
        found.append(f"FY{year + (1 if first > 1 and month >= first else 0)}")
    return found
