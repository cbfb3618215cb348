"""Figures at base values stand before the simulation, and the simulation leaves them as they are."""

import pytest

from calculator.assumptions import load_assumptions
from calculator.evaluate import evaluate, evaluate_scenario, kept_result
from calculator.point import point_figures
from calculator.scenario import load_scenario
from calculator.ui.state import DEFAULT_EXAMPLE, examples


@pytest.mark.parametrize("name", [DEFAULT_EXAMPLE, "bank-documents"])
def test_simulated_figures_take_nothing_back(name: str) -> None:
    scenario = load_scenario(examples()[name])
    early = {o["id"]: o for o in point_figures(scenario)["options"]}
    late = {o["id"]: o for o in evaluate_scenario(scenario, draws=16).as_dict()["options"]}
    assert early.keys() == late.keys()
    for option, figures in early.items():
        for key in ("route", "feasibility", "monthly_cost_usd"):
            assert figures[key] == late[option][key]
        for key in ("first_month_cost_usd", "last_month_cost_usd", "usd_per_million_tokens"):
            assert figures[key] == pytest.approx(late[option][key])
        assert figures["npv_usd"]["base"] == pytest.approx(late[option]["npv_usd"]["base"])
        assert figures["npv_usd"]["p50"] is None and figures["probability_cheapest"] is None


def test_a_stopped_simulation_is_not_kept_and_a_finished_one_is() -> None:
    scenario = load_scenario(examples()[DEFAULT_EXAMPLE]).model_copy(update={"seed": 99})

    class Stop(BaseException):
        pass

    def stop(done: int, of: int) -> bool:
        raise Stop

    with pytest.raises(Stop):
        evaluate_scenario(scenario, 16, stop)
    assert kept_result(scenario, 16) is None
    told: list[tuple[int, int]] = []
    found = evaluate_scenario(scenario, 16, lambda done, of: told.append((done, of)))
    assert told[-1] == (16, 16) and kept_result(scenario, 16) is found
    assert evaluate_scenario(scenario, 16, stop) is found


@pytest.mark.parametrize("name", [DEFAULT_EXAMPLE, "document-retrieval"])
def test_a_simulation_goes_on_from_the_figures_at_base_values(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario(examples()[name]).model_copy(update={"discount_rate": 0.0713})
    fresh = evaluate(scenario, load_assumptions(), 16).as_dict()
    point_figures(scenario)
    monkeypatch.setattr("calculator.evaluate.prepare", None)  # what was prepared for the figures is enough
    assert evaluate_scenario(scenario, 16).as_dict() == fresh
