"""Is an option allowed? Every rule that the scenario calls for, with evidence. Not legal advice.

`pass`, `fail` or `needs_evidence`: an unknown, conflicting or expired fact is never "no" and never "yes".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from calculator.assumptions import Assumptions, Source, load_assumptions
from calculator.governance.bridging import bridge_of
from calculator.governance.customization import fine_tuning_gates
from calculator.governance.data_rules import data_gates
from calculator.governance.gate import RULE_ORDER, Gate, feasibility, with_worst
from calculator.governance.law_rules import in_eu, is_financial, law_gates
from calculator.governance.licence_rules import licence_gates
from calculator.governance.provider_rules import provider_gates
from calculator.governance.quality_rules import quality_gates
from calculator.governance.rental_market import RentalMarket, market_gates, rental_market
from calculator.governance.rules import rules_named
from calculator.governance.subject import Leg, Subject
from calculator.options import HybridOption, Option, RentedOption
from calculator.scenario import Evidence, Scenario

COUNSEL = "Not legal advice: licence terms, the EU AI Act, DORA and contract clauses are for counsel to confirm."
_MOOT = {"DATA-01": ("DATA-", "ORIG-01", "ORIG-03", "REG-02", "REG-03")}
"""Rules that another rule makes pointless: where data may not leave, no provider's terms help."""


def judge(scenario: Scenario, option: Option, known: Assumptions) -> tuple[Gate, ...]:
    """Every rule that the scenario calls for on one option, in the order of `RULES`; one judgement a rule.

    A hybrid passes a rule only where all its legs do, own capacity only where the bridge does that carries the load
    until it is there. A document on own capacity does not speak of its bridge. Where no host of rented GPUs is named,
    those are judged that its price is a range over.

    Raises InputError for evidence on a rule that does not exist.
    """
    if isinstance(option, HybridOption):
        return _hybrid(scenario, option, known)
    market = market_of(scenario, option, known)
    own = _alone(scenario, option, known) if market is None else market_gates(market)
    bridge = bridge_of(scenario, option, known)
    return own if bridge is None else with_worst(own, _named(bridge, judge(scenario, bridge, known)))


def market_of(scenario: Scenario, option: Option, known: Assumptions) -> RentalMarket | None:
    """The hosts that an option on rented GPUs is priced over; None where one is named, or nobody rents the GPU out.

    A price of its own contract is that of a host which is not named: nothing is known of it.
    """
    if not isinstance(option, RentedOption) or option.provider is not None or option.contract.usd_per_gpu_hour is not None:
        return None
    return rental_market(scenario, option, known, lambda named: _alone(scenario, named, known))


def _alone(scenario: Scenario, option: Leg, known: Assumptions) -> tuple[Gate, ...]:
    subject = Subject(scenario, option, known)
    gates = [
        *data_gates(subject),
        *provider_gates(subject),
        *licence_gates(subject),
        *fine_tuning_gates(subject),
        *law_gates(subject),
        *quality_gates(subject),
    ]
    return tuple(_with_own_evidence(scenario, option, g) for g in sorted(gates, key=lambda g: RULE_ORDER[g.rule]))


def _hybrid(scenario: Scenario, option: HybridOption, known: Assumptions) -> tuple[Gate, ...]:
    gates: tuple[Gate, ...] = ()
    for leg in map(scenario.option, option.legs):
        gates = with_worst(gates, _named(leg, judge(scenario, leg, known)))
    return tuple(_with_own_evidence(scenario, option, g) for g in gates)


def _named(part: Option, gates: Iterable[Gate]) -> Iterator[Gate]:
    return (replace(gate, statement=f"{part.id}: {gate.statement}") for gate in gates)


def _speaks_of(given: Evidence, option: Option) -> bool:
    if given.option is not None:
        return given.option == option.id
    provider = getattr(option, "provider", None)
    return given.provider == provider if given.provider is not None else not isinstance(option, HybridOption)


def _with_own_evidence(scenario: Scenario, option: Option, gate: Gate) -> Gate:
    """The judgement with the user's own document on it, and what public facts say where they differ."""
    given = own_evidence(scenario, option, gate.rule)
    if given is None:
        return gate
    out_of_date = given.valid_until is not None and given.valid_until < scenario.as_of
    if given.date > scenario.as_of or out_of_date:
        why = f"ended on {given.valid_until}" if out_of_date else f"dates from {given.date}, after {scenario.as_of}"
        return replace(gate, statement=f"{gate.statement}; own evidence {why} and does not count")
    return replace(
        gate,
        outcome=given.outcome,
        statement=f"own evidence: {given.statement}",
        source=Source("Evidence in the scenario", locator=given.rule),
        as_of=given.date,
        grade="own",
        remedy="" if given.outcome == "pass" else "another document, or another option",
        own_evidence=True,
        overrides=None if gate.outcome == given.outcome else gate.statement,
    )


def own_evidence(scenario: Scenario, option: Option, rule: str) -> Evidence | None:
    """The user's document on a rule and option: the most particular, then the latest."""
    found = [
        e
        for number, e in enumerate(scenario.evidence)
        if rule in rules_named(e.rule, f"evidence.{number}.rule") and _speaks_of(e, option)
    ]
    return max(found, key=lambda e: (e.option is not None, e.provider is not None, e.date), default=None)


def explanation(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """The smallest set of judgements that explains why an option does not pass; empty where it does.

    Where rules fail, those that need evidence explain nothing; a rule that another failing rule makes pointless is left out.
    """
    open_gates = [g for g in gates if g.outcome != "pass"]
    failing = [g for g in open_gates if g.outcome == "fail"]
    reasons = failing or open_gates
    moot = tuple(prefix for g in failing for prefix in _MOOT.get(g.rule, ()))
    return tuple(g for g in reasons if g.rule in _MOOT or not g.rule.startswith(moot or ("\0",)))


def not_judged(scenario: Scenario) -> tuple[str, ...]:
    """What bears on the choice and is not judged, with what to state so that it is."""
    organization, known = scenario.organization, load_assumptions()
    found = []
    if in_eu(organization, known) and organization.ai_act_use is None:
        found.append("EU AI Act duties (state organization.ai_act_use)")
    if in_eu(organization, known) and is_financial(organization, known) and organization.critical_function is None:
        found.append("DORA exit plan and concentration (state organization.critical_function)")
    found.append("your own contracts (record their clauses as evidence)")
    return tuple(found)


__all__ = ["COUNSEL", "explanation", "feasibility", "judge", "market_of", "not_judged", "own_evidence"]
