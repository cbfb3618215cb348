"""Duties by law that bear on the choice: the EU AI Act, DORA for EU financial firms, and announced shutdowns."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.assumptions import Assumptions, as_date
from calculator.demand import month_labels
from calculator.governance.facts import Fact, fact
from calculator.governance.gate import Gate, ruling
from calculator.governance.subject import Subject
from calculator.options import ApiOption, HostedOption, OwnedOption
from calculator.places import countries
from calculator.retirements import retirement
from calculator.scenario import Organization


def law_gates(subject: Subject) -> Iterator[Gate]:
    """Every rule of law that the organization calls for, and announced shutdowns within the horizon."""
    organization = subject.scenario.organization
    if organization.ai_act_use is not None and in_eu(organization, subject.known):
        yield _ai_act(subject, organization.ai_act_use)
    financial = is_financial(organization, subject.known) and in_eu(organization, subject.known)
    if organization.critical_function and financial:
        yield _exit_plan(subject)
        yield _concentration(subject)
    shutdown = _shutdown(subject)
    if shutdown is not None:
        yield shutdown


def in_eu(organization: Organization, known: Assumptions) -> bool:
    """Whether an establishment lies in the EU."""
    return bool(set(organization.countries) & (countries("EU", known) or frozenset()))


def is_financial(organization: Organization, known: Assumptions) -> bool:
    """Whether the organization's sector is one that DORA names."""
    sector = (organization.sector or "").lower()
    return any(word in sector for word in known.rows("laws")["dora"].list("sectors"))


def _law(subject: Subject, law: str) -> Fact:
    return fact(subject.known.rows("laws")[law], "applies_from", subject.on)


def _last_day(subject: Subject) -> str:
    return f"{month_labels(subject.scenario.start, subject.scenario.horizon_months)[-1]}-28"


def _ai_act(subject: Subject, use: str) -> Gate:
    row = subject.known.rows("laws")[f"ai_act_{use}"]
    since, duty = _law(subject, f"ai_act_{use}"), row.text("duty")
    if use == "minimal":
        return ruling("REG-01", "pass", f"EU AI Act: {duty}", since)
    if not since.known:
        return ruling(
            "REG-01", "needs_evidence", f"EU AI Act: date of application: {since.why_open}", since, "the date in force"
        )
    if as_date(since.text) > as_date(_last_day(subject)):
        return ruling("REG-01", "pass", f"EU AI Act: {duty} from {since.text}, after the horizon", since)
    said = f"EU AI Act, {use.replace('_', ' ')}: {duty}, from {since.text}"
    if use == "prohibited":
        return ruling("REG-01", "fail", said, since, "another purpose: no provider or contract cures it")
    if use == "transparency":
        return ruling("REG-01", "pass", f"{said}; the organization's own duty on every option", since)
    return ruling(
        "REG-01",
        "needs_evidence",
        said,
        since,
        "the provider's instructions and documentation, own logs, human oversight and conformity, confirmed by counsel",
    )


def _exit_plan(subject: Subject) -> Gate:
    plan, since = subject.scenario.organization.exit_plan, _law(subject, "dora")
    if isinstance(subject.option, OwnedOption):
        return ruling("REG-02", "pass", "own servers: no model service is outsourced", since)
    who = subject.operator_name
    if not since.known:
        return ruling("REG-02", "needs_evidence", f"DORA: date of application: {since.why_open}", since, "the law in force")
    if plan is None:
        return ruling(
            "REG-02",
            "needs_evidence",
            f"DORA asks for a tested exit plan from {who} for a critical function; whether there is one is not stated",
            since,
            "organization.exit_plan, and the plan itself",
        )
    said = f"an exit plan from {who} is {'stated' if plan else 'missing'}; DORA asks for one for a critical function"
    return ruling("REG-02", "pass" if plan else "fail", said, since, "a documented and tested exit plan")


def _concentration(subject: Subject) -> Gate:
    since, who = _law(subject, "dora"), subject.operator_name
    provider = getattr(subject.option, "provider", None)
    if isinstance(subject.option, OwnedOption):
        return ruling("REG-03", "pass", "own servers: no concentration on a provider", since)
    if provider is None:
        return ruling(
            "REG-03", "needs_evidence", "no provider is chosen, so concentration cannot be judged", since, "a `provider`"
        )
    loaded = {p.lower() for p in subject.scenario.organization.critical_providers}
    if provider.lower() in loaded or who.lower() in loaded:
        return ruling(
            "REG-03",
            "needs_evidence",
            f"{who} already carries critical functions; DORA asks for an assessment of concentration before adding one",
            since,
            "the assessment of concentration risk",
        )
    return ruling("REG-03", "pass", f"{who} carries no other critical function that is stated", since)


def _shutdown(subject: Subject) -> Gate | None:
    option = subject.option
    if not isinstance(option, ApiOption | HostedOption):
        return None
    ends = retirement(subject.known, option.provider, option.model, option.endpoint)
    if ends is None or ends.shutdown is None or ends.shutdown > as_date(_last_day(subject)):
        return None
    successor = ends.successor_model
    if ends.shutdown <= as_date(subject.scenario.start):
        said = f"{option.model} shuts down on {ends.shutdown}, before the horizon begins"
        return Gate("LIFE-01", "fail", said, source=ends.source, remedy=f"its successor {successor or 'is not named'}")
    said = f"{option.model} shuts down on {ends.shutdown}, inside the horizon"
    if successor is None:
        said += "; no successor is named"
        return Gate("LIFE-01", "needs_evidence", said, source=ends.source, remedy="what to move to, and its price")
    return Gate("LIFE-01", "pass", f"{said}; the move to {successor} and its price are in the cost", source=ends.source)
