"""Footprint of what an option serves: mixes by their legs, a price on carbon, contracted electricity."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.carbon import UNKNOWN, footprint_of
from calculator.decision.simulation import prepare
from calculator.evaluate import evaluate_scenario
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from tests.test_cli import DEFAULT

KNOWN = load_assumptions()


def scene(replicas: int | None = 1, **more: Any) -> Scenario:
    data = scenario_data(load_scenario(DEFAULT))
    for option in data["options"]:
        if option["route"] == "hybrid" and replicas is not None:
            option["base_replicas"] = replicas
    return scenario_from({**data, **more})


def kg(scenario: Scenario) -> dict[str, float]:
    return {o.id: o.footprint.co2e_kg.base for o in evaluate_scenario(scenario, 16).options if o.footprint}


def test_a_mix_of_none_or_all_is_its_leg() -> None:
    none = kg(scene(0))
    assert none["mix-flash-lite"] == pytest.approx(none["flash-lite"])
    assert none["mix"] == pytest.approx(none["burst-h100"])


def test_a_mix_is_the_sum_of_its_parts() -> None:
    costing = prepare(scene(1), KNOWN)
    served = costing.base["mix-flash-lite"].served
    assert [p.option.id for p in served] == ["owned-rtx", "flash-lite"]
    each = [footprint_of([p], KNOWN) for p in served]
    together = footprint_of(served, KNOWN)
    assert together is not None and all(e is not None and e.co2e_kg.base > 0 for e in each)
    assert together.energy_kwh.base == pytest.approx(sum(e.energy_kwh.base for e in each if e))
    shares = served[1].share_of_requests
    assert shares is not None and (shares[0] > 0).any() and (shares[0] <= 1).all()


def test_a_larger_base_leaves_fewer_tokens_to_the_overflow() -> None:
    small, large = (prepare(scene(r), KNOWN).base["mix-flash-lite"].served[1] for r in (1, 2))
    assert small.share_of_requests is not None and large.share_of_requests is not None
    assert large.share_of_requests[0].sum() < small.share_of_requests[0].sum()


def test_own_gpus_idle_through_the_night() -> None:
    served = prepare(scene(), KNOWN).base["owned-h200"].served[0]
    outcome = prepare(scene(), KNOWN).base["owned-h200"]
    assert served.gpus is not None and served.used is not None and outcome.gpus is not None
    assert np.array_equal(served.gpus, outcome.gpus)
    assert (served.used < 1).all() and (served.used > 0).all()


def test_a_carbon_price_charges_what_is_emitted() -> None:
    priced = scene(footprint={"carbon_usd_per_tonne": 100}, discount_rate=0)
    free = {o.id: o for o in evaluate_scenario(scene(discount_rate=0), 16).options}
    for option in evaluate_scenario(priced, 16).options:
        assert option.footprint is not None
        emitted = option.footprint.co2e_kg.base
        assert option.cost_lines_usd["carbon"] == pytest.approx(emitted * 0.1)
        if option.route != "hybrid":
            assert option.npv_base_usd == pytest.approx(free[option.id].npv_base_usd + emitted * 0.1)
        assert "carbon" not in free[option.id].cost_lines_usd


def test_an_unknown_size_is_not_charged_and_said() -> None:
    data = scenario_data(scene(footprint={"carbon_usd_per_tonne": 100}))
    data["options"][0].update(model="gpt-6.1-terra")
    luna = evaluate_scenario(scenario_from(data), 16).options[0]
    assert luna.footprint is None and "carbon" not in luna.cost_lines_usd
    assert UNKNOWN in luna.base.notes


def test_contracted_electricity_counts_for_own_servers_only() -> None:
    result = evaluate_scenario(scene(footprint={"market_kgco2e_per_kwh": 0}), 16)
    own, rented = result.option("owned-h200"), result.option("rented-h100")
    assert own.footprint is not None and own.market_based_kg == pytest.approx(own.footprint.embodied_kg.base)
    assert rented.market_based_kg is None
    dict_form = own.as_dict(None, result.analysis)["footprint"]
    assert dict_form["co2e_kg_market_based"] == pytest.approx(own.market_based_kg)
    assert dict_form["co2e_kg"]["base"] > own.market_based_kg


def test_contracted_electricity_lowers_the_carbon_line() -> None:
    terms = {"carbon_usd_per_tonne": 100}
    grid = evaluate_scenario(scene(footprint=terms), 16).option("owned-h200")
    green = evaluate_scenario(scene(footprint={**terms, "market_kgco2e_per_kwh": 0}), 16).option("owned-h200")
    assert green.cost_lines_usd["carbon"] < grid.cost_lines_usd["carbon"]


def test_a_mixs_emissions_place_it_on_the_footprint_scale() -> None:
    result = evaluate_scenario(scene(1, priorities={"footprint": 50_000}), 16)
    mix = result.option("mix-flash-lite")
    assert 0 <= mix.positions["footprint"] <= 1
    assert mix.preference_usd == pytest.approx(50_000 * mix.positions["footprint"])
