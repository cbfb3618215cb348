"""Price steps at a withdrawal: observed ones, weighed by closeness in price and by vendor."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.costs.successor_steps import NODE_WIDTH, step_table, steps_at
from calculator.decision.simulation import prepare
from calculator.scenario import scenario_from

KNOWN = load_assumptions()
VENDORS = ("anthropic", "openai", "google", "")
PROBABILITIES = (np.arange(512) + 0.5) / 512


def mean_step(price: float, vendor: str) -> float:
    return float(steps_at(np.full(512, price), PROBABILITIES, vendor, KNOWN).mean())


@given(st.floats(0.05, 60), st.sampled_from(VENDORS))
def test_two_percent_on_a_price_move_the_expected_step_by_no_more_than_a_tenth(price: float, vendor: str) -> None:
    assert mean_step(price * 1.02, vendor) == pytest.approx(mean_step(price, vendor), rel=0.1)


@given(st.floats(0, 1000), st.sampled_from(VENDORS))
def test_steps_rise_with_the_probability_and_are_among_the_observed(price: float, vendor: str) -> None:
    steps = steps_at(np.full(512, price), PROBABILITIES, vendor, KNOWN)
    assert (np.diff(steps) >= 0).all()
    assert np.isin(steps, step_table(KNOWN, vendor).steps).all()


@given(st.floats(0.05, 60), st.sampled_from(VENDORS))
def test_the_mean_over_probabilities_is_the_weighted_mean(price: float, vendor: str) -> None:
    """A lognormal fitted to the same steps would lie above its median by exp(sd²/2), and beyond anything seen."""
    table = step_table(KNOWN, vendor)
    weights = table.weights[table.node(np.array(price))]
    assert weights.sum() == pytest.approx(1)
    assert mean_step(price, vendor) == pytest.approx(float(weights @ table.steps), rel=0.03)


def test_weights_are_the_kernels_with_the_vendors_credibility() -> None:
    table, price = step_table(KNOWN, "anthropic"), 6.0
    rows = [r.cells for r in KNOWN.rows("price_steps").values()]
    old, new = (np.array([(3 * r[f"{age}_input"] + r[f"{age}_output"]) / 4 for r in rows]) for age in ("old", "new"))
    own = np.array([r["provider"] == "anthropic" for r in rows])
    near = np.exp(-0.5 * (np.log(old / price) / 0.6) ** 2)
    trust = near[own].sum() / (near[own].sum() + 5)
    weights = trust * near * own / near[own].sum() + (1 - trust) * near / near.sum()
    mean = float(table.weights[table.node(np.array(price))] @ table.steps)
    assert mean == pytest.approx(float(weights @ (new / old)), rel=3 * NODE_WIDTH)
    assert trust > 0.5, "six Sonnets were priced alike: the vendor's own pairs count for more than half"


def test_a_vendors_own_pairs_pull_towards_it_and_one_without_any_follows_all() -> None:
    """Sonnets kept their price or fell by a third; others of that price fell by up to nineteen twentieths."""
    at = np.array([4.0]), np.array([0.1])
    tenth = {vendor: float(steps_at(*at, vendor, KNOWN)[0]) for vendor in ("anthropic", "openai")}
    assert tenth["anthropic"] > 5 * tenth["openai"]
    assert mean_step(4.0, "mistral") == mean_step(4.0, "")


def test_a_cent_on_the_price_does_not_turn_the_answer() -> None:
    """Sonnet at a contract price on either side of what once was a band's edge."""

    def npv(output: float) -> float:
        contract = {"input_usd_per_mtok": 2, "cached_input_usd_per_mtok": 0.2, "output_usd_per_mtok": output}
        option = {"id": "a", "route": "api", "provider": "anthropic", "model": "claude-sonnet-5-5", "contract": contract}
        load = {"name": "chat", "requests_per_month": 2e6, "input_tokens": 1000, "output_tokens": 200}
        data: dict[str, Any] = {"title": "t", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 36}
        scenario = scenario_from({**data, "workloads": [load], "options": [option]})
        costing = prepare(scenario, KNOWN)
        return float(costing.npv_usd(costing.inputs)["a"][0])

    assert npv(10.04) == pytest.approx(npv(9.96), rel=0.02)


def test_the_note_tells_the_step_and_its_evidence() -> None:
    note = step_table(KNOWN, "anthropic").described(4.0, least=0.0)
    assert note.startswith("price after an unannounced withdrawal: ×") and "observed pairs near its price" in note
    assert "(P10 1, " in step_table(KNOWN, "").described(4.0, least=1.0), "a host's successor is no bargain"
