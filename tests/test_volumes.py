"""The search for crossings tells how far it is, can be stopped, and is done once for a scenario."""

import re
from typing import Any

import pytest

from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario
from calculator.point import point_figures
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.terminal.break_even import flip_lines
from calculator.ui.state import DEFAULT_EXAMPLE, examples
from calculator.volumes import break_even_answer, break_even_pairs, budget_answer, deciding_pairs, map_answer
from calculator.wording import ranked


def small(seed: int) -> Scenario:
    data: dict[str, Any] = scenario_data(load_scenario(examples()[DEFAULT_EXAMPLE]))
    kept = [o for o in data["options"] if o["id"] in ("luna", "owned-rtx")]
    return scenario_from({**data, "options": kept, "baseline": "luna", "evidence": [], "seed": seed}, "test")


def test_tells_what_is_costed_and_finds_once() -> None:
    told: list[str] = []
    first = break_even_answer(small(1), tell=told.append)
    assert set(told) == {"luna", "owned-rtx"}
    told.clear()
    assert break_even_answer(small(1), tell=told.append) == first
    assert told == []


def test_what_was_stopped_is_searched_again() -> None:
    class Stop(BaseException):
        pass

    def stop(name: str) -> None:
        raise Stop

    with pytest.raises(Stop):
        break_even_answer(small(2), tell=stop)
    assert break_even_answer(small(2))["break_even"] == break_even_answer(small(3))["break_even"]


def test_a_mix_against_its_own_leg_comes_last() -> None:
    data = scenario_data(small(5))
    mix = {"id": "mix", "route": "hybrid", "base": "owned-rtx", "overflow": "luna", "base_replicas": 1}
    pairs = break_even_pairs(scenario_from({**data, "options": [mix, *data["options"]]}, "test"))
    assert [p["alternative_is_its_leg"] for p in pairs] == [False, True]
    assert (pairs[-1]["self_hosted"], pairs[-1]["alternative"]) == ("mix", "luna")


def test_a_mix_that_amounts_to_its_leg_is_that_leg() -> None:
    """All load on luna: its figures, marked, listed after it; no payback, no chance and no break-even of its own."""
    data = scenario_data(small(5))
    mix = {"id": "a-mix", "route": "hybrid", "base": "owned-rtx", "overflow": "luna"}
    s = scenario_from({**data, "options": [mix, *data["options"]]}, "test")
    assert [(p["self_hosted"], p["alternative"]) for p in break_even_pairs(s)] == [("owned-rtx", "luna")]
    found = evaluate_scenario(s, draws=16).as_dict()["options"]
    by_id = {o["id"]: o for o in found}
    same, leg = by_id["a-mix"], by_id["luna"]
    assert same["same_as"] == "luna" and leg["same_as"] is None
    assert same["npv_usd"] == leg["npv_usd"] and same["cost_lines_usd"] == pytest.approx(leg["cost_lines_usd"])
    assert same["gpus"] is None and same["money"]["payback_month"] is None and same["probability_cheapest"] is None
    assert any("the mix does not pay: same as luna" in note for note in same["notes"])
    order = [o["id"] for o in ranked(found)]
    assert order.index("a-mix") > order.index("luna") or same["feasibility"] != leg["feasibility"]
    assert point_figures(s)["options"][0]["same_as"] == "luna"


def test_a_mix_that_amounts_to_its_leg_is_not_the_next_on_a_map() -> None:
    data = scenario_data(small(6))
    data["workloads"][0].pop("quality_floor")
    mix = {"id": "mix", "route": "hybrid", "base": "owned-rtx", "overflow": "luna"}
    alone, both = (
        map_answer(scenario_from({**data, "evidence": [], "data": {}, "options": o}, "test"), "staffing.api_operations_fte")
        for o in (data["options"], [mix, *data["options"]])
    )
    assert both["cheapest"][0][0] == alone["cheapest"][0][0] == "luna"
    assert both["lead"][0][0] == pytest.approx(alone["lead"][0][0]) and both["lead"][0][0] > 0.05


def test_volumes_are_of_the_start_seasons_aside_and_named_in_words() -> None:
    """40M a month with January at 0.7 of the year's mean of 1.05: 26.67M in month 1, one scale of 40M throughout."""
    data = scenario_data(small(8))
    data["workloads"][0] |= {"requests_per_month": 4e7}
    data["workloads"][0]["traffic"]["seasons"] = [0.7, *[1.05] * 10, 1.4]
    s = scenario_from({**data, "baseline": None}, "test")
    answer = break_even_answer(s)
    assert answer["requests_per_month"] == 4e7
    said = " ".join(flip_lines(answer["flip_points"]))
    assert not re.search(r"workloads[.]|options[.]|_", said)


def test_a_currency_without_a_rate_names_those_that_have_one() -> None:
    s = scenario_from({**scenario_data(small(9)), "currency": "CHF"}, "test")
    with pytest.raises(InputError, match=r"CHF is known; there is one of USD, EUR, GBP, INR, SGD: .*exchange_rates.yaml"):
        break_even_answer(s)


def test_amounts_in_words_are_in_the_currency_of_the_scenario() -> None:
    data = scenario_data(small(7))
    scenario = scenario_from({**data, "currency": "EUR"}, "test")
    assert "€" in break_even_pairs(scenario)[0]["binds"] and "$" not in break_even_pairs(scenario)[0]["binds"]
    found = budget_answer(scenario, 10.0)["options"]
    assert all("€" in o["null_reasons"]["requests_per_month"] for o in found)


def test_some_pairs_are_those_of_all() -> None:
    """Only in the last digit may a pair depend on which others are asked for."""
    data = scenario_data(small(4))
    s = load_scenario(examples()[DEFAULT_EXAMPLE])
    more = [o for o in scenario_data(s)["options"] if o["id"] in ("flash-lite", "mistral-medium", "owned-h200")]
    scenario = scenario_from({**data, "options": data["options"] + more}, "test")
    some = deciding_pairs(scenario, 2)
    every = {(p["self_hosted"], p["alternative"]): p for p in break_even_pairs(scenario)}
    assert 0 < len(some) < len(every)
    for pair in some:
        same = every[pair["self_hosted"], pair["alternative"]]
        assert pair["allowed"] == same["allowed"]
        for name in ("requests_per_month", "ratio_at_scenario_volume", "ratio_tends_to"):
            assert pair[name] == (same[name] if same[name] is None else pytest.approx(same[name], rel=1e-12))
