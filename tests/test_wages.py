"""Whose wages the team is paid, and what is said where another country's stand in."""

from typing import Any

import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.scenario import Scenario, scenario_from
from calculator.wages import LOADING, SALARY, team, with_wages

KNOWN = load_assumptions()


def scenario(assumptions: dict[str, Any] | None = None, **organization: Any) -> Scenario:
    workload = {"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    option = {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "operations_fte": 2}
    data = {"title": "test", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 12, "workloads": [workload]}
    return scenario_from({**data, "options": [option], "organization": organization, "assumptions": assumptions or {}})


@pytest.mark.parametrize(
    ("organization", "wages_of"),
    [
        ({}, "US"),
        ({"countries": ["US", "DE"]}, "US"),
        ({"countries": ["DE", "FR"]}, "DE"),
        ({"countries": ["US"], "headquarters": "FR"}, "FR"),
        ({"countries": ["DE"], "headquarters": "FR", "team_country": "IN"}, "IN"),
        ({"countries": ["PL"]}, "US"),
    ],
)
def test_the_team_is_where_it_is_said_to_be(organization: dict[str, Any], wages_of: str) -> None:
    assert team(scenario(**organization), KNOWN).wages_of == wages_of


@pytest.mark.parametrize("country", list(KNOWN.rows("wages")))
def test_people_cost_what_the_country_pays(country: str) -> None:
    row = KNOWN.row("wages", country)
    per_usd = KNOWN.row("exchange_rates", row.text("currency")).number("per_usd")
    monthly = 2 * row.number("salary_per_year") / per_usd * row.number("loading_factor") / 12
    found = evaluate(scenario(team_country=country), KNOWN, 16).as_dict()
    assert found["options"][0]["cost_lines_monthly_usd"]["people"][1] == pytest.approx(monthly)
    used = {p["id"]: p for p in found["assumptions_used"]}
    assert row.text("country") in used[SALARY]["description"]
    assert used[SALARY]["source"] == row.parameter("salary_per_year").source.as_dict()  # type: ignore[union-attr]
    assert not found["warnings"] and found["team"]["wages_of"] == country


def test_a_country_without_wages_is_said() -> None:
    found = evaluate(scenario(countries=["PL"]), KNOWN, 16).as_dict()
    assert found["team"] == {
        "country": "PL",
        "wages_of": "US",
        "note": "wages of the United States used: none known for PL",
    }
    assert any("none known for PL" in warning for warning in found["warnings"])


def test_a_figure_of_the_scenario_goes_before_the_country() -> None:
    s = scenario({SALARY: 100_000.0}, team_country="DE")
    known = with_wages(s, KNOWN.with_overrides(s.assumptions))
    assert known.number(SALARY) == 100_000 and known.parameter(SALARY).overridden
    assert known.number(LOADING) == KNOWN.row("wages", "DE").number("loading_factor")


def test_a_row_of_the_table_can_be_set_too() -> None:
    s = scenario({"wages.DE.salary_per_year": 86_000.0}, team_country="DE")
    rate = KNOWN.row("exchange_rates", "EUR").number("per_usd")
    assert with_wages(s, KNOWN.with_overrides(s.assumptions)).number(SALARY) == pytest.approx(86_000 / rate)


def test_a_country_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="team_country"):
        scenario(team_country="XX")
