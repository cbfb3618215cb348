"""Three values, expiry, own evidence, hybrids, the explanation, and what must hold whatever the facts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import assumptions_folder
from calculator.errors import InputError
from calculator.governance.gate import RANK, feasibility, worst
from calculator.governance.judging import explanation, judge, not_judged
from calculator.governance.rules import RULES, rules_named
from calculator.governance.summary import governance_summary
from calculator.scenario import load_scenario
from tests.governance.cases import KNOWN, POOL, altered, judged, scenario

OPTIONS = st.sampled_from(sorted(POOL))


def test_an_unknown_fact_is_neither_yes_nor_no() -> None:
    gates = judged("nobody", data={"max_retention_days": 30, "residency": ["EU"], "health_data": True})
    for rule in ("DATA-02", "DATA-03", "DATA-04", "DATA-05"):
        assert gates[rule].outcome == "needs_evidence" and gates[rule].remedy


def test_conflicting_sources_need_evidence_and_say_so() -> None:
    gate = judged("together", data={"max_retention_days": 0})["DATA-03"]
    assert gate.outcome == "needs_evidence"
    assert "sources conflict" in gate.statement and "zero-retention page" in gate.statement


def test_facts_expire_at_the_scenario_s_date_not_today() -> None:
    data = {"residency": ["EU"]}
    fresh = judged("openai", data=data)["DATA-04"]
    late = judged("openai", data=data, as_of="2027-11-23", start="2027-12")["DATA-04"]
    assert (fresh.outcome, late.outcome) == ("pass", "needs_evidence")
    assert "has expired" in late.statement and late.as_of == "2026-11-23"


def test_every_judgement_by_a_fact_carries_source_date_and_grade() -> None:
    data = {"max_retention_days": 10, "residency": ["EU"], "certifications": ["soc2"], "customer_managed_keys": True}
    for gate in judged("openai", data=data).values():
        if gate.fact:
            assert gate.source is not None and gate.as_of and gate.grade, gate.rule
        assert gate.outcome == "pass" or gate.remedy, gate.rule


@pytest.mark.parametrize(
    ("data", "option", "rule", "outcome"),
    [
        ({"customer_managed_keys": True}, "azure", "DATA-06.keys", "pass"),
        ({"customer_managed_keys": True}, "anthropic", "DATA-06.keys", "needs_evidence"),
        ({"private_networking": True}, "fable", "DATA-06.network", "pass"),
        ({"private_networking": True}, "openai", "DATA-06.network", "needs_evidence"),
        ({"fedramp": "high"}, "openai", "DATA-06.fedramp", "fail"),
        ({"fedramp": "moderate"}, "openai", "DATA-06.fedramp", "pass"),
        ({"fedramp": "low"}, "anthropic", "DATA-06.fedramp", "fail"),
        ({"certifications": ["SOC 2 Type II", "ISO/IEC 27001:2022"]}, "openai", "DATA-07", "pass"),
        ({"certifications": ["soc2"]}, "together", "DATA-07", "needs_evidence"),
        ({"subprocessor_list": True}, "nebius", "DATA-08", "pass"),
        ({"ip_indemnity": True}, "openai", "DATA-09", "pass"),
        ({"ip_indemnity": True}, "owned", "DATA-09", "fail"),
        ({"excluded_jurisdictions": ["US"]}, "rented", "ORIG-01", "fail"),
        ({"allowed_jurisdictions": ["FR", "NL"]}, "nebius", "ORIG-01", "pass"),
        ({"allowed_jurisdictions": ["FR"]}, "nobody", "ORIG-01", "needs_evidence"),
        ({"excluded_developers": ["DeepSeek"]}, "owned", "ORIG-02", "fail"),
        ({"excluded_origins": ["CN"]}, "rented", "ORIG-02", "pass"),
        ({"excluded_origins": ["CN"]}, "premises", "ORIG-02", "fail"),
        ({"allowed_providers": ["azure"]}, "azure", "ORIG-03", "pass"),
        ({"allowed_providers": ["bedrock"]}, "fable", "ORIG-03", "pass"),
        ({"allowed_providers": ["azure"]}, "openai", "ORIG-03", "fail"),
        ({"health_data": True}, "rented", "DATA-05", "pass"),
        ({"health_data": True}, "market", "DATA-05", "pass"),
        ({"residency": ["DE"]}, "azure", "DATA-04", "fail"),
        ({"residency": ["SE"]}, "azure", "DATA-04", "pass"),
        ({"residency": ["EU"]}, "anthropic", "DATA-04", "fail"),
        ({"residency": ["FR"]}, "owned", "DATA-04", "pass"),
        ({"residency": ["DE"]}, "vertex", "DATA-04", "pass"),
    ],
)
def test_rules_on_providers(data: dict[str, Any], option: str, rule: str, outcome: str) -> None:
    assert judged(option, data=data)[rule].outcome == outcome


def test_a_global_endpoint_leaves_every_region_whatever_is_known_of_it() -> None:
    claude = {"route": "api", "provider": "azure", "model": "claude-opus-5-5", "endpoint": "global", "region": "eu"}
    assert judged(claude, data={"residency": ["EU"]})["DATA-04"].outcome == "fail"
    assert judged({**claude, "endpoint": "regional"}, data={"residency": ["EU"]})["DATA-04"].outcome == "needs_evidence"


def test_a_region_outside_an_open_list_asks_for_evidence() -> None:
    """Zurich is a region of Gemini on Vertex AI; of hosts whose list is not known to be complete nothing is refused."""
    zurich = {
        "route": "api",
        "provider": "google",
        "model": "gemini-3.8-flash",
        "endpoint": "vertex",
        "region": "europe-west6",
    }
    assert judged(zurich, data={"residency": ["CH"]})["DATA-04"].outcome == "pass"
    rented = {"route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "gcp", "region": "europe-west6"}
    assert judged(rented, data={"residency": ["CH"]})["DATA-04"].outcome == "needs_evidence"


def test_rules_are_judged_only_where_the_scenario_calls_for_them() -> None:
    assert set(judged("owned")) == {"LIC-01", "PERF-02"}
    assert set(judged("openai", data={"allow_training": True})) == {"PERF-02"}


def test_a_hybrid_passes_a_rule_only_where_both_legs_do() -> None:
    mix = {"route": "hybrid", "base": "owned", "overflow": "openai"}
    s = scenario("owned", "openai", mix, data={"max_retention_days": 0, "residency": ["EU"], "excluded_origins": ["CN"]})
    legs = [judge(s, s.options[n], KNOWN) for n in (0, 1)]
    whole = {g.rule: g for g in judge(s, s.options[2], KNOWN)}
    for rule, gate in whole.items():
        assert gate.outcome == worst([g for leg in legs for g in leg if g.rule == rule]), rule
    assert set(whole) == {g.rule for leg in legs for g in leg}
    assert whole["DATA-03"].statement.startswith("openai: ")
    assert whole["ORIG-02"].statement.startswith("owned: ")


EVIDENCE = {"rule": "retention", "outcome": "pass", "statement": "DPA 2026, annex 2: nothing is kept", "date": "2026-10-01"}


def test_own_evidence_settles_a_rule_and_shows_as_the_user_s() -> None:
    gate = judged("openai", data={"max_retention_days": 0}, evidence=[{**EVIDENCE, "provider": "openai"}])["DATA-03"]
    assert gate.outcome == "pass" and gate.own_evidence and gate.grade == "own"
    assert gate.source is not None and gate.source.title == "Evidence in the scenario"
    assert "the policy allows 0" in str(gate.overrides)


def test_own_evidence_never_overrides_a_licence_unseen() -> None:
    licence = {"rule": "LIC-01", "outcome": "pass", "statement": "commercial licence", "date": "2026-10-01"}
    option = {"route": "owned", "weights": "minimax-m2.7", "gpu": "h200-sxm"}
    gate = judged(option, evidence=[licence])["LIC-01"]
    assert gate.outcome == "pass" and "is not allowed" in str(gate.overrides)


@pytest.mark.parametrize(
    ("dates", "said"),
    [({"date": "2027-01-01"}, "dates from 2027-01-01"), ({"valid_until": "2026-11-01"}, "ended on 2026-11-01")],
)
def test_evidence_counts_only_while_it_holds(dates: dict[str, str], said: str) -> None:
    gate = judged("openai", data={"max_retention_days": 0}, evidence=[{**EVIDENCE, **dates}])["DATA-03"]
    assert gate.outcome == "needs_evidence" and said in gate.statement and not gate.own_evidence


def test_evidence_on_one_option_or_provider_leaves_others_alone() -> None:
    for whose in ({"option": "azure"}, {"provider": "azure"}):
        s = scenario("openai", "azure", data={"max_retention_days": 0}, evidence=[{**EVIDENCE, **whose}])
        found = [{g.rule: g for g in judge(s, o, KNOWN)}["DATA-03"] for o in s.options]
        assert [g.own_evidence for g in found] == [False, True]


def test_evidence_on_a_rule_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"evidence\.0\.rule: unknown rule 'retenton'; did you mean retention"):
        judged("openai", data={"max_retention_days": 0}, evidence=[{**EVIDENCE, "rule": "retenton"}])


def test_the_explanation_is_the_smallest_set() -> None:
    data = {"classification": "restricted", "residency": ["DE"], "max_retention_days": 0}
    assert [g.rule for g in explanation(tuple(judged("openai", data=data).values()))] == ["DATA-01"]
    gates = tuple(judged("openai", data={"residency": ["DE"], "max_retention_days": 0}).values())
    assert [g.rule for g in explanation(gates)] == ["DATA-04"]  # what needs evidence explains nothing beside a failure
    gates = tuple(judged("openai", data={"max_retention_days": 0, "health_data": True}).values())
    assert [g.rule for g in explanation(gates)] == ["DATA-03", "DATA-05"]
    assert explanation(tuple(judged("openai").values())) == ()


def test_rules_answer_to_ids_titles_groups_and_plain_names() -> None:
    for rule in RULES.values():
        for name in (rule.id, rule.id.lower(), rule.title, f"{rule.id} {rule.title}", *rule.names):
            assert rules_named(name, "x") == (rule.id,), name
    assert set(rules_named("LIC", "x")) == set(rules_named("licence", "x")) == {r for r in RULES if r.startswith("LIC")}
    assert rules_named("DATA-06", "x") == ("DATA-06.keys", "DATA-06.network", "DATA-06.fedramp")
    assert rules_named("all", "x") == tuple(RULES)
    with pytest.raises(InputError, match="x: unknown rule"):
        rules_named("colour", "x")


def test_what_is_not_judged_is_named_with_what_to_state() -> None:
    bank = {"sector": "financial", "countries": ["DE"]}
    assert len(not_judged(scenario("openai", organization=bank))) == 3
    full = {**bank, "ai_act_use": "minimal", "critical_function": True}
    assert len(not_judged(scenario("openai", organization=full))) == 1
    assert len(not_judged(scenario("openai", organization={"sector": "retail", "countries": ["US"]}))) == 1


def test_the_summary_groups_by_dimension_and_words_the_licence() -> None:
    s = scenario("premises", data={"residency": ["DE"]})
    gates = judge(s, s.options[0], KNOWN)
    found = governance_summary(s, s.options[0], KNOWN, gates)
    assert found["dimensions"]["data_ownership"]["feasibility"] == "pass"
    assert found["dimensions"]["customization"]["open_rules"] == ["LIC-02"]
    assert found["dimensions"]["security"]["feasibility"] is None
    (licence,) = found["licences"]
    assert licence["url"].startswith("https://") and any("20,000,000 a year" in c for c in licence["clauses"])


LISTS = {
    "certifications": ["soc2", "iso27001", "hipaa", "c5"],
    "excluded_jurisdictions": ["US", "CN", "FR"],
    "excluded_origins": ["CN", "US"],
    "excluded_developers": ["openai", "DeepSeek"],
}
FLAGS = ["customer_managed_keys", "private_networking", "subprocessor_list", "ip_indemnity", "health_data"]
CLASSES = ["public", "internal", "confidential", "restricted", "air_gapped"]
LEVELS = [None, "low", "moderate", "high"]
PLACES = [[], ["EU", "US", "CN"], ["EU", "US"], ["EEA"], ["EU"], ["DE", "FR"], ["DE"]]
DAYS = [None, 365, 90, 30, 29, 10, 0]


@st.composite
def policies(draw: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A data policy and one that asks for at least as much everywhere."""
    loose: dict[str, Any] = {}
    tight: dict[str, Any] = {}
    for name, values in (
        ("classification", CLASSES),
        ("fedramp", LEVELS),
        ("residency", PLACES),
        ("max_retention_days", DAYS),
    ):
        first, second = sorted(draw(st.tuples(*[st.integers(0, len(values) - 1)] * 2)))
        loose[name], tight[name] = values[first], values[second]
    for name, choices in LISTS.items():
        tight[name] = draw(st.lists(st.sampled_from(choices), unique=True))
        loose[name] = [c for c in tight[name] if draw(st.booleans())]
    for name in FLAGS:
        tight[name] = draw(st.booleans())
        loose[name] = tight[name] and draw(st.booleans())
    loose["allow_training"] = draw(st.booleans())
    tight["allow_training"] = loose["allow_training"] and draw(st.booleans())
    return loose, tight


@given(option=OPTIONS, pair=policies(), strict=st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_stricter_policy_never_makes_an_option_more_feasible(option: str, pair: Any, strict: bool) -> None:
    loose, tight = (feasibility(tuple(judged(option, data=p).values()), strict) for p in pair)
    assert RANK[tight] >= RANK[loose]


@given(option=OPTIONS, pair=policies())
@settings(max_examples=60, deadline=None)
def test_the_optimistic_reading_is_never_stricter(option: str, pair: Any) -> None:
    gates = tuple(judged(option, data=pair[1]).values())
    assert RANK[feasibility(gates, strict=False)] <= RANK[feasibility(gates)]
    assert (feasibility(gates) == "fail") == (feasibility(gates, strict=False) == "fail")


CERTIFICATES = st.lists(st.sampled_from(LISTS["certifications"]), unique=True)


@given(held=CERTIFICATES, more=st.sampled_from(LISTS["certifications"]), wanted=CERTIFICATES, state=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_certificate_more_never_makes_an_option_less_feasible(
    held: list[str], more: str, wanted: list[str], state: bool
) -> None:
    def outcome(certificates: list[str]) -> int:
        known = altered(
            "providers", "openai", certifications=certificates or ["unknown"], no_certifications=["c5"] if state else []
        )
        return RANK[feasibility(tuple(judged("openai", known, data={"certifications": wanted}).values()))]

    assert outcome([*held, more] if more not in held else held) <= outcome(held)


@given(order=st.permutations(sorted(POOL)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_options_does_not_matter(order: list[str]) -> None:
    data = {"residency": ["EU"], "max_retention_days": 30, "certifications": ["soc2"]}
    s, sorted_s = scenario(*order, data=data), scenario(*sorted(POOL), data=data)
    for option in s.options:
        assert judge(s, option, KNOWN) == judge(sorted_s, sorted_s.option(option.id), KNOWN)


OWN = {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "h200-sxm", "country": "DE", "site": "own"}


def bridged(data: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The judgements on own servers that wait for delivery behind a bridge, by rule."""
    s = scenario("openai", {**OWN, "bridge": "openai", **fields}, data=data)
    return {g.rule: g for g in judge(s, s.options[1], KNOWN)}


def test_restricted_data_do_not_cross_a_bridge_to_an_api() -> None:
    gate = bridged({"classification": "restricted"}, lead_time_months=6)["DATA-01"]
    assert gate.outcome == "fail" and gate.statement.startswith("openai: ")
    assert bridged({"classification": "restricted"}, lead_time_months=0)["DATA-01"].outcome == "pass"


def test_a_bridge_is_judged_wherever_it_may_be_needed() -> None:
    residency = {"residency": ["DE"]}
    assert bridged(residency)["DATA-04"].outcome == "fail"  # a server's usual lead time
    seldom = bridged(residency, lead_time_months={"low": 0.1, "base": 0.15, "high": 0.25})  # a week and a day remain
    assert seldom["DATA-04"].outcome == "fail"
    assert "DATA-02" not in bridged(residency, lead_time_months=0.1)


def test_an_open_question_of_a_bridge_is_one_of_the_option_and_own_papers_do_not_close_it() -> None:
    data, paper = {"max_retention_days": 0}, {**EVIDENCE, "rule": "DATA-03"}
    plain = bridged(data, lead_time_months=6)
    assert plain["DATA-03"].outcome == "needs_evidence"
    for option, outcome in (("own", "needs_evidence"), ("openai", "pass")):
        s = scenario(
            "openai", {**OWN, "bridge": "openai", "lead_time_months": 6}, data=data, evidence=[{**paper, "option": option}]
        )
        assert {g.rule: g for g in judge(s, s.options[1], KNOWN)}["DATA-03"].outcome == outcome
    assert feasibility(tuple(plain.values())) == "needs_evidence"
    assert feasibility(tuple(plain.values()), strict=False) == "pass"


def test_a_hybrid_answers_for_the_bridge_of_its_base() -> None:
    own = {**OWN, "bridge": "openai", "lead_time_months": 6}
    spare = {**OWN, "id": "spare"}
    mix = {"id": "mix", "route": "hybrid", "base": "own", "overflow": "spare"}
    s = scenario("openai", own, spare, mix, data={"classification": "restricted"})
    gates = {g.rule: g for g in judge(s, s.option("mix"), KNOWN)}
    assert gates["DATA-01"].outcome == "fail" and gates["DATA-01"].statement.startswith("own: openai: ")


def test_the_shipped_on_premises_example_keeps_its_data_at_home() -> None:
    shipped = load_scenario(assumptions_folder() / "scenarios" / "on-premises.yaml")
    waiting = shipped.option("qwen-rtx").model_copy(update={"bridge": "luna", "lead_time_months": 6})
    assert "DATA-01" in {g.rule for g in judge(shipped, waiting, KNOWN) if g.outcome == "fail"}
    assert "DATA-01" not in {g.rule for g in judge(shipped, shipped.option("qwen-rtx"), KNOWN) if g.outcome == "fail"}
