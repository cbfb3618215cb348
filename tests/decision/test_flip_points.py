"""Flip points: just short of one the winner stays, just past it another wins, by a calculation of its own."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.flows import present_value
from calculator.costs.routes import Decided, cost_option
from calculator.decision.flip_points import Number, _search, flip_points
from calculator.decision.simulation import Costing, prepare
from calculator.demand import demands
from calculator.governance.judging import feasibility, judge
from calculator.inputs import Inputs
from calculator.scenario import load_scenario

SCENARIOS = assumptions_folder() / "scenarios"


@cache
def ready(name: str) -> tuple[Costing, tuple[str, ...]]:
    costing = prepare(load_scenario(SCENARIOS / f"{name}.yaml"), load_assumptions())
    rules = {o.id: feasibility(judge(costing.scenario, o, costing.known)) for o in costing.scenario.options}
    return costing, tuple(i for i, outcome in rules.items() if outcome == "pass")


def winner(costing: Costing, passing: tuple[str, ...], name: str, value: float) -> str:
    """The cheapest, hybrids with their best base, layouts held."""
    inputs = Inputs(costing.known, fixed={name: np.array([value])})
    load = demands(costing.scenario, inputs)
    costs = {}
    for option in passing:
        settled = Decided(sizings=costing.decided.sizings)
        flows = cost_option(costing.scenario, costing.scenario.option(option), load, inputs, settled).flows
        costs[option] = float(present_value(flows.total, costing.scenario.discount_rate)[0])
    return min(costs, key=lambda o: (costs[o], o))


def test_the_winner_changes_there_and_not_before() -> None:
    costing, passing = ready("bank-documents")
    study = flip_points(costing, passing)
    points = [p for p in study.points if not p.number.id.startswith("options.") and "mix" not in p.becomes]
    assert points
    for p in points[:6]:
        before = p.at + (p.number.base - p.at) * 0.01
        assert winner(costing, passing, p.number.id, before) == study.winner, p.number.id
        # whole servers may hand the lead back soon after
        after = [p.at + (p.at - p.number.base) * step for step in (0.0002, 0.0005, 0.001, 0.002)]
        assert any(winner(costing, passing, p.number.id, value) != study.winner for value in after), p.number.id


def test_a_price_flips_where_arithmetic_says() -> None:
    """The rent of spot GPUs may rise until the next best option costs the same."""
    costing, passing = ready("bank-documents")
    study = flip_points(costing, passing)
    rate = costing.scenario.discount_rate

    def pv(option: str, *lines: str) -> float:
        flows = costing.base[option].flows.lines
        return sum(float(present_value(usd, rate)[0]) for line, usd in flows.items() if not lines or line in lines)

    assert study.winner == "spot-h100"
    point = next(p for p in study.points if p.number.id == "options.spot-h100.gpu_price" and p.at > 1)
    rent = pv("spot-h100", "compute", "cluster_and_storage")
    second = min(pv(o) for o in passing if o != "spot-h100")
    assert point.at == pytest.approx((second - (pv("spot-h100") - rent)) / rent, rel=2e-3)


def test_numbers_that_change_nothing_are_named() -> None:
    costing, passing = ready("support-assistant")
    study = flip_points(costing, passing)
    named = {p.number.id for p in study.points} | {n.id for n in study.steady}
    assert {n for n, s in costing.inputs.uncertain.items() if s[3] != "observed"} <= named


def test_nothing_passing_has_no_winner() -> None:
    costing, _ = ready("support-assistant")
    assert flip_points(costing, ()).winner is None


def test_search_finds_the_nearest_change_on_either_side() -> None:
    def costs(values: dict[str, Any]) -> dict[str, Any]:
        x = values["x"]
        return {"a": np.ones_like(x), "b": np.abs(x - 5) / 2, "c": np.where(x < 0.5, 0.9, 2.0)}

    def rule(table: dict[str, Any]) -> list[str]:
        ids = sorted(table)
        return [ids[i] for i in np.argmin(np.stack([table[i] for i in ids]), axis=0)]

    found = _search([Number("x", 1.0, 0.8, 1.2, 0.1, 10.0)], costs, rule, "a")
    assert {(p.becomes, round(p.at, 1)) for p in found} == {("c", 0.5), ("b", 3.0)}
    assert not any(p.within_range for p in found)
