"""How far each number must move, alone, before another option wins.

The rule is the verdict's, at base values: the cheapest option that passes every gate, unless the baseline is within
`materiality` of it. Each number is tried outward from its base value: at the end of its range, past it, and at ten
times or a tenth of its value (a rate: five ranges away; a share: 0 or 0.99). Where the winner changes between two
tries, the place is narrowed down. A hybrid may choose its base anew among a few sizes around its best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Parameter
from calculator.costs.flows import present_value
from calculator.costs.hybrid import BASE_ALONE, least
from calculator.costs.routes import cost_option
from calculator.decision.simulation import Costing
from calculator.decision.words import input_label
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, HybridOption, Option, RentedOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Costs = Callable[[Mapping[str, Array]], dict[str, Array]]
    """Present value by option, (points,), for values of some numbers, (points,) each."""
    Key = tuple["Number", bool]
    """A number, and whether it moves up."""

MOST_SHARE = 0.99
"""Shares are tried up to here: a discount of all of a price is none."""
PARTS = 12
ROUNDS = 3
TOKEN_LINES = ("api_input", "api_cached_input", "api_cache_writes", "api_output", "api_batch")
PRICE_LINES = {
    "token_price": TOKEN_LINES,
    "gpu_price": ("compute", "cluster_and_storage"),
    "server_price": ("hardware", "residual_value", "support"),
}


@dataclass(frozen=True)
class Number:
    """One number that may move."""

    id: str
    base: float
    low: float
    high: float
    """The range that is plausible; both the base where none is known."""
    lowest: float
    highest: float
    """How far it is tried."""


@dataclass(frozen=True)
class FlipPoint:
    """Where moving one number in one direction changes the winner."""

    number: Number
    at: float
    becomes: str

    @property
    def within_range(self) -> bool:
        """Whether it lies inside what is plausible."""
        return self.number.low <= self.at <= self.number.high

    @property
    def ranges_away(self) -> float:
        """Distance from the base value over that of the range's end in this direction (over the base without a range)."""
        end = self.number.high if self.at > self.number.base else self.number.low
        span = abs(end - self.number.base) or abs(self.number.base) or 1.0
        return abs(self.at - self.number.base) / span


@dataclass(frozen=True)
class FlipStudy:
    """All flip points, the nearest first, and the numbers that do not flip the winner however far they are tried."""

    winner: str | None
    """At base values; None where nothing passes every gate."""
    points: tuple[FlipPoint, ...]
    steady: tuple[Number, ...]


def flip_points(costing: Costing, passing: Sequence[str]) -> FlipStudy:
    """Flip points of every uncertain number of the scenario, and of each passing option's price level."""
    if not passing:
        return FlipStudy(None, (), ())
    rule = _rule(costing, passing)
    start = rule({name: np.array([usd]) for name, usd in base_costs(costing, passing).items()})[0]
    numbers = [_number(name, costing) for name, s in costing.inputs.uncertain.items() if s[3] != "observed"]
    found = _search(numbers, lambda values: costs_at(costing, passing, values), rule, start)
    prices = [Number(name, 1.0, 1.0, 1.0, 0.0, 10.0) for name in price_levels(costing, passing)]
    found += _search(prices, lambda values: costs_at_prices(costing, passing, values), rule, start)
    flipping = {p.number.id for p in found}
    steady = tuple(n for n in (*numbers, *prices) if n.id not in flipping)
    return FlipStudy(start, tuple(sorted(found, key=lambda p: (p.ranges_away, p.number.id))), steady)


def _rule(costing: Costing, passing: Sequence[str]) -> Callable[[Mapping[str, Array]], list[str]]:
    """The winner at each point; ties go to the id that sorts first, as in the verdict."""
    ids, baseline, keep = sorted(passing), costing.scenario.baseline, 1 - costing.scenario.materiality

    def winners(costs: Mapping[str, Array]) -> list[str]:
        table = np.stack(np.broadcast_arrays(*(costs[name] for name in ids)))
        best = np.argmin(table, axis=0)
        if baseline in ids:
            row = ids.index(baseline)
            best = np.where(np.min(table, axis=0) >= keep * table[row], row, best)
        return [ids[i] for i in best]

    return winners


def base_costs(costing: Costing, options: Sequence[str]) -> dict[str, float]:
    """Present value at base values by option."""
    rate = costing.scenario.discount_rate
    return {name: float(present_value(costing.base[name].flows.total, rate)[0]) for name in options}


def _number(name: str, costing: Costing) -> Number:
    low, base, high, _ = costing.inputs.uncertain[name]
    parameter = costing.inputs.used.get(name)
    share = name.endswith("_share") or (parameter is not None and parameter.unit == "share")
    if share:
        lowest, highest = base / 10 if low > 0 else 0.0, max(high, MOST_SHARE)
    elif low > 0:
        lowest, highest = min(base / 10, low), max(base * 10, high)
    else:
        lowest, highest = base - 5 * (high - low), base + 5 * (high - low)
        if low >= 0:
            lowest = 0.0
    if name.endswith("burst_ratio"):
        lowest = 1.0
    if (parameter is not None and parameter.unit == "per_year") or name.endswith("annual_growth"):
        lowest = max(lowest, -0.95)
    return Number(name, base, low, high, lowest, highest)


def costs_at(costing: Costing, options: Sequence[str], values: Mapping[str, Array]) -> dict[str, Array]:
    """Present value by option where numbers take `values`, (points,) each."""
    points = max(v.size for v in values.values())
    inputs = Inputs(costing.known, fixed=values)
    load = demands(costing.scenario, inputs)
    costs = {}
    for option in costing.scenario.options:
        if option.id in options:
            tries = []
            for settled in _decisions(costing, option):
                total = cost_option(costing.scenario, option, load, inputs, settled).flows.total
                tries.append(np.broadcast_to(present_value(total, costing.scenario.discount_rate), points))
            least = np.min(tries, axis=0)
            costs[option.id] = np.where(np.isfinite(least), least, np.inf)
    return costs


def _decisions(costing: Costing, option: Option) -> list[Any]:
    """What was decided; for a hybrid also with other bases: alone, none, and about the cheapest size at base values."""
    if not isinstance(option, HybridOption) or option.base_replicas != "optimal":
        return [costing.decided]
    curve = costing.decided.base_curves[option.id]
    best = least({size: usd for size, usd in curve.items() if size < BASE_ALONE})
    sizes = sorted({0, best // 2, max(best - 1, 0), best, best + 1, 2 * best, BASE_ALONE})
    return [
        replace(costing.decided, base_replicas={**costing.decided.base_replicas, option.id: size}, base_curves={})
        for size in sizes
    ]


def price_levels(costing: Costing, options: Sequence[str]) -> list[str]:
    """`options.<id>.token_price`, `.gpu_price` or `.server_price`: all prices of an option at once.

    Left out: mixes, and what stands in a mix of two legs that are paid in the same way, whose lines are one.
    """
    merged = set()
    for option in costing.scenario.options:
        if option.id in options and isinstance(option, HybridOption):
            legs = [costing.scenario.option(leg) for leg in (option.base, option.overflow)]
            if _price_of(legs[0]) == _price_of(legs[1]):
                merged |= {leg.id for leg in legs}
    alone = [o for o in costing.scenario.options if o.id in options and not isinstance(o, HybridOption)]
    return [f"options.{o.id}.{_price_of(o)}" for o in alone if o.id not in merged]


def _price_of(option: Option) -> str:
    if isinstance(option, ApiOption | HostedOption):
        return "token_price"
    return "gpu_price" if isinstance(option, RentedOption) else "server_price"


def costs_at_prices(costing: Costing, options: Sequence[str], values: Mapping[str, Array]) -> dict[str, Array]:
    """Present value where the prices of options are multiplied; a mix follows the price of its leg, its base held."""
    rate = costing.scenario.discount_rate
    costs = {}
    for name in options:
        option, lines = costing.scenario.option(name), costing.base[name].flows.lines
        legs = [option.base, option.overflow] if isinstance(option, HybridOption) else [name]
        total = present_value(costing.base[name].flows.total, rate)
        for leg in legs:
            kind = _price_of(costing.scenario.option(leg))
            factor = values.get(f"options.{leg}.{kind}")
            if factor is not None:
                part = sum(float(present_value(lines[line], rate)[0]) for line in PRICE_LINES[kind] if line in lines)
                total = total + (factor - 1) * part
        costs[name] = np.asarray(total)
    return costs


def _search(
    numbers: Sequence[Number], costs: Costs, rule: Callable[[Mapping[str, Array]], list[str]], start: str
) -> list[FlipPoint]:
    """Outward tries for all numbers in one pass, then narrowing of all brackets in one pass a round."""
    tries = {(n, up): _outward(n, up) for n in numbers for up in (False, True)}
    brackets = _brackets({k: np.concatenate([[k[0].base], v]) for k, v in tries.items() if v.size}, costs, rule, start)
    for _ in range(ROUNDS):
        finer = {key: np.linspace(before, after, PARTS + 1) for key, (before, after, _) in brackets.items()}
        brackets = _brackets(finer, costs, rule, start)
    return [FlipPoint(n, after, becomes) for (n, _), (_, after, becomes) in brackets.items()]


def _outward(n: Number, up: bool) -> Array:
    """Values to try on one side of the base, the nearest first."""
    near, far = (n.high, n.highest) if up else (n.low, n.lowest)
    middle = (n.base + near) / 2
    beyond = np.sqrt(near * far) if near > 0 and far > 0 else (near + far) / 2
    values = [v for v in dict.fromkeys([middle, near, float(beyond), far]) if (v > n.base if up else v < n.base)]
    return np.array(values)


def _brackets(
    tries: Mapping[Key, Array], costs: Costs, rule: Callable[[Mapping[str, Array]], list[str]], start: str
) -> dict[Key, tuple[float, float, str]]:
    """For each sequence of values that begins at the starting winner: the neighbours between which it first changes."""
    if not tries:
        return {}
    size = sum(v.size for v in tries.values())
    values = {n.id: np.full(size, n.base) for n, _ in tries}
    place = 0
    for (n, _), sequence in tries.items():
        values[n.id][place : place + sequence.size] = sequence
        place += sequence.size
    winners = rule(costs(values))
    found, place = {}, 0
    for key, sequence in tries.items():
        here = winners[place : place + sequence.size]
        place += sequence.size
        change = next((i for i, name in enumerate(here) if name != start), None)
        if change:
            found[key] = (float(sequence[change - 1]), float(sequence[change]), here[change])
    return found


def _label(name: str, used: Mapping[str, Parameter]) -> str:
    """What a number is called for readers: `requests a month of chat`, `token price of flash-lite`."""
    what, _, last = name.rpartition(".")
    if what.startswith("options.") and last in PRICE_LINES:
        return f"{last.replace('_', ' ').replace('gpu', 'GPU')} of {what.removeprefix('options.')}"
    return input_label(name, used)


def as_dict(study: FlipStudy, costing: Costing) -> list[dict[str, Any]]:
    """Plain data: one entry a number that flips the winner, the nearest first, then those that never do."""
    used = costing.inputs.used

    def entry(n: Number, flips: Sequence[FlipPoint]) -> dict[str, Any]:
        parameter = used.get(n.id)
        return {
            "id": n.id,
            "label": _label(n.id, used),
            "price_level": n.id.startswith("options.") and n.id.rpartition(".")[2] in PRICE_LINES,
            "description": parameter.description if parameter else "",
            "unit": parameter.unit if parameter else "",
            "base": n.base,
            "low": n.low,
            "high": n.high,
            "tried": [n.lowest, n.highest],
            "winner": study.winner,
            "flips": [
                {
                    "at": p.at,
                    "becomes": p.becomes,
                    "within_range": p.within_range,
                    "ranges_away": p.ranges_away,
                }
                for p in flips
            ],
        }

    ids = dict.fromkeys(p.number.id for p in study.points)
    flipping = [[p for p in study.points if p.number.id == name] for name in ids]
    return [*(entry(ps[0].number, ps) for ps in flipping), *(entry(n, ()) for n in study.steady)]
