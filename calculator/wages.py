"""Whose wages the team is paid: its country's, where they are known, else those of the United States."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from calculator.assumptions import Assumptions, Parameter, Row
from calculator.scenario import Scenario
from calculator.wording import quoted

HOME = "US"
"""Whose wages `staffing` holds."""
HOME_NAME = "the United States"
SALARY, LOADING = "staffing.salary_usd_per_year", "staffing.loading_factor"


@dataclass(frozen=True)
class Team:
    """Where the engineers are, and whose wages they are costed at."""

    country: str | None
    """ISO code; None where the scenario names none."""
    wages_of: str
    """ISO code of the country whose wages are used."""
    name: str
    note: str
    """What is said of it."""

    @property
    def stands_in(self) -> bool:
        """Whether another country's wages stand in for those of the team's."""
        return self.country is not None and self.country != self.wages_of

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"country": self.country, "wages_of": self.wages_of, "note": self.note}


def team(scenario: Scenario, known: Assumptions) -> Team:
    """The team's country: the one that is stated, else the headquarters, else the first where the organization is."""
    organization = scenario.organization
    first = organization.countries[0] if organization.countries else None
    country = organization.team_country or organization.headquarters or first
    row = known.rows("wages").get(country or "")
    own = " (a figure of the scenario goes before)" if {SALARY, LOADING} & set(known.overridden) else ""
    if country is not None and row is not None:
        return Team(country, country, row.text("country"), f"wages of {row.text('country')}{own}")
    if country == HOME:
        return Team(country, HOME, HOME_NAME, f"wages of {HOME_NAME}{own}")
    why = "no country of the team is named" if country is None else f"none known for {country}"
    return Team(country, HOME, HOME_NAME, f"wages of {HOME_NAME} used: {why}{own}")


def wage_countries(known: Assumptions) -> dict[str, str]:
    """ISO codes and names of the countries whose wages are known."""
    return {HOME: HOME_NAME, **{code: row.text("country") for code, row in known.rows("wages").items()}}


def with_wages(scenario: Scenario, known: Assumptions) -> Assumptions:
    """The assumptions with pay and the employer's cost of the team's country; figures that the scenario sets stay."""
    country = team(scenario, known).wages_of
    return known if country == HOME else _with_wages(known, country)


@lru_cache(maxsize=8)
def _with_wages(known: Assumptions, country: str) -> Assumptions:
    row = known.row("wages", country)
    salary, loading = row.parameter("salary_per_year"), row.parameter("loading_factor")
    per_usd = known.row("exchange_rates", row.text("currency"), "currency").number("per_usd")
    found = [
        _as(salary, SALARY, row, 1 / per_usd, known, f"{row.text('currency')} at {quoted(per_usd)} for a US dollar"),
        _as(loading, LOADING, row, 1.0, known, ""),
    ]
    return known.with_parameters(p for p in found if p.id not in known.overridden)


def _as(p: Parameter, name: str, row: Row, factor: float, known: Assumptions, converted: str) -> Parameter:
    """A cell of the table in the place of the scalar `name`."""
    home = known.parameter(name)
    what = home.description.removesuffix(", United States")
    return replace(
        p,
        id=name,
        unit=home.unit,
        value=p.number * factor,
        low=None if p.low is None else p.low * factor,
        high=None if p.high is None else p.high * factor,
        description=f"{what}, {row.text('country')}",
        note="; ".join(part for part in (converted, p.note) if part),
    )
