"""Answers to questions about volume and what would change the winner. Plain data, the last few kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from threading import RLock
from typing import Any

import numpy as np

from calculator.assumptions import load_assumptions
from calculator.costs.break_even import (
    HIGHEST,
    LOWEST,
    Pair,
    break_evens,
    curves_of,
    is_with_its_leg,
    pairs_of,
)
from calculator.costs.break_even_data import as_dict, at_the_start
from calculator.costs.budget import Affordable, affordable, level_usd_per_month
from calculator.costs.by_volume import CostByVolume
from calculator.costs.cheapest_map import cheapest_map
from calculator.costs.crossings import Curves
from calculator.costs.mix import amounts_to
from calculator.decision import flip_points as flips
from calculator.decision.simulation import Costing, prepare
from calculator.errors import InputError, clip, unknown_name
from calculator.evaluate import exchange_rate
from calculator.governance.gate import feasibility
from calculator.governance.judging import judge
from calculator.scenario import Scenario, canonical_json, parse_scenario
from calculator.wording import money, quoted, shown_in

MAP_VALUES = 13
"""Values of the mapped number where none are asked for."""
Tell = Callable[[str], object]


class _Study:
    """A scenario made ready once; its curves and pairs are found when first asked for."""

    def __init__(self, scenario: Scenario) -> None:
        self.costing: Costing = prepare(scenario, load_assumptions())
        base = {(name, 1.0): outcome for name, outcome in self.costing.base.items()}
        self.costs = CostByVolume(scenario, self.costing.known, self.costing.decided, base)
        judged = {o.id: feasibility(judge(scenario, o, self.costing.known)) for o in scenario.options}
        self.passing = tuple(name for name, outcome in judged.items() if outcome == "pass")
        self._found: dict[str, Any] = {}
        self._finding = RLock()

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        """What `find` returns, found once; who asks meanwhile waits for it. Nothing is kept where it raises."""
        with self._finding:
            if name not in self._found:
                self._found[name] = find()
            return self._found[name]

    def currency(self) -> AbstractContextManager[None]:
        """Amounts in words are in the scenario's currency."""
        scenario = self.costs.scenario
        return shown_in(scenario.currency, exchange_rate(scenario, self.costing.known))

    def curves(self, tell: Tell | None = None) -> Curves:
        found: Curves = self.once("curves", lambda: curves_of(self.costs, self.costs.scenario.options, tell))
        return found

    def _pairs_of(self) -> list[Pair]:
        """Every pair but a mix and the part that it amounts to at the scenario's volume: those are one option."""
        options, decided = self.costs.scenario.options, self.costing.decided
        return [p for p in pairs_of(options) if p[1] != amounts_to(self.costs.scenario.option(p[0]), decided)]

    def pairs(self, tell: Tell | None = None) -> list[dict[str, Any]]:
        def find() -> list[dict[str, Any]]:
            return self._told(self.curves(tell), self._pairs_of(), tell)

        pairs: list[dict[str, Any]] = self.once("pairs", find)
        return pairs

    def deciding_pairs(self, most: int) -> list[dict[str, Any]]:
        """Some of `pairs`, the same figures, without costing what only the others need."""
        options, decided = self.costs.scenario.options, self.costing.decided
        every = sorted(self._pairs_of(), key=lambda pair: (is_with_its_leg(options, pair), pair))
        own = [p for p in every if amounts_to(self.costs.scenario.option(p[0]), decided) is None] or every
        wanted = ([p for p in own if self._pass(p)] or own)[:most]

        def find() -> list[dict[str, Any]]:
            if len(wanted) == len(every) or "pairs" in self._found:
                return self.pairs()
            names = {name for pair in wanted for name in pair}
            return self._told(curves_of(self.costs, [o for o in options if o.id in names]), wanted)

        found = {(p["self_hosted"], p["alternative"]): p for p in self.once(f"pairs {most}", find)}
        return [found[pair] for pair in wanted]

    def _told(self, curves: Curves, pairs: Sequence[Pair], tell: Tell | None = None) -> list[dict[str, Any]]:
        with self.currency():
            found = break_evens(self.costs, curves, pairs, tell)
        return [{**as_dict(b, self.costs), "allowed": self._pass((b.self_hosted, b.alternative))} for b in found]

    def _pass(self, pair: Pair) -> bool:
        return all(name in self.passing for name in pair)

    def flips(self) -> list[dict[str, Any]]:
        def find() -> list[dict[str, Any]]:
            return flips.as_dict(flips.flip_points(self.costing, self.passing), self.costing)

        found: list[dict[str, Any]] = self.once("flips", find)
        return found


@lru_cache(maxsize=4)
def _kept(text: str) -> _Study:
    return _Study(parse_scenario(text))


def _study(scenario: Scenario) -> _Study:
    return _kept(canonical_json(scenario))


def break_even_pairs(scenario: Scenario) -> list[dict[str, Any]]:
    """`break_even[]` of a scenario: every self-hosted option against every one that is paid by the token."""
    return list(_study(scenario).pairs())


def deciding_pairs(scenario: Scenario, most: int) -> list[dict[str, Any]]:
    """At most so many of `break_even[]`, by id: pairs in which both pass every gate, any where there is no such."""
    return list(_study(scenario).deciding_pairs(most))


def flip_points(scenario: Scenario) -> list[dict[str, Any]]:
    """`flip_points[]` of a scenario: how far each number must move, alone, before another option wins."""
    return list(_study(scenario).flips())


def break_even_answer(
    scenario: Scenario, budget_usd_per_month: float | None = None, tell: Tell | None = None
) -> dict[str, Any]:
    """Everything that `break-even` prints; the schema is `llm-adoption schema break-even`.

    `tell` hears the option that is costed next; it may raise to stop the search.
    """
    study = _study(scenario)
    requests, tokens = at_the_start(study.costs)
    budget = None if budget_usd_per_month is None else budget_answer(scenario, budget_usd_per_month)
    return {
        "schema": 1,
        "title": scenario.title,
        "currency": scenario.currency,
        "usd_exchange_rate": exchange_rate(scenario, study.costing.known),
        "horizon_months": scenario.horizon_months,
        "requests_per_month": requests,
        "tokens_per_month": tokens,
        "searched_requests_per_month": [LOWEST * requests, HIGHEST * requests],
        "break_even": list(study.pairs(tell)),
        "flip_points": list(study.flips()),
        "budget": budget,
        "map": None,
    }


def budget_answer(scenario: Scenario, usd_per_month: float) -> dict[str, Any]:
    """The largest volume of each option for a level monthly budget."""
    study = _study(scenario)
    requests, tokens = at_the_start(study.costs)
    fits = affordable(study.costs, study.curves(), usd_per_month)
    with study.currency():
        return {"usd_per_month": usd_per_month, "options": [_affordable(f, requests, tokens, usd_per_month) for f in fits]}


def _affordable(found: Affordable, requests: float, tokens: float, budget: float) -> dict[str, Any]:
    multiple, reasons = found.multiple, {}
    if multiple is None:
        least = f"{money(found.level_usd_per_month)} a month, above {money(budget)}"
        reasons["requests_per_month"] = f"with next to no use it costs {least}"
    elif multiple >= HIGHEST:
        multiple, reasons["requests_per_month"] = None, "the largest volume tried still fits"
    return {
        "id": found.option,
        "requests_per_month": None if multiple is None else multiple * requests,
        "tokens_per_month": None if multiple is None else multiple * tokens,
        "level_usd_per_month": found.level_usd_per_month,
        "up_front_usd": found.up_front_usd,
        "dearest_month_usd": found.dearest_month_usd,
        "null_reasons": reasons,
    }


def curve_points(scenario: Scenario, names: Sequence[str], low: float, high: float, points: int = 240) -> dict[str, Any]:
    """Cost of some options from `low` to `high` requests a month, for charts: present value, and level a month."""
    study = _study(scenario)
    requests, _ = at_the_start(study.costs)
    volumes = np.geomspace(low, high, points)
    npv = {name: study.curves().at(name, volumes / requests) for name in names}
    level = {n: level_usd_per_month(usd, scenario.discount_rate, scenario.horizon_months) for n, usd in npv.items()}
    return {
        "requests_per_month": volumes.tolist(),
        "npv_usd": {name: usd.tolist() for name, usd in npv.items()},
        "usd_per_month": {name: usd.tolist() for name, usd in level.items()},
    }


def mappable(scenario: Scenario) -> list[str]:
    """Ids of the numbers that a map can vary, those with a range first."""
    inputs = _study(scenario).costing.inputs
    numeric = [p.id for p in inputs.used.values() if isinstance(p.value, int | float)]
    names = dict.fromkeys([*sorted(inputs.uncertain), *sorted(inputs.asked), *sorted(numeric)])
    return [n for n in names if not n.endswith(".requests_per_month")]


def map_answer(
    scenario: Scenario,
    name: str,
    bounds: tuple[float, float] | None = None,
    size: int | None = None,
    tell: Callable[[int, int], object] | None = None,
) -> dict[str, Any]:
    """The cheapest passing option over volume and one number; InputError for one that the answer does not rest on.

    Where no option passes every gate, all are mapped.
    """
    study = _study(scenario)
    inputs = study.costing.inputs
    if name.endswith(".requests_per_month"):
        raise InputError(f"map: {clip(name)}: volume is the other axis already; name another number")
    if name not in (choices := mappable(scenario)):
        if name in study.costing.known.ids():
            raise InputError(f"map: {clip(name)}: no option of this scenario rests on it, or it is not a number")
        raise unknown_name("map", "number of this scenario", name, choices)
    base, low, high = _range(name, study)
    if bounds is not None:
        low, high = bounds
    options = study.passing or tuple(study.costing.base)
    values = np.linspace(low, high, size or MAP_VALUES)
    found = study.once(
        f"map {name} {low} {high} {values.size}", lambda: cheapest_map(study.costs, options, name, values, tell)
    )
    if not np.isfinite(found.npv_usd).all():
        said = f"{quoted(low)} to {quoted(high)}; choose a range around {quoted(base)}"
        raise InputError(f"map: {clip(name)}: costs are not defined at {said}")
    requests, _ = at_the_start(study.costs)
    used = inputs.used.get(name)
    return {
        "id": name,
        "description": used.description if used else "",
        "unit": used.unit if used else "",
        "base": base,
        "requests_per_month": [float(m * requests) for m in found.multiples],
        "values": [float(v) for v in found.values],
        "options": list(options),
        "cheapest": found.cheapest,
        "lead": [[float(x) for x in row] for row in found.lead],
    }


def _range(name: str, study: _Study) -> tuple[float, float, float]:
    """Base, low and high of a number: its own range, or half to twice its value."""
    inputs = study.costing.inputs
    if name in inputs.uncertain:
        low, base, high, _ = inputs.uncertain[name]
        return base, low, high
    base = inputs.asked[name] if name in inputs.asked else inputs.used[name].number
    near = sorted((base / 2, base * 2))
    return base, *((near[0], near[1]) if base and math.isfinite(base) else (0.0, 1.0))
