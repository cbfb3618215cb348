"""Is an option allowed? Rules with evidence, first cut. Not legal advice.

`pass`, `fail` or `needs_evidence`: an unknown, conflicting or expired fact is never "no" and never "yes".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from calculator.assumptions import Assumptions, Parameter, Row, Source, as_date
from calculator.demand import mean_tokens, month_labels
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, RentedOption, SizedOption
from calculator.prices import retirement
from calculator.quantities import TokenSize, base
from calculator.scenario import Scenario
from calculator.scoring import BENCHMARKS, score_of

Outcome = Literal["pass", "fail", "needs_evidence"]
RANK: dict[str, int] = {"pass": 0, "needs_evidence": 1, "fail": 2}
NOT_JUDGED = (
    "EU AI Act duties",
    "DORA outsourcing duties",
    "private networking",
    "customer-managed keys",
    "IP indemnity",
    "home jurisdiction",
    "security controls",
)


@dataclass(frozen=True)
class Gate:
    """One rule's judgement of one option."""

    rule: str
    title: str
    outcome: Outcome
    statement: str
    fact: str
    source: Source | None
    as_of: str | None
    remedy: str


def feasibility(gates: Sequence[Gate], strict: bool = True) -> str:
    """The worst outcome; by the optimistic reading what needs evidence passes."""
    worst = max((RANK[g.outcome] for g in gates), default=0)
    if worst == 1 and not strict:
        worst = 0
    return next(name for name, rank in RANK.items() if rank == worst)


def judge(scenario: Scenario, option: Option, known: Assumptions) -> tuple[Gate, ...]:
    """Every rule that the scenario calls for, on one option; a hybrid passes only where both legs do."""
    if isinstance(option, HybridOption):
        legs = [scenario.option(option.base), scenario.option(option.overflow)]
        by_rule: dict[str, Gate] = {}
        for leg in legs:
            for gate in judge(scenario, leg, known):
                named = replace(gate, statement=f"{leg.id}: {gate.statement}")
                held = by_rule.get(gate.rule)
                if held is None or RANK[gate.outcome] > RANK[held.outcome]:
                    by_rule[gate.rule] = named
        return tuple(by_rule[r] for r in sorted(by_rule))
    gates = [
        *_data_gates(scenario, option, known),
        *_licence_gates(scenario, option, known),
        *_performance_gates(scenario, option, known),
    ]
    return tuple(_with_own_evidence(scenario, option, g) for g in sorted(gates, key=lambda g: g.rule))


def _with_own_evidence(scenario: Scenario, option: Option, gate: Gate) -> Gate:
    for given in scenario.evidence:
        theirs = given.option == option.id or (
            given.option is None and given.provider in (None, getattr(option, "provider", None))
        )
        if theirs and given.rule == gate.rule:
            return replace(
                gate,
                outcome=given.outcome,
                statement=f"own evidence: {given.statement}",
                source=Source("Evidence in the scenario", locator=given.rule),
                as_of=given.date,
                remedy="",
            )
    return gate


def _gate(rule: str, title: str, outcome: Outcome, statement: str, fact: Parameter | None = None, remedy: str = "") -> Gate:
    return Gate(
        rule,
        title,
        outcome,
        statement,
        "" if fact is None else f"{fact.id} = {', '.join(fact.value) if isinstance(fact.value, tuple) else fact.value}",
        fact.source if fact else None,
        fact.as_of if fact else None,
        remedy,
    )


def _current(fact: Parameter | None, scenario: Scenario) -> str:
    """A fact's text; `unknown` where there is none or it has expired at the scenario's date."""
    if fact is None or fact.age_days(as_date(scenario.as_of)) > fact.valid_days:
        return "unknown"
    return ",".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)


def _provider(option: ApiOption | HostedOption, known: Assumptions) -> Row | None:
    rows = known.rows("providers")
    return rows.get(f"{option.provider}@{option.endpoint}") or rows.get(option.provider)


def _fact(row: Row | None, column: str) -> Parameter | None:
    return row.parameter(column) if row is not None and column in row else None


def _data_gates(scenario: Scenario, option: Option, known: Assumptions) -> list[Gate]:
    data, gates = scenario.data, []
    if data.classification in ("restricted", "air_gapped"):
        own = isinstance(option, OwnedOption) and (data.classification == "restricted" or option.site == "own")
        where = "own servers" if data.classification == "restricted" else "own servers on own premises"
        verb = "stays on" if own else "leaves"
        gates.append(
            _gate(
                "DATA-01",
                "Data classification",
                "pass" if own else "fail",
                f"{data.classification} data {verb} {where}",
                remedy="" if own else f"only {where} may process it",
            )
        )
    if isinstance(option, ApiOption | HostedOption):
        row = _provider(option, known)
        gates += [_training(scenario, option, row), *_retention(scenario, option, row)]
    if data.residency:
        gates.append(_residency(scenario, option, known))
    if data.health_data and isinstance(option, ApiOption | HostedOption):
        fact = _fact(_provider(option, known), "baa")
        held = _current(fact, scenario)
        outcome: Outcome = "pass" if held == "yes" else "fail" if held == "no" else "needs_evidence"
        gates.append(
            _gate(
                "DATA-05",
                "Health data",
                outcome,
                f"business associate agreement: {held}",
                fact,
                "a signed agreement that covers this endpoint",
            )
        )
    if data.certifications:
        gates.append(_certifications(scenario, option, known))
    return gates


def _training(scenario: Scenario, option: ApiOption | HostedOption, row: Row | None) -> Gate:
    fact = _fact(row, "trains_by_default")
    held = _current(fact, scenario)
    title = "Training on prompts"
    if scenario.data.allow_training or held == "no":
        return _gate("DATA-02", title, "pass", f"{option.provider} trains on prompts: {held}", fact)
    if held == "yes":
        return _gate(
            "DATA-02",
            title,
            "fail",
            f"{option.provider} trains on prompts by default",
            fact,
            "a contract that rules training out",
        )
    return _gate(
        "DATA-02",
        title,
        "needs_evidence",
        f"whether {option.provider} trains on prompts is {held}",
        fact,
        f"{option.provider}'s terms or a contract clause on training",
    )


def _retention(scenario: Scenario, option: ApiOption | HostedOption, row: Row | None) -> list[Gate]:
    limit = scenario.data.max_retention_days
    if limit is None:
        return []
    fact, zero = _fact(row, "retention_days"), _fact(row, "zero_retention")
    days, how = _current(fact, scenario), _current(zero, scenario)
    title = "Retention"
    excluded = _fact(row, "zero_retention_excludes")
    barred = excluded is not None and isinstance(excluded.value, tuple) and option.model in excluded.value
    if days.replace(".", "", 1).isdigit() and float(days) <= limit:
        return [
            _gate(
                "DATA-03", title, "pass", f"{option.provider} keeps prompts {days} days, the policy allows {limit:g}", fact
            )
        ]
    if how in ("default", "self_serve") and not barred:
        return [_gate("DATA-03", title, "pass", f"{option.provider} offers zero retention ({how.replace('_', ' ')})", zero)]
    if how == "approval" and not barred:
        return [
            _gate(
                "DATA-03",
                title,
                "needs_evidence",
                f"{option.provider} keeps prompts {days} days; zero retention needs approval",
                zero,
                f"{option.provider}'s approval of zero retention",
            )
        ]
    known_days = days.replace(".", "", 1).isdigit()
    outcome: Outcome = "fail" if known_days and (how == "no" or barred) else "needs_evidence"
    return [
        _gate(
            "DATA-03",
            title,
            outcome,
            f"{option.provider} keeps prompts: {days} days, the policy allows {limit:g}",
            fact,
            "a contract clause on retention",
        )
    ]


def _countries(region: str, known: Assumptions) -> set[str] | None:
    """Countries of a region code; an empty set means anywhere, None an unknown code."""
    rows = known.rows("regions")
    return set(rows[region.lower()].list("countries")) if region.lower() in rows else None


def _residency(scenario: Scenario, option: Option, known: Assumptions) -> Gate:
    title, wanted = "Processing region", scenario.data.residency
    allowed: set[str] = set().union(*(_countries(r, known) or {r} for r in wanted))
    words = " or ".join(wanted)
    if isinstance(option, OwnedOption):
        inside = option.country in allowed
        return _gate(
            "DATA-04",
            title,
            "pass" if inside else "fail",
            f"servers stand in {option.country}, {words} is required",
            remedy="" if inside else f"a site in {words}",
        )
    row: Row | None
    if isinstance(option, RentedOption):
        row = known.rows("gpu_hosts").get(option.provider or "")
        offered = _fact(row, "regions")
    else:
        assert isinstance(option, ApiOption | HostedOption)
        row = _provider(option, known)
        offered = _fact(row, "processing_regions")
    places = _current(offered, scenario).split(",")
    chosen = option.region or (row.text("default_region", None) if row is not None else None)
    if chosen is None:
        return _gate(
            "DATA-04",
            title,
            "needs_evidence",
            f"no region is chosen, {words} is required",
            offered,
            "choose a region for this option",
        )
    covered = _countries(chosen, known)
    if covered is not None and (not covered or not covered <= allowed):
        return _gate(
            "DATA-04", title, "fail", f"processed in {chosen}, {words} is required", offered, f"an endpoint in {words}"
        )
    if covered is None or (
        chosen not in places and "region" not in places and not any(_within(covered, p, known) for p in places)
    ):
        if "unknown" not in places and places != ["global"]:
            return _gate(
                "DATA-04",
                title,
                "needs_evidence",
                f"{chosen} is not among the provider's known regions ({', '.join(places)})",
                offered,
                f"the provider's word that it processes in {chosen}",
            )
        if places == ["global"]:
            return _gate(
                "DATA-04",
                title,
                "fail",
                f"the provider processes globally, {words} is required",
                offered,
                f"an endpoint in {words}",
            )
        return _gate(
            "DATA-04",
            title,
            "needs_evidence",
            f"whether the provider processes in {chosen} is unknown",
            offered,
            f"the provider's word that it processes in {chosen}",
        )
    return _gate("DATA-04", title, "pass", f"processed in {chosen}", offered)


def _within(covered: set[str], place: str, known: Assumptions) -> bool:
    outer = _countries(place, known)
    return bool(outer) and outer is not None and len(outer) == 1 and covered == outer


def _certifications(scenario: Scenario, option: Option, known: Assumptions) -> Gate:
    title, wanted = "Certifications", scenario.data.certifications
    if isinstance(option, OwnedOption):
        return _gate("DATA-07", title, "pass", "own servers: the organization's own certificates apply")
    if isinstance(option, RentedOption):
        row = known.rows("gpu_hosts").get(option.provider or "")
    else:
        assert isinstance(option, ApiOption | HostedOption)
        row = _provider(option, known)
    fact = _fact(row, "certifications")
    held = _current(fact, scenario).split(",")
    missing = [c for c in wanted if c not in held]
    who = getattr(option, "provider", None) or "the market"
    if not missing:
        return _gate("DATA-07", title, "pass", f"{who} holds {', '.join(wanted)}", fact)
    return _gate(
        "DATA-07",
        title,
        "needs_evidence",
        f"{', '.join(missing)} not confirmed for {who}",
        fact,
        f"certificates of {who}: {', '.join(missing)}",
    )


def _licence_gates(scenario: Scenario, option: Option, known: Assumptions) -> list[Gate]:
    weights = option.weights if isinstance(option, SizedOption) else None
    if isinstance(option, HostedOption):
        offer = known.rows("offers").get(f"{option.provider}/{option.model}")
        weights = option.weights or (offer.text("weights", None) if offer is not None else None)
    if weights is None:
        return (
            []
            if isinstance(option, ApiOption)
            else [
                _gate(
                    "LIC-01",
                    "Licence",
                    "needs_evidence",
                    "which weights are served is unknown",
                    remedy="name `weights` for this option",
                )
            ]
        )
    model = known.rows("models").get(weights)
    licence = known.rows("licences").get(model.text("licence", "") if model is not None else weights)
    if licence is None:
        return [
            _gate(
                "LIC-01",
                "Licence",
                "needs_evidence",
                f"no licence facts for {weights}",
                remedy=f"the licence text of {weights}",
            )
        ]
    organization = scenario.organization
    column = "commercial_use" if isinstance(option, HostedOption) else "internal_use"
    fact = _fact(licence, column)
    held = _current(fact, scenario)
    cap = _cap(scenario, licence)
    gates = [cap] if cap else []
    outcome: Outcome = "pass" if held == "yes" else "fail" if held == "no" else "needs_evidence"
    if held == "conditional" and cap is not None and cap.outcome == "pass":
        outcome = "pass"
    more = "" if outcome == "pass" else licence.text("conditions", "read the licence text")
    gates.append(
        _gate("LIC-01", "Licence", outcome, f"{licence.text('name')}: {column.replace('_', ' ')} {held}", fact, more)
    )
    if "monthly_active_user_cap" in licence and organization.monthly_active_users is not None:
        users = licence.parameter("monthly_active_user_cap")
        above = organization.monthly_active_users > users.number
        gates.append(
            _gate(
                "LIC-03",
                "User cap",
                "fail" if above else "pass",
                f"{organization.monthly_active_users:,.0f} users a month, the licence allows {users.number:,.0f}",
                users,
                "a licence from the developer" if above else "",
            )
        )
    if organization.resells_model:
        fact = _fact(licence, "offer_as_service")
        held = _current(fact, scenario)
        outcome = "pass" if held == "yes" else "fail" if held == "no" else "needs_evidence"
        gates.append(
            _gate(
                "LIC-05",
                "Offering the model",
                outcome,
                f"offering the model as a service: {held}",
                fact,
                "a licence from the developer",
            )
        )
    return gates


def _cap(scenario: Scenario, licence: Row) -> Gate | None:
    if "revenue_cap_usd" not in licence:
        return None
    cap, basis = licence.parameter("revenue_cap_usd"), licence.text("revenue_cap_basis")
    period = licence.text("revenue_cap_period")
    revenue, title = scenario.organization.annual_revenue_usd, "Revenue cap"
    if basis == "service" and not scenario.organization.resells_model:
        return _gate("LIC-02", title, "pass", "the cap binds only who offers the model as a service", cap)
    if revenue is None:
        return _gate(
            "LIC-02",
            title,
            "needs_evidence",
            f"a cap of ${cap.number:,.0f} a {period}; revenue is not given",
            cap,
            "state organization.annual_revenue_usd",
        )
    mine = revenue / 12 if period == "month" else revenue
    if mine <= cap.number:
        return _gate("LIC-02", title, "pass", f"${mine:,.0f} a {period}, the cap is ${cap.number:,.0f}", cap)
    if basis == "product":
        return _gate(
            "LIC-02",
            title,
            "needs_evidence",
            f"the cap of ${cap.number:,.0f} a {period} counts revenue of products that use the model",
            cap,
            "revenue of the products that would use it",
        )
    return _gate(
        "LIC-02",
        title,
        "fail",
        f"${mine:,.0f} a {period} exceeds the cap of ${cap.number:,.0f}",
        cap,
        "a licence from the developer",
    )


def _performance_gates(scenario: Scenario, option: Option, known: Assumptions) -> list[Gate]:
    gates = []
    for workload in scenario.workloads:
        floor = workload.quality_floor
        if floor is not None:
            gates.append(_floor(option, floor.benchmark, floor.score, known))
    context = _context(option, known)
    longest = max(_longest(w.input_tokens) + base(mean_tokens(w.output_tokens)) for w in scenario.workloads)
    if context is None:
        gates.append(
            _gate(
                "PERF-02",
                "Context length",
                "needs_evidence",
                "the longest context is unknown",
                remedy="the provider's context limit",
            )
        )
    else:
        fits = longest <= context.number
        gates.append(
            _gate(
                "PERF-02",
                "Context length",
                "pass" if fits else "fail",
                f"requests of {longest:,.0f} tokens, the model takes {context.number:,.0f}",
                context,
                "" if fits else "a model with a longer context",
            )
        )
    if isinstance(option, ApiOption | HostedOption):
        ends = retirement(known, option.provider, option.model)
        last = as_date(month_labels(scenario.start, scenario.horizon_months)[-1])
        if ends is not None and ends.shutdown is not None and ends.shutdown <= last:
            text = f"shuts down on {ends.shutdown}, inside the horizon; successor {ends.successor_model or 'unnamed'}"
            gates.append(Gate("LIFE-01", "Announced shutdown", "pass", text, "", ends.source, None, ""))
    return list({g.rule: g for g in sorted(gates, key=lambda g: RANK[g.outcome])}.values())


def _longest(size: object) -> float:
    if isinstance(size, TokenSize):
        return size.p95 if size.p95 is not None else base(size.mean)
    return base(size)  # type: ignore[arg-type]


def _context(option: Option, known: Assumptions) -> Parameter | None:
    if isinstance(option, SizedOption):
        return _fact(known.rows("models").get(option.weights), "context_tokens")
    assert isinstance(option, ApiOption | HostedOption)
    offer = _fact(known.rows("offers").get(f"{option.provider}/{option.model}"), "context_tokens")
    if offer is None and isinstance(option, HostedOption):
        row = known.rows("offers").get(f"{option.provider}/{option.model}")
        weights = option.weights or (row.text("weights", None) if row is not None else None)
        return _fact(known.rows("models").get(weights or ""), "context_tokens")
    return offer


def _floor(option: Option, benchmark: str, least: float, known: Assumptions) -> Gate:
    title, name = "Quality floor", BENCHMARKS[benchmark]
    quality = score_of(option, benchmark, known)
    remedy = "an independent score at this effort and precision, or your own evaluation"
    if quality is None or quality.score is None:
        return Gate("PERF-01", title, "needs_evidence", f"no independent {name} score", "", None, None, remedy)
    fact = f"{name} {quality.score:g} at {quality.effort} effort"
    text = f"{name} {quality.score:.0f}, the floor is {least:g}"
    if not quality.matches:
        return Gate("PERF-01", title, "needs_evidence", f"{text}; {quality.note}", fact, quality.source, None, remedy)
    outcome: Outcome = "pass" if quality.score >= least else "fail"
    return Gate(
        "PERF-01",
        title,
        outcome,
        text,
        fact,
        quality.source,
        None,
        "" if outcome == "pass" else "a stronger model or a lower floor",
    )
