"""Lock-in in money: its parts, what lowers it, and that it is never added to the cost."""

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest

from calculator.assumptions import Assumptions, load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.governance.lock_in import free_to_switch
from calculator.option_result import OptionResult
from calculator.scenario import Scenario, scenario_from
from calculator.yaml12 import write_yaml

KNOWN = load_assumptions()
OSS = {"id": "a", "route": "hosted", "provider": "groq", "model": "gpt-oss-120b"}
LUNA = {"id": "a", "route": "api", "provider": "openai", "model": "gpt-6-luna"}
OWN = {"id": "a", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "precision": "fp8"}


def scenario(*options: dict[str, Any], start: str = "2027-01", **more: Any) -> Scenario:
    load = {"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    data = {"title": "t", "as_of": "2026-11-23", "start": start, "workloads": [load], "data": {"allow_training": True}}
    return scenario_from({**data, **more, "options": list(options)})


def result(*options: dict[str, Any], known: Assumptions = KNOWN, **more: Any) -> OptionResult:
    return evaluate(scenario(*options, **more), known, 64).option("a")


def exit_parts(*options: dict[str, Any], **more: Any) -> dict[str, float]:
    return dict(result(*options, **more).lock_in.exit_parts_usd)


@cache
def with_hosts(count: int) -> Assumptions:
    """The shipped set with only so many hosts of gpt-oss-120b, and no other offer to move to."""
    table = dict(KNOWN.topic("offers"))
    hosts = [k for k in table["rows"] if k.endswith("/gpt-oss-120b") and k != "groq/gpt-oss-120b"]
    kept = ["groq/gpt-oss-120b", *hosts[:count]]
    table["rows"] = {k: v for k, v in table["rows"].items() if k in kept}
    texts = {topic: KNOWN._texts[topic] for topic in KNOWN.topics()}
    return Assumptions({**texts, "offers": write_yaml(table)})


def test_more_operators_never_raise_lock_in() -> None:
    totals = [result(OSS, known=with_hosts(n)).lock_in.total_usd for n in (0, 1, 2, 4, 8)]
    means = [float(t.mean()) for t in totals]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in itertools.pairwise(means))
    assert means[1] < means[0]


def test_lock_in_repeats_cost_lines_and_adds_nothing() -> None:
    found = result(LUNA)
    lines = found.cost_lines_usd
    assert sum(lines.values()) == pytest.approx(found.npv_base_usd)
    assert found.lock_in.forced_base_usd == pytest.approx(lines["forced_migration"])
    assert found.lock_in.price_base_usd == pytest.approx(max(lines["price_step"], 0.0))
    spread = found.lock_in.spread()
    assert spread["p10"] <= spread["p50"] <= spread["p90"]
    assert np.quantile(found.lock_in.total_usd, 0.5) == pytest.approx(spread["p50"])


def test_weights_that_one_holds_have_no_forced_part() -> None:
    found = result(OWN).lock_in
    assert found.forced_base_usd == found.price_base_usd == 0 and found.group is None
    assert found.operators.held and found.exit_parts_usd["engineering"] > 0


def test_a_reservation_and_a_commitment_are_owed() -> None:
    reserved = {**OWN, "commitment": "reserved_1y"}
    assert exit_parts(OWN)["commitment"] == 0
    year = result(reserved).base.flows.lines["compute"][0, 1:13].sum()
    assert exit_parts(reserved)["commitment"] == pytest.approx(year)
    assert exit_parts({**LUNA, "contract": {"commitment_usd_per_year": 5e5}})["commitment"] == pytest.approx(5e5)


def test_a_fine_tune_of_open_weights_carries_over_further() -> None:
    tuned = {"fine_tuning": {"training_tokens": 1e8, "engineer_weeks": 10}}
    closed, opened = exit_parts({**LUNA, **tuned})["fine_tuning"], exit_parts({**OSS, **tuned})["fine_tuning"]
    assert 0 < opened < closed and exit_parts(LUNA)["fine_tuning"] == 0


def test_stored_data_and_vectors_are_moved() -> None:
    """By hand: 50 TB at 0.09 USD a GB; a billion tokens at 0.13 USD a million."""
    parts = exit_parts(LUNA, switching={"stored_gb": 50_000, "embedded_tokens": 1e9})
    assert parts["egress"] == pytest.approx(4500) and parts["re_embedding"] == pytest.approx(130)


@pytest.mark.parametrize(
    ("countries", "start", "free"),
    [(["DE"], "2027-02", True), (["DE"], "2027-01", False), (["US"], "2027-02", False), (["US", "FR"], "2028-01", True)],
)
def test_the_data_act_frees_egress_in_the_union(countries: list[str], start: str, free: bool) -> None:
    given = scenario(LUNA, start=start, organization={"countries": countries}, switching={"stored_gb": 1000})
    assert free_to_switch(given, KNOWN) is free
    parts = exit_parts(LUNA, start=start, organization={"countries": countries}, switching={"stored_gb": 1000})
    assert (parts["egress"] == 0) is free


def test_a_mix_moves_its_applications_once() -> None:
    mix = {"id": "a", "route": "hybrid", "base": "own", "overflow": "api", "base_replicas": 1}
    legs = [{**OWN, "id": "own"}, {**LUNA, "id": "api"}]
    together = exit_parts(mix, *legs)["engineering"]
    assert together == pytest.approx(exit_parts(LUNA)["engineering"])


def test_plain_data_says_why_a_number_is_missing() -> None:
    data = result(LUNA).lock_in.as_dict()
    assert data["operators"]["effective_number"] is None and data["operators"]["effective_number_reason"]
    assert data["survival_curve"] == "openai-general" and data["extra_forced_migrations_per_year"] > 0


@pytest.mark.parametrize("field", ["stored_gb", "embedded_tokens"])
def test_refuses_negative_holdings(field: str) -> None:
    with pytest.raises(InputError, match=rf"switching\.{field}.*at least 0"):
        scenario(LUNA, switching={field: -1})
