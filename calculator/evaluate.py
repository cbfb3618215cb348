"""The whole calculation, top to bottom.

`evaluate(scenario, assumptions, draws)` costs every option twice with the same code: once at base values, once
over draws. What a planner settles in advance is held in every draw: the layout of a replica, settled at base values,
and the base of a hybrid, chosen by expected cost (`base` figures show that choice at base values).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator import __version__
from calculator.assumptions import Assumptions, Parameter, load_assumptions
from calculator.costs.carbon import footprint_of, market_based_kg
from calculator.costs.flows import present_value
from calculator.costs.leaving import lock_in
from calculator.costs.measures import measures
from calculator.costs.mix import amounts_to
from calculator.costs.routes import model_of
from calculator.decision.analysis import analyse
from calculator.decision.lifting import lifted_costs_usd
from calculator.decision.preferences import credit_usd
from calculator.decision.simulation import Costing, Progress, Simulation, line_sum, prepare, pv_by_line, simulate
from calculator.decision.verdict import Candidate, decide, probability_by, probability_cheapest, rule_prices
from calculator.errors import InputError
from calculator.footprint import Footprint
from calculator.governance.checklist import controls
from calculator.governance.customization import customization
from calculator.governance.gate import Gate, feasibility
from calculator.governance.judging import judge, market_of
from calculator.governance.scales import positions
from calculator.governance.security import SecurityLoss, security_losses
from calculator.governance.summary import governance_summary
from calculator.option_result import OptionResult
from calculator.options import HybridOption, Option
from calculator.quality.scoring import option_quality
from calculator.result import Result
from calculator.scenario import Pins, Scenario, canonical_json, parse_scenario
from calculator.verdict_text import verdict_text
from calculator.wages import team

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DEFAULT_DRAWS = 4096
FAR_MONTHS = 24
"""From a start so long after the newest figure on, the reader is told."""
KEPT_RESULTS = 16
KEPT_COSTINGS = 8
KEPT_DRAWS = 2**13
"""Results of longer simulations are not kept: each would hold on to megabytes an option."""


def evaluate(
    scenario: Scenario,
    assumptions: Assumptions,
    draws: int = DEFAULT_DRAWS,
    progress: Progress | None = None,
    costing: Costing | None = None,
) -> Result:
    """Cost, gate and rank every option of a scenario.

    `draws` is rounded up to a power of two; `progress` is told of draws done and may cancel. `costing` is what `prepare`
    found for the same scenario and assumptions, where that is there already.
    Raises InputError for what cannot be evaluated, naming the option; CancelledError where `progress` returns False.
    """
    costing = costing or prepare(scenario, assumptions)
    simulation = simulate(costing, draws, progress)
    point, known, drawn = costing.inputs, costing.known, simulation.inputs

    gates = {o.id: judge(scenario, o, known) for o in scenario.options}
    footprints = {o.id: footprint_of(costing.base[o.id].served, known) for o in scenario.options}
    places = {o.id: positions(scenario, o, known, _kg_per_million(costing, footprints[o.id])) for o in scenario.options}
    losses, behind_losses = security_losses(scenario, known)
    options = tuple(
        _option_result(costing, simulation, o, gates[o.id], places[o.id], losses[o.id], footprints[o.id])
        for o in scenario.options
    )
    candidates = [
        Candidate(
            id=o.id,
            **_identity(costing, o.option),
            feasibility=feasibility(o.gates),
            feasibility_optimistic=feasibility(o.gates, strict=False),
            failed_rules=frozenset(g.rule for g in o.gates if g.outcome != "pass"),
            cost_usd=o.npv_draws_usd - o.preference_usd,
            credit_usd=o.preference_usd,
        )
        for o in options
    ]
    verdict = decide(candidates, scenario.baseline, scenario.materiality, scenario.close_call_confidence)
    chances, credits = probability_cheapest(candidates), {o.id: o.preference_usd for o in options}
    analysis = analyse(costing, simulation, candidates, verdict, places)
    result = Result(
        scenario=scenario,
        options=options,
        verdict=verdict,
        probability_cheapest=chances,
        probability_by_route=probability_by(chances, {c.id: c.route for c in candidates}),
        probability_by_weights=probability_by(chances, {c.id: c.weights for c in candidates}),
        rule_prices=rule_prices(candidates, _lifted_usd(costing, simulation, credits)),
        analysis=analysis,
        requests_by_month=np.sum([d.requests[0] for d in costing.load], axis=0),
        tokens_by_month=np.sum([d.tokens[0] for d in costing.load], axis=0),
        controls=controls(scenario, known),
        draws=simulation.draws,
        pins=pins(scenario, assumptions),
        used=tuple(sorted((point.used | drawn.used | behind_losses).values(), key=lambda p: p.id)),
        usd_exchange_rate=exchange_rate(scenario, known),
        team=team(scenario, costing.known),
        warnings=warnings(scenario, assumptions, point.used.values()),
    )
    return verdict_text(result)


def _lifted_usd(costing: Costing, simulation: Simulation, credits: Mapping[str, float]) -> dict[str, dict[str, Array]]:
    """What options would cost were a rule lifted that changes their price, net of priorities."""
    found = lifted_costs_usd(costing, simulation.draws)
    return {rule: {name: usd - credits[name] for name, usd in costs.items()} for rule, costs in found.items()}


def _identity(costing: Costing, option: Option) -> dict[str, Any]:
    """Route and weights by which an option counts as a different decision; a mix of one leg is that leg."""
    parts = frozenset(option.legs) if isinstance(option, HybridOption) else frozenset()
    alone = amounts_to(option, costing.decided)
    decision = option if alone is None else costing.scenario.option(alone)
    weights = model_of(costing.scenario, decision, costing.inputs)
    return {"route": decision.route, "weights": weights, "parts": parts, "same_as": alone}


def _option_result(
    costing: Costing,
    simulation: Simulation,
    option: Option,
    gates: tuple[Gate, ...],
    places: Mapping[str, float],
    loss: SecurityLoss,
    footprint: Footprint | None,
) -> OptionResult:
    scenario, point, base = costing.scenario, costing.inputs, costing.base[option.id]
    rate = scenario.discount_rate
    tokens = tokens_by_month(costing)
    lines = pv_by_line(base, rate)
    baseline = None if scenario.baseline is None else costing.base[scenario.baseline].flows
    return OptionResult(
        option=option,
        same_as=amounts_to(option, costing.decided),
        model_identity=model_of(scenario, option, point),
        base=base,
        gates=gates,
        governance=governance_summary(scenario, option, costing.known, gates),
        quality=option_quality(scenario, option, point.assumptions),
        security=loss,
        customization=customization(scenario, option, point.assumptions),
        npv_base_usd=float(line_sum(lines)[0]),
        npv_draws_usd=simulation.npv_usd[option.id],
        cost_lines_usd={line: float(usd[0]) for line, usd in lines.items()},
        tokens=float(tokens.sum()),
        pv_tokens=pv_tokens(costing),
        preference_usd=credit_usd(scenario.priorities.usd, places),
        positions=places,
        base_curve=costing.decided.base_curves.get(option.id, {}),
        measures=measures(scenario, option, base, baseline, costing.load, point, amounts_to(option, costing.decided)),
        lock_in=lock_in(scenario, option, base.flows, simulation.lines_usd[option.id], point, simulation.inputs),
        footprint=footprint,
        market_based_kg=market_based_kg(base.served, scenario, costing.known),
        rental_market=market_of(scenario, option, costing.known),
    )


def tokens_by_month(costing: Costing) -> Array:
    """Input and visible output tokens of all workloads at base values, (1, months)."""
    return np.asarray(sum((d.tokens for d in costing.load), np.zeros((1, costing.scenario.horizon_months))))


def pv_tokens(costing: Costing) -> float:
    """Present value of those tokens, discounted like cost: what levelised prices are divided by."""
    monthly = tokens_by_month(costing)
    return float(present_value(np.pad(monthly, ((0, 0), (1, 0))), costing.scenario.discount_rate)[0])


def _kg_per_million(costing: Costing, footprint: Footprint | None) -> float | None:
    """Emissions per million input and visible output tokens, the unit of the footprint scale."""
    tokens = sum(float(d.tokens[0].sum()) for d in costing.load)
    return None if footprint is None or tokens == 0 else footprint.co2e_kg.base / tokens * 1e6


def exchange_rate(scenario: Scenario, known: Assumptions) -> float:
    """Units of the scenario's currency for one US dollar."""
    if scenario.currency == "USD":
        return 1.0
    rates = known.rows("exchange_rates")
    if scenario.currency not in rates:
        raise InputError(
            f"currency: no exchange rate of {scenario.currency} is known; there is one of {', '.join(['USD', *rates])}: "
            "use one of these, or add a row with your rate and its source to assumptions/exchange_rates.yaml"
        )
    return rates[scenario.currency].number("per_usd")


def pins(scenario: Scenario, assumptions: Assumptions) -> Pins:
    """What an answer was judged with."""
    prices = f"genai-prices {version('genai-prices')}"
    return Pins(assumptions=assumptions.sha256, prices=prices, seed=scenario.seed, version=__version__)


def pinned(scenario: Scenario) -> Scenario:
    """The scenario with the pins of what is installed now."""
    return scenario.model_copy(update={"pins": pins(scenario, load_assumptions())})


def warnings(scenario: Scenario, assumptions: Assumptions, used: Iterable[Parameter] = ()) -> tuple[str, ...]:
    """What the reader should know before relying on the figures; `used` are those that they rest on."""
    found = []
    newest = max((p.as_of for p in used if not p.overridden), default=scenario.start)
    beyond = months_between(newest, scenario.start)
    if beyond > FAR_MONTHS:
        found.append(
            f"the horizon starts in {scenario.start}, {beyond} months after the newest figure it rests on ({newest}): "
            "today's prices are carried there unchanged, and drift and wages grow only from the start on"
        )
    people = team(scenario, assumptions)
    if people.stands_in:
        found.append(f"{people.note}; set organization.team_country, or staffing.salary_usd_per_year under `assumptions`")
    now = pins(scenario, assumptions)
    if scenario.pins is not None and scenario.pins != now:
        pairs = zip(("assumption set", "price data", "seed", "calculator version"), scenario.pins, now, strict=True)
        moved = [what for what, then, today in pairs if then[1] != today[1]]
        found.append(f"this scenario was saved with another {' and '.join(moved)}; figures may differ from then")
    return tuple(found)


def months_between(first: str, last: str) -> int:
    """Whole calendar months from one date to another, each `2026-11` or longer."""
    (year, month), (later_year, later_month) = ((int(p) for p in (f"{d}-01").split("-")[:2]) for d in (first, last))
    return (later_year - year) * 12 + later_month - month


def evaluate_scenario(scenario: Scenario, draws: int = DEFAULT_DRAWS, progress: Progress | None = None) -> Result:
    """`evaluate` on the shipped assumptions; the last few results are kept, those of long simulations are not."""
    found = kept_result(scenario, draws)
    if found is not None:
        return found
    if draws > KEPT_DRAWS:
        return evaluate(scenario, load_assumptions(), draws, progress)
    key = canonical_json(scenario), draws
    with _keeping:
        costing = _prepared.pop(key[0], None)
    found = evaluate(parse_scenario(key[0]), load_assumptions(), draws, progress, costing)
    with _keeping:
        while len(_kept) >= KEPT_RESULTS:
            _kept.pop(next(iter(_kept)))
        _kept[key] = found
    return found


def kept_result(scenario: Scenario, draws: int = DEFAULT_DRAWS) -> Result | None:
    """What `evaluate_scenario` found for this scenario a short while ago; None where it has to compute."""
    return _kept.get((canonical_json(scenario), draws))


def prepared(scenario: Scenario) -> Costing:
    """Every option at base values, on the shipped assumptions; the next `evaluate_scenario` of it goes on from there."""
    key = canonical_json(scenario)
    costing = prepare(parse_scenario(key), load_assumptions())
    with _keeping:
        while len(_prepared) >= KEPT_COSTINGS:
            _prepared.pop(next(iter(_prepared)))
        _prepared[key] = costing
    return costing


_kept: dict[tuple[str, int], Result] = {}
_prepared: dict[str, Costing] = {}
"""Taken by the one evaluation that goes on from it: a costing remembers what it works out, so no two may share it."""
_keeping = Lock()
