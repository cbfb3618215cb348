"""The search for crossings tells how far it is, can be stopped, and is done once for a scenario."""

from typing import Any

import pytest

from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.ui.state import DEFAULT_EXAMPLE, examples
from calculator.volumes import break_even_answer, break_even_pairs, deciding_pairs


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
