"""From order to service: what carries the load of a mix until own capacity is there, and what that costs."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.routes import Decided, Outcome, cost_option
from calculator.demand import demands
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.scenario import Scenario, scenario_from

KNOWN = load_assumptions()
WAIT = 3
TOKENS = ("api_input", "api_cached_input", "api_cache_writes", "api_output")


def scenario(mix: dict[str, Any] | None = None, **own: Any) -> Scenario:
    options: list[dict[str, Any]] = [
        {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna"},
        {"id": "burst", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius",
         "precision": "fp8"},
        {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "rtx-pro-6000", "country": "DE",
         "precision": "fp8", "lead_time_months": 5.0, **own},
        {"id": "mix", "route": "hybrid", "base": "own", "overflow": "luna", "base_replicas": 8, **(mix or {})},
    ]  # fmt: skip
    workload = {"name": "chat", "requests_per_month": 3e7, "input_tokens": 1155, "output_tokens": 211, "annual_growth": 0}
    dates = {"as_of": "2026-11-01", "start": "2027-01", "horizon_months": 24}  # 5 months from November: 3 into the horizon
    return scenario_from({"title": "test", **dates, "workloads": [workload], "options": options})


def cost(s: Scenario, option: str, draws: int | None = None) -> Outcome:
    decided, point = Decided(), Inputs(KNOWN)
    found = cost_option(s, s.option(option), demands(s, point), point, decided)
    if draws is None:
        return found
    drawn = Inputs(KNOWN, draws=draws, seed=7, known=sorted(point.uncertain))
    return cost_option(s, s.option(option), demands(s, drawn), drawn, decided)


def by_month(outcome: Outcome, *lines: str) -> np.ndarray[Any, Any]:
    flows = outcome.flows.lines
    return np.asarray(sum((flows[line][0] for line in lines if line in flows), np.zeros(25)))


def test_until_the_racks_arrive_the_overflow_carries_everything() -> None:
    mix, luna = cost(scenario(), "mix"), cost(scenario(), "luna")
    mine, all_of_it = by_month(mix, *TOKENS), by_month(luna, *TOKENS)
    assert mine[1 : WAIT + 1] == pytest.approx(all_of_it[1 : WAIT + 1])
    assert np.all(mine[WAIT + 1 :] < all_of_it[WAIT + 1 :])
    servers = by_month(mix, "hardware")
    installation = KNOWN.number("servers.installation_usd")
    assert servers[0] == pytest.approx(installation) and servers[WAIT] > 0
    assert not by_month(mix, "colocation", "power", "support")[: WAIT + 1].any()
    assert mix.replicas is not None and mix.replicas[0].tolist() == [0.0] * WAIT + [8.0] * (24 - WAIT)
    assert any("3 months on the bridge luna" in note for note in mix.notes)


def test_the_wait_shows_in_the_cost() -> None:
    at_once = cost(scenario(lead_time_months=0), "mix").flows
    waits = cost(scenario(), "mix").flows
    more = waits.lines["api_output"].sum() - at_once.lines["api_output"].sum()
    share = at_once.lines["api_output"][0, 1] / waits.lines["api_output"][0, 1]
    assert more == pytest.approx(WAIT * waits.lines["api_output"][0, 1] * (1 - share))


def test_a_bridge_that_the_base_names_carries_the_wait_instead() -> None:
    mix = cost(scenario(bridge="burst"), "mix")
    assert not by_month(mix, *TOKENS)[1 : WAIT + 1].any()
    rent = by_month(mix, "compute")
    assert np.all(rent[1 : WAIT + 1] > 0) and not rent[WAIT + 1 :].any()
    assert {leg.option.id: leg.until_end for leg in mix.legs} == {"own": True, "luna": True, "burst": False}


def test_overflow_on_rented_gpus_carries_the_wait() -> None:
    mix, burst = cost(scenario({"overflow": "burst"}), "mix"), cost(scenario(), "burst")
    rent = by_month(mix, "compute")
    assert np.all(rent[1 : WAIT + 1] > rent[WAIT + 1 :].max())
    assert rent[1] <= by_month(burst, "compute")[1]  # it is the spare itself, so it keeps none


def test_every_draw_waits_its_own_time() -> None:
    s = scenario(lead_time_months={"low": 3.0, "base": 5.0, "high": 9.0})
    replicas = cost(s, "mix", draws=64).replicas
    assert replicas is not None
    waits = (replicas == 0).sum(axis=1)
    assert waits.min() < WAIT < waits.max()


def test_a_reserved_base_that_is_delivered_later_is_paid_from_then() -> None:
    s = scenario()
    base = {"id": "reserved", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius",
            "commitment": "reserved_1y", "precision": "fp8", "lead_time_months": 4.0}  # fmt: skip
    mix = {"id": "mixed", "route": "hybrid", "base": "reserved", "overflow": "luna", "base_replicas": 2}
    plain = [o.model_dump(exclude_defaults=True) for o in s.options]
    data = {
        "title": "test",
        "as_of": s.as_of,
        "start": s.start,
        "horizon_months": 24,
        "workloads": s.model_dump()["workloads"],
    }
    both = scenario_from({**data, "options": [*plain, base, mix]})
    rent = by_month(cost(both, "mixed"), "compute")
    assert not rent[1:3].any() and np.all(rent[3:] > 0)


def test_a_base_that_comes_after_the_horizon_is_refused() -> None:
    with pytest.raises(InputError, match=r"options\.own\.lead_time_months"):
        cost(scenario(lead_time_months=40.0), "mix")
