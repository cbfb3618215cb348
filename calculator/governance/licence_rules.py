"""Rules of a model version's licence, tested at every month of the horizon."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from calculator.demand import month_labels
from calculator.governance.facts import Fact, fact
from calculator.governance.gate import Gate, Outcome, ruling
from calculator.governance.subject import Subject
from calculator.options import HostedOption
from calculator.places import countries
from calculator.wording import dollars, whole

BLOCKS = {"EU": "the EU", "EEA": "the EEA", "GB": "the United Kingdom", "KR": "South Korea", "US": "the United States"}


def licence_gates(subject: Subject) -> Iterator[Gate]:
    """Every licence rule that the option's weights and the scenario call for."""
    if subject.weights is None:
        if isinstance(subject.option, HostedOption):
            yield ruling(
                "LIC-01", "needs_evidence", "which weights are served is not known", remedy="`weights` for this option"
            )
        return
    if subject.licence is None:
        yield ruling(
            "LIC-01",
            "needs_evidence",
            f"no licence facts for {subject.weights}",
            remedy=f"the licence text of {subject.weights}",
        )
        return
    if _served_by_developer(subject):
        yield ruling(
            "LIC-01", "pass", f"{subject.operator_name} serves its own model: its terms of service apply, not the licence"
        )
        return
    organization = subject.scenario.organization
    yield _use(subject)
    if "revenue_cap_usd" in subject.licence:
        yield _revenue_cap(subject)
    if "monthly_active_user_cap" in subject.licence and not subject.sees_prompts:
        yield _user_cap(subject)
    if "territory_exclusion" in subject.licence:
        yield _territory(subject)
    if organization.resells_model:
        yield _permission(subject, "LIC-05", "offer_as_service", "offering the model to others as a service")
    if subject.option.fine_tuning is not None:
        yield _permission(subject, "LIC-06", "fine_tune", "fine-tuning")
    if organization.redistributes_weights:
        yield _permission(subject, "LIC-07", "redistribute", "passing the weights on")


def _served_by_developer(subject: Subject) -> bool:
    if not isinstance(subject.option, HostedOption) or subject.developer is None:
        return False
    own = subject.developer.list("providers")
    return subject.option.provider in own or (subject.operator is not None and subject.operator.key.split("@")[0] in own)


def _named(subject: Subject) -> str:
    assert subject.licence is not None
    return f"{subject.weights} under {subject.licence.text('name')}"


def _conditions(subject: Subject) -> str:
    assert subject.licence is not None
    return subject.licence.text("conditions", "the licence text, read by counsel")


def _use(subject: Subject) -> Gate:
    hosted = subject.sees_prompts
    known = subject.of_licence("commercial_use" if hosted else "internal_use")
    use = "commercial use" if hosted else "use inside the organization"
    duty = subject.of_licence("duty").text
    if known.text == "yes" or (known.text == "conditional" and _has_rule_for_condition(subject)):
        on = "" if known.text == "yes" else " on the conditions judged beside"
        return ruling("LIC-01", "pass", f"{_named(subject)}: {use} is allowed{on}" + (f"; {duty}" if duty else ""), known)
    if known.text == "no" and hosted:
        return ruling(
            "LIC-01",
            "needs_evidence",
            f"{_named(subject)}: {use} is not allowed; an agreement of {subject.operator_name} is not known",
            known,
            f"{subject.operator_name}'s authorization by the developer, covering its customers",
        )
    if known.text == "no":
        return ruling(
            "LIC-01", "fail", f"{_named(subject)}: {use} is not allowed", known, "a commercial licence from the developer"
        )
    said = "depends on conditions" if known.text == "conditional" else known.why_open
    return ruling("LIC-01", "needs_evidence", f"{_named(subject)}: {use}: {said}", known, _conditions(subject))


def _has_rule_for_condition(subject: Subject) -> bool:
    licence = subject.licence
    return licence is not None and any(c in licence for c in ("revenue_cap_usd", "territory_exclusion"))


def _permission(subject: Subject, rule: str, column: str, what: str) -> Gate:
    known = subject.of_licence(column)
    if known.text == "yes":
        return ruling(rule, "pass", f"{_named(subject)}: {what} is allowed", known)
    if known.text == "no":
        return ruling(rule, "fail", f"{_named(subject)}: {what} is not allowed", known, "a licence from the developer")
    if known.text == "conditional" and _has_rule_for_condition(subject):
        return ruling(rule, "pass", f"{_named(subject)}: {what} is allowed on the conditions judged beside", known)
    said = "needs a separate agreement" if known.text == "conditional" else known.why_open
    return ruling(rule, "needs_evidence", f"{_named(subject)}: {what}: {said}", known, "a licence from the developer")


def crossing(today: float, annual_growth: float, cap: float, months: int) -> int | None:
    """First month after today (0 = today) in which a growing figure exceeds a cap; None where it never does."""
    return next((m for m in range(months + 1) if today * (1 + annual_growth) ** (m / 12) > cap), None)


def _months_ahead(subject: Subject) -> int:
    """Months from the scenario's date to the end of the horizon."""
    year, month = map(int, subject.scenario.start.split("-"))
    return (year - subject.on.year) * 12 + month - subject.on.month + subject.scenario.horizon_months


def _month(subject: Subject, ahead: int) -> str:
    return month_labels(subject.scenario.as_of[:7], ahead + 1)[ahead]


def _against_cap(
    subject: Subject, rule: str, today: float, per: str, what: str, cap: Fact, said: Callable[[float], str]
) -> Gate:
    """A figure that grows with the organization against a cap, over the horizon."""
    growth, limit = subject.scenario.organization.annual_growth, cap.parameter.number if cap.parameter else 0.0
    when = crossing(today, growth, limit, _months_ahead(subject))
    figure = f"{said(today)} {per} {what}, the cap of {_named(subject)} is {said(limit)}"
    if when is None:
        room = (limit / today) ** (12 / max(1, _months_ahead(subject))) - 1 if today > 0 else 9.9
        hint = f"; growth of {room:.0%} a year would cross it within the horizon" if growth == 0 and room < 0.5 else ""
        return ruling(rule, "pass", figure + hint, cap)
    since = "" if when == 0 else f", crossed in {_month(subject, when)} at {growth:.0%} growth a year"
    return ruling(rule, "fail", figure + since, cap, "a licence from the developer")


def _revenue_cap(subject: Subject) -> Gate:
    assert subject.licence is not None
    organization, cap = subject.scenario.organization, subject.of_licence("revenue_cap_usd")
    basis, period = subject.licence.text("revenue_cap_basis"), subject.licence.text("revenue_cap_period")
    divisor, per = (12, "a month") if period == "month" else (1, "a year")
    if basis == "service" and not organization.resells_model:
        return ruling("LIC-02", "pass", f"{_named(subject)}: the cap binds only who offers the model as a service", cap)
    reach = fact(subject.licence, "cap_binds_hosted", subject.on).text if subject.sees_prompts else "yes"
    if reach == "no":
        return ruling("LIC-02", "pass", f"{_named(subject)}: the cap binds the host, not its customers", cap)
    if not cap.known:
        return ruling("LIC-02", "needs_evidence", f"{_named(subject)}: cap: {cap.why_open}", cap, "the licence text")
    revenue, whose = organization.annual_revenue_usd, "of group revenue"
    if basis == "product":
        judged = _product_revenue(subject, cap, divisor, per)
        if isinstance(judged, Gate):
            return judged
        revenue, whose = judged, "of revenue of the products that use it"
    if revenue is None:
        return ruling(
            "LIC-02",
            "needs_evidence",
            f"{_named(subject)}: a cap on revenue, and revenue is not given",
            cap,
            "organization.annual_revenue_usd",
        )
    gate = _against_cap(subject, "LIC-02", revenue / divisor, per, whose, cap, dollars)
    if gate.outcome == "fail" and reach != "yes":
        return ruling(
            "LIC-02",
            "needs_evidence",
            f"{gate.statement}; whether it binds a host's customers is not clear",
            cap,
            gate.remedy,
        )
    return gate


def _product_revenue(subject: Subject, cap: Fact, divisor: int, per: str) -> Gate | float:
    """Revenue that a cap on products counts; a group below the cap has no product above it."""
    organization = subject.scenario.organization
    if organization.product_revenue_usd is not None:
        return organization.product_revenue_usd
    group = organization.annual_revenue_usd
    if group is not None:
        gate = _against_cap(subject, "LIC-02", group / divisor, per, "of group revenue bounds its products", cap, dollars)
        if gate.outcome == "pass":
            return gate
    return ruling(
        "LIC-02",
        "needs_evidence",
        f"{_named(subject)}: the cap counts revenue of the products that use it, which is not given",
        cap,
        "organization.product_revenue_usd",
    )


def _user_cap(subject: Subject) -> Gate:
    assert subject.licence is not None
    cap, users = subject.of_licence("monthly_active_user_cap"), subject.scenario.organization.monthly_active_users
    if users is None or not cap.known:
        said = "users a month are not given" if cap.known else cap.why_open
        return ruling(
            "LIC-03",
            "needs_evidence",
            f"{_named(subject)}: a cap on monthly active users, and {said}",
            cap,
            "organization.monthly_active_users",
        )
    if subject.licence.text("user_cap_measured", "running") == "release":
        above = users > (cap.parameter.number if cap.parameter else 0.0)
        said = (
            f"{whole(users)} users a month today stand for those at the model's release, when {_named(subject)} counts them"
        )
        return ruling("LIC-03", "fail" if above else "pass", said, cap, "a licence from the developer")
    return _against_cap(subject, "LIC-03", users, "users", "a month", cap, whole)


def _territory(subject: Subject) -> Gate:
    assert subject.licence is not None
    organization, known = subject.scenario.organization, subject.of_licence("territory_exclusion")
    if not known.known:
        return ruling("LIC-04", "needs_evidence", f"{_named(subject)}: {known.why_open}", known, "the licence text")
    excluded = frozenset().union(*(countries(t, subject.known) or {t} for t in known.texts))
    by_seat = subject.licence.text("territory_basis", "use") == "headquarters"
    places = organization.countries
    if by_seat and organization.headquarters is not None:
        places = (organization.headquarters,)
    inside = [c for c in places if c in excluded]
    words = ", ".join(BLOCKS.get(t, t) for t in known.texts)
    who = "organizations seated in" if by_seat else "use in"
    said = f"{_named(subject)} grants no rights for {who} {words}"
    if not places:
        return ruling(
            "LIC-04", "needs_evidence", f"{said}; where the organization sits is not given", known, "organization.countries"
        )
    if not inside:
        return ruling("LIC-04", "pass", f"{said}; the organization is elsewhere", known)
    outcome: Outcome = "fail"
    if len(inside) < len(places):
        outcome, said = "needs_evidence", f"{said}; some establishments are there"
    elif subject.sees_prompts:
        outcome, said = "needs_evidence", f"{said}; whether a host's customers are exempt end users is for counsel"
    return ruling("LIC-04", outcome, said, known, "counsel's reading of the clause, or a model without it")
