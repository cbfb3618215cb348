"""The search for crossings tells how far it is, can be stopped, and is done once for a scenario."""

from typing import Any

import pytest

from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.ui.state import DEFAULT_EXAMPLE, examples
from calculator.volumes import break_even_answer


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
