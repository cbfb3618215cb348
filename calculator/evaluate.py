"""The whole calculation, top to bottom.

`evaluate(scenario, assumptions, draws)` costs every option twice with the same code: once at base values, once
over draws. What a planner settles in advance (the layout of a replica, the size of a hybrid's base) is settled
at the base values and held in every draw.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from calculator import __version__
from calculator.assumptions import Assumptions, load_assumptions
from calculator.costs.flows import present_value
from calculator.costs.routes import Decided, Outcome, cost_option, model_of
from calculator.decision.verdict import Candidate, decide, probability_by, probability_cheapest, rule_prices
from calculator.demand import Demand, demands
from calculator.gates import feasibility, judge
from calculator.inputs import Inputs
from calculator.result import OptionResult, Result
from calculator.scenario import Pins, Scenario, canonical_json, parse_scenario
from calculator.scoring import option_quality
from calculator.verdict_text import verdict_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DEFAULT_DRAWS = 512


def evaluate(scenario: Scenario, assumptions: Assumptions, draws: int = DEFAULT_DRAWS) -> Result:
    """Cost, gate and rank every option of a scenario.

    `draws` is rounded to what the simulation needs; 1 gives the point estimate only.
    Raises InputError for what cannot be evaluated, naming the option.
    """
    known = assumptions.with_overrides(scenario.assumptions)
    decided = Decided()

    point = Inputs(known)
    load = demands(scenario, point)
    base = {o.id: cost_option(scenario, o, load, point, decided) for o in scenario.options}

    drawn = Inputs(known, draws=draws, seed=scenario.seed, known=sorted(point.uncertain))
    simulated_load = demands(scenario, drawn)
    simulated = {o.id: cost_option(scenario, o, simulated_load, drawn, decided) for o in scenario.options}

    gates = {o.id: judge(scenario, o, known) for o in scenario.options}
    options = tuple(
        _option_result(scenario, o, base[o.id], simulated[o.id], gates[o.id], load, point, decided) for o in scenario.options
    )
    candidates = [
        Candidate(
            id=o.id,
            route=o.route,
            weights=o.model_identity,
            feasibility=feasibility(o.gates),
            feasibility_optimistic=feasibility(o.gates, strict=False),
            failed_rules=frozenset(g.rule for g in o.gates if g.outcome != "pass"),
            cost_usd=o.npv_draws_usd - o.preference_usd,
        )
        for o in options
    ]
    verdict = decide(candidates, scenario.baseline, scenario.materiality, scenario.close_call_confidence)
    chances = probability_cheapest(candidates)
    result = Result(
        scenario=scenario,
        options=options,
        verdict=verdict,
        probability_cheapest=chances,
        probability_by_route=probability_by(chances, {c.id: c.route for c in candidates}),
        probability_by_weights=probability_by(chances, {c.id: c.weights for c in candidates}),
        rule_prices=rule_prices(candidates),
        draws=draws,
        pins=pins(scenario, assumptions),
        used=tuple(sorted((point.used | drawn.used).values(), key=lambda p: p.id)),
        usd_exchange_rate=exchange_rate(scenario, known),
        warnings=warnings(scenario, assumptions),
    )
    return verdict_text(result)


def _option_result(
    scenario: Scenario,
    option: object,
    base: Outcome,
    simulated: Outcome,
    gates: object,
    load: tuple[Demand, ...],
    point: Inputs,
    decided: Decided,
) -> OptionResult:
    rate, months = scenario.discount_rate, scenario.horizon_months
    tokens = np.zeros((1, months))
    for demand in load:
        tokens = tokens + demand.tokens
    return OptionResult(
        option=option,  # type: ignore[arg-type]
        model_identity=model_of(scenario, option, point),  # type: ignore[arg-type]
        base=base,
        gates=gates,  # type: ignore[arg-type]
        quality=option_quality(scenario, option, point.assumptions),  # type: ignore[arg-type]
        npv_base_usd=float(present_value(base.flows.total, rate)[0]),
        npv_draws_usd=np.broadcast_to(present_value(simulated.flows.total, rate), simulated_size(simulated)),
        cost_lines_usd={line: float(present_value(usd, rate)[0]) for line, usd in base.flows.lines.items()},
        pv_tokens=float(present_value(np.pad(tokens, ((0, 0), (1, 0))), rate)[0]),
        preference_usd=0.0,
        base_curve=decided.base_curves.get(option.id, {}),  # type: ignore[attr-defined]
    )


def simulated_size(outcome: Outcome) -> int:
    """Draws behind an outcome; 1 where nothing in it is uncertain."""
    return int(outcome.flows.total.shape[0])


def exchange_rate(scenario: Scenario, known: Assumptions) -> float:
    """Units of the scenario's currency for one US dollar."""
    if scenario.currency == "USD":
        return 1.0
    return known.row("exchange_rates", scenario.currency, "currency").number("per_usd")


def pins(scenario: Scenario, assumptions: Assumptions) -> Pins:
    """What an answer was judged with."""
    prices = f"genai-prices {version('genai-prices')}"
    return Pins(assumptions=assumptions.sha256, prices=prices, seed=scenario.seed, version=__version__)


def pinned(scenario: Scenario) -> Scenario:
    """The scenario with the pins of what is installed now."""
    return scenario.model_copy(update={"pins": pins(scenario, load_assumptions())})


def warnings(scenario: Scenario, assumptions: Assumptions) -> tuple[str, ...]:
    """What the reader should know before relying on the figures."""
    found = []
    now = pins(scenario, assumptions)
    if scenario.pins is not None and scenario.pins != now:
        pairs = zip(("assumption set", "price data", "seed", "calculator version"), scenario.pins, now, strict=True)
        moved = [what for what, then, today in pairs if then[1] != today[1]]
        found.append(f"this scenario was saved with another {' and '.join(moved)}; figures may differ from then")
    return tuple(found)


def evaluate_scenario(scenario: Scenario, draws: int = DEFAULT_DRAWS) -> Result:
    """`evaluate` on the shipped assumptions; the last few results are kept."""
    return _evaluate_cached(canonical_json(scenario), draws)


@lru_cache(maxsize=16)
def _evaluate_cached(text: str, draws: int) -> Result:
    return evaluate(parse_scenario(text), load_assumptions(), draws)
