"""The responsibility matrix and the checklist: complete, consistent, and honest about what is the same everywhere."""

import re

import pytest

from calculator.assumptions import load_assumptions
from calculator.governance.checklist import checklist, controls
from calculator.governance.responsibility import OWNERS, ROUTES, customers_share, legs_routes, matrix, owner
from calculator.scenario import parse_scenario

KNOWN = load_assumptions()
SCENARIO = parse_scenario("""
title: t
as_of: 2026-11-23
start: 2027-01
workloads: [{name: w, requests_per_month: 1000, input_tokens: 100, output_tokens: 100}]
options:
  - {id: luna, route: api, provider: openai, model: gpt-6-luna}
  - {id: rented, route: rented, weights: gpt-oss-120b, gpu: h100-sxm}
  - {id: mix, route: hybrid, base: rented, overflow: luna}
""")


def test_every_topic_has_an_owner_on_every_route() -> None:
    for row in matrix(KNOWN):
        assert set(row["owners"]) == set(ROUTES) and set(row["owners"].values()) <= set(OWNERS)


def test_more_is_the_customers_the_more_is_in_own_hands() -> None:
    shares = [customers_share(KNOWN, [route]) for route in ROUTES]
    assert shares == sorted(shares)
    for row in matrix(KNOWN):
        places = [OWNERS.index(row["owners"][route]) for route in ("hosted", "rented", "owned")]
        assert places == sorted(places), row["id"]


def test_what_the_application_does_is_the_customers_everywhere() -> None:
    same = {row["id"] for row in matrix(KNOWN) if row["same_on_every_route"]}
    assert {"application", "own_poisoning", "evaluation", "keys", "deployer_duties"} <= same


def test_a_hybrid_needs_what_either_leg_needs() -> None:
    routes = legs_routes(SCENARIO, SCENARIO.option("mix"))
    assert set(routes) == {"api", "rented"}
    assert owner(KNOWN, "serving_stack", routes) == "customer"
    assert owner(KNOWN, "machines", routes) == "provider"


@pytest.mark.parametrize("control", checklist(KNOWN), ids=lambda c: c["id"])
def test_a_control_is_keyed_and_shown(control: dict) -> None:
    assert control["control"] and control["evidence"] and set(control["owners"]) == set(ROUTES)
    assert len(control["owasp_2025"]) == len(control["owasp_2026"])
    assert control["nist_ai_600_1"]
    assert all(re.fullmatch(r"LLM\d\d:2026", r["id"]) for r in control["owasp_2026"])
    assert all(re.fullmatch(r"AML\.T\d{4}(\.\d{3})?", t["id"]) for t in control["mitre_atlas"])
    assert all(re.match(r"2\.([1-9]|1[0-2]) ", risk) for risk in control["nist_ai_600_1"])


def test_every_entry_of_the_lists_has_a_control() -> None:
    found = checklist(KNOWN)
    assert {r["id"].split(":")[0] for c in found for r in c["owasp_2026"]} == set(KNOWN.rows("owasp"))
    assert {t["id"] for c in found for t in c["mitre_atlas"]} == set(KNOWN.rows("atlas"))
    assert sorted(r.text("id_2025") for r in KNOWN.rows("owasp").values()) == sorted(KNOWN.rows("owasp"))


def test_a_scenario_sees_its_own_routes() -> None:
    shown = controls(SCENARIO, KNOWN)
    assert shown["routes"] == ["api", "rented"]
    assert all(set(c["owners"]) == {"api", "rented"} for c in shown["checklist"])
