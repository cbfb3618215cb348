"""The monthly volume, the month and the utilization at which self-hosting meets an offer paid by the token.

Costs are present values over the horizon at base values. Volume is requests a month at the start, seasons aside,
all workloads in the scenario's proportion, growing as the scenario says. Own cost is a staircase of whole replicas,
servers and rental units, so there may be several crossings, or none: `never`, with the ratio of costs that it tends to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from calculator.costs.by_volume import CostByVolume
from calculator.costs.crossings import Crossing, Curves, is_cheaper
from calculator.costs.flows import present_value
from calculator.costs.routes import Outcome
from calculator.demand import demands
from calculator.options import ApiOption, HostedOption, HybridOption, Option
from calculator.wording import money, small_money

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LOWEST, HIGHEST = 1e-3, 1e3
"""Multiples of the scenario's volume between which crossings are looked for."""
POINTS_PER_DECADE = 20
WITHOUT_LIMIT = 1e6
"""The multiple at which costs are read as volume without limit: fixed cost is a millionth of the rest there."""
Kind = Literal["crosses", "always", "never", "beyond"]
Pair = tuple[str, str]
"""A self-hosted option's id and that of one paid by the token."""
LINE_WORDS = {
    "compute": "GPU rent",
    "hardware": "servers",
    "people": "people",
    "power": "power",
    "colocation": "colocation",
    "support": "hardware support",
    "cluster_and_storage": "cluster and storage",
    "network_egress": "network egress",
    "lease": "lease of servers",
    "api_provisioned": "provisioned throughput",
    "api_input": "input tokens",
    "api_cached_input": "cached input tokens",
    "api_cache_writes": "cache writes",
    "api_output": "output tokens",
    "api_batch": "batch tokens",
}


@dataclass(frozen=True)
class MonthCrossing:
    """The cumulative bills, undiscounted."""

    month: int | None
    """First month-end from which self-hosting has cost no more so far, and stays so; 0 is the start, None never."""
    crossings: tuple[int, ...]
    """Every month-end at which the order of the cumulative bills changes."""
    self_hosted_usd: float
    """Paid so far at `month`, or at the horizon's end."""
    alternative_usd: float


@dataclass(frozen=True)
class UtilizationCrossing:
    """The same fleet, kept busier or idler: its cost against what the alternative charges for its work."""

    planned: float
    """Mean utilization over the horizon, as sized."""
    reachable: float
    """Mean utilization at a volume without limit: peaks, headroom and growth keep it below 1."""
    needed: float | None
    """Where the costs meet; above 1 even a full fleet costs more. None where the alternative charges nothing by volume."""


@dataclass(frozen=True)
class BreakEven:
    """One self-hosted option against one that is paid by the token."""

    self_hosted: str
    alternative: str
    kind: Kind
    """crosses, or self-hosting is cheaper `always` or `never`; `beyond`: it would be, past the largest volume tried."""
    crossings: tuple[Crossing, ...]
    """By multiples of the scenario's volume, ascending."""
    ratio_at_scenario: float
    """Self-hosted over alternative cost at the scenario's volume."""
    ratio_without_limit: float
    """The same at a volume without limit: the margin of a `never`."""
    binds: str
    month: MonthCrossing
    utilization: UtilizationCrossing | None

    @property
    def stays_cheaper_from(self) -> float | None:
        """Multiple above which self-hosting stays cheaper; None where there is none."""
        if not self.crossings or not self.crossings[-1].first_becomes_cheaper:
            return None
        return self.crossings[-1].at


def grid() -> Array:
    """Volume multiples of the first look."""
    decades = np.log10(HIGHEST / LOWEST)
    return np.geomspace(LOWEST, HIGHEST, round(decades * POINTS_PER_DECADE) + 1)


def pairs_of(options: Sequence[Option]) -> list[Pair]:
    """Every self-hosted option (hybrids among them) against every option paid by the token, in scenario order.

    A mix against its own leg comes last: that is no choice between two, only whether the mix needs its base.
    """
    token_ids = [o.id for o in options if isinstance(o, ApiOption | HostedOption)]
    pairs = [(o.id, other) for o in options if o.id not in token_ids for other in token_ids]
    return sorted(pairs, key=lambda pair: is_with_its_leg(options, pair))


def is_with_its_leg(options: Sequence[Option], pair: Pair) -> bool:
    """Whether a pair is a mix and one of its own legs."""
    return any(isinstance(o, HybridOption) and o.id == pair[0] and pair[1] in o.legs for o in options)


def break_evens(
    costs: CostByVolume, curves: Curves, pairs: Sequence[Pair], tell: Callable[[str], object] | None = None
) -> list[BreakEven]:
    """Each of the pairs (self-hosted, paid by the token); a pair's answer is the same whatever others are asked for."""
    if not pairs:
        return []
    found = {pair: curves.told_apart(pair, each) for pair, each in curves.crossings(pairs, tell).items()}
    options = [costs.scenario.option(name) for name in dict.fromkeys(name for pair in pairs for name in pair)]
    now = {option.id: costs.outcome(option, 1.0) for option in options}
    endless = {option.id: costs.outcome(option, WITHOUT_LIMIT) for option in options}
    return [_break_even(costs, own, other, found[own, other], curves, now, endless) for own, other in pairs]


def curves_of(costs: CostByVolume, options: Sequence[Option], tell: Callable[[str], object] | None = None) -> Curves:
    """Present value of cost by volume multiple, for every option, on the first grid; `tell` hears which is next."""
    curves = Curves(lambda name, volumes: costs.npv_usd(costs.scenario.option(name), volumes), grid())
    for option in options:
        if tell is not None:
            tell(option.id)
        curves.learn(option.id, grid(), costs.explore(option, grid()))
    return curves


def _break_even(
    costs: CostByVolume,
    own: str,
    other: str,
    crossings: Sequence[Crossing],
    curves: Curves,
    now: Mapping[str, Outcome],
    endless: Mapping[str, Outcome],
) -> BreakEven:
    rate = costs.scenario.discount_rate
    ends = np.array([LOWEST, HIGHEST])
    cheaper_low, cheaper_high = is_cheaper(curves.at(own, ends), curves.at(other, ends)).tolist()
    limit = _npv(endless[own], rate) / _npv(endless[other], rate)
    kind: Kind = "crosses" if crossings else "always" if cheaper_low else "never"
    if not cheaper_high and limit < 1 and kind == "never":
        kind = "beyond"
    at_one = curves.at(own, np.ones(1)) / curves.at(other, np.ones(1))
    return BreakEven(
        self_hosted=own,
        alternative=other,
        kind=kind,
        crossings=tuple(crossings),
        ratio_at_scenario=float(at_one[0]),
        ratio_without_limit=limit,
        binds=_binds(costs, own, other, kind, curves, endless),
        month=month_crossing(now[own].flows.total[0], now[other].flows.total[0]),
        utilization=_utilization(own, other, now, endless, curves),
    )


def _npv(outcome: Outcome, rate: float) -> float:
    return float(present_value(outcome.flows.total, rate)[0])


def month_crossing(own_usd: Array, other_usd: Array) -> MonthCrossing:
    """Where two cumulative bills cross; flows at month-ends, (months + 1,), the present first."""
    own, other = np.cumsum(own_usd), np.cumsum(other_usd)
    cheaper = own <= other
    turns = tuple(int(t) for t in np.flatnonzero(cheaper[1:] != cheaper[:-1]) + 1)
    month = None if not cheaper[-1] else turns[-1] if turns else 0
    at = len(own) - 1 if month is None else month
    return MonthCrossing(month, turns, float(own[at]), float(other[at]))


def _utilization(
    own: str, other: str, now: Mapping[str, Outcome], endless: Mapping[str, Outcome], curves: Curves
) -> UtilizationCrossing | None:
    """needed = planned x (own cost - the alternative's fixed cost)/(the alternative's cost by volume).

    Own cost is held: a busier fleet draws a little more power.
    """
    used, most = now[own].utilization, endless[own].utilization
    if used is None or most is None:
        return None
    planned, reachable = float(used[0].mean()), float(most[0].mean())
    step = 1e-3
    here, more = curves.at(other, np.array([1.0, 1 + step])).tolist()
    by_volume = (more - here) / step
    cost = float(curves.at(own, np.ones(1))[0])
    needed = planned * (cost - (here - by_volume)) / by_volume if by_volume > 0 else None
    return UtilizationCrossing(planned, reachable, needed)


def _binds(costs: CostByVolume, own: str, other: str, kind: Kind, curves: Curves, endless: Mapping[str, Outcome]) -> str:
    """In words: why there is no crossing, or what keeps it from coming sooner."""
    rate = costs.scenario.discount_rate
    if kind in ("never", "beyond"):
        tokens = pv_tokens(costs) * WITHOUT_LIMIT / 1e6
        mine, theirs = (_npv(endless[name], rate) / tokens for name in (own, other))
        line, usd = _largest_line(endless[own], rate)
        apart = f"{small_money(mine)} against {small_money(theirs)}"
        return f"a million tokens tends to {apart}; {line} alone {small_money(usd / tokens)}"
    least, theirs = (float(curves.at(name, np.array([LOWEST]))[0]) for name in (own, other))
    if kind == "always":
        return f"with next to no use {money(least)} against {money(theirs)}, and cheaper at any volume"
    line, usd = _largest_line(costs.outcome(costs.scenario.option(own), LOWEST), rate)
    return f"costs at least {money(least)} over the horizon, {usd / least:.0%} of it {line}"


def _largest_line(outcome: Outcome, rate: float) -> tuple[str, float]:
    """The dearest line in words, servers net of what they fetch at the end, and its present value."""
    lines = {name: float(present_value(usd, rate)[0]) for name, usd in outcome.flows.lines.items()}
    if "hardware" in lines:
        lines["hardware"] += lines.pop("residual_value", 0.0)
    name = max(lines, key=lambda n: lines[n])
    return LINE_WORDS.get(name, name.replace("_", " ")), lines[name]


def pv_tokens(costs: CostByVolume) -> float:
    """Present value of the scenario's input and visible output tokens, discounted like cost."""
    point = costs.inputs(np.ones(1))
    tokens = sum((d.tokens for d in demands(costs.scenario, point)), np.zeros((1, costs.scenario.horizon_months)))
    return float(present_value(np.pad(tokens, ((0, 0), (1, 0))), costs.scenario.discount_rate)[0])


def cheaper_ranges(found: BreakEven) -> list[tuple[float, float]]:
    """Multiples between which self-hosting is the cheaper one, from 0 and to infinity at the ends."""
    edges = [0.0, *(c.at for c in found.crossings), np.inf]
    starts_cheaper = found.kind == "always" or bool(found.crossings and not found.crossings[0].first_becomes_cheaper)
    return [edge for place, edge in enumerate(pairwise(edges)) if (place % 2 == 0) == starts_cheaper]
