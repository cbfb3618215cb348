"""Countries and regions: what is known is meant, what is not known is refused by its field."""

import re
from typing import Any

import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario
from calculator.places import check_regions, countries
from calculator.point import point_figures
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from

BANK = assumptions_folder() / "scenarios" / "bank-documents.yaml"


def bank(change: Any) -> Scenario:
    """The bank's example with one thing changed."""
    data = scenario_data(load_scenario(BANK))
    change(data)
    return scenario_from(data, "bank")


def option(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(o for o in data["options"] if o["id"] == name)


def test_a_code_stands_for_its_countries() -> None:
    known = load_assumptions()
    assert countries("DE", known) == {"DE"} == countries("eu-central-1", known)
    assert countries("ro", known) == {"RO"}  # not listed as a region of anybody's: a country all the same
    assert countries("eu", known) == countries("EU", known) and "FR" in (countries("eu", known) or ())
    assert countries("global", known) == frozenset()
    assert countries("mars", known) is None and countries("zz", known) is None


def test_the_region_of_every_example_and_offer_is_known() -> None:
    for path in sorted((assumptions_folder() / "scenarios").glob("*.yaml")):
        check_regions(load_scenario(path), load_assumptions())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: option(d, "owned-h100").update(country="ZZ"), "options.6.country: unknown country 'ZZ'; use an ISO code"),
        (lambda d: option(d, "owned-h100").update(country="UK"), "the United Kingdom is GB"),
        (lambda d: d["data"].update(residency=["XX"]), "data.residency.0: unknown country 'XX'; use EU, EEA or"),
        (lambda d: d["organization"].update(countries=["EU"]), "organization.countries.0: unknown country 'EU'"),
        (
            lambda d: option(d, "luna").update(region="mars"),
            "options.luna.region: unknown region 'mars'; use eu, us,",
        ),
        (lambda d: option(d, "luna").update(region="eu-centrall-1"), "such as eu-central-1"),
        (
            lambda d: d["workloads"][0].update(residency_shares=[{"region": "atlantis", "share": 1}]),
            "residency_shares: unknown region 'atlantis'",
        ),
    ],
)
def test_a_place_that_does_not_exist_is_refused(change: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        point_figures(bank(change))


def test_a_country_without_an_electricity_price_says_whose_is_used() -> None:
    result = evaluate_scenario(bank(lambda d: option(d, "owned-h100").update(country="RO")), draws=16).as_dict()
    owned = next(o for o in result["options"] if o["id"] == "owned-h100")
    assert "electricity at the price of EU27: none is known for RO" in owned["notes"]
