"""Rules about who runs the machines and who made the model: jurisdiction, contracts, keys, networks, certificates."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.governance.facts import Fact, fact
from calculator.governance.gate import Gate, Outcome, demanded, ruling
from calculator.governance.subject import Subject
from calculator.options import OwnedOption

FEDRAMP_LEVELS = ("low", "moderate", "high")


def provider_gates(subject: Subject) -> Iterator[Gate]:
    """Every rule about operator and developer that the scenario calls for."""
    data = subject.scenario.data
    if data.excluded_jurisdictions or data.allowed_jurisdictions:
        yield _jurisdiction(subject)
    if data.excluded_developers or data.excluded_origins:
        yield _developer(subject)
    if data.allowed_providers:
        yield _approved(subject)
    if data.health_data:
        yield _of_operator(
            subject,
            "DATA-05",
            "baa",
            what="business associate agreement for health data",
            remedy="a signed agreement that covers this endpoint",
            own="no business associate is involved",
        )
    if data.customer_managed_keys:
        yield _of_operator(
            subject,
            "DATA-06.keys",
            "customer_managed_keys",
            what="keys that the customer manages",
            remedy="the provider's key-management terms for this endpoint",
            own="the organization holds its keys",
        )
    if data.private_networking:
        yield _of_operator(
            subject,
            "DATA-06.network",
            "private_networking",
            what="reachable without the public internet",
            remedy="a private connection to this endpoint",
            own="the organization runs the network",
        )
    if data.fedramp is not None:
        yield _fedramp(subject, data.fedramp)
    if data.certifications:
        yield _certifications(subject)
    if data.subprocessor_list:
        yield _of_operator(
            subject,
            "DATA-08",
            "subprocessor_list",
            what="public list of subprocessors",
            remedy="the provider's list of subprocessors",
            own="no subprocessor is involved",
        )
    if data.ip_indemnity:
        yield _indemnity(subject)


def _own(rule: str, why: str) -> Gate:
    return ruling(rule, "pass", f"own servers: {why}")


def _of_operator(subject: Subject, rule: str, column: str, *, what: str, remedy: str, own: str) -> Gate:
    """A property that the operator must have; `own` says why own servers have it."""
    if isinstance(subject.option, OwnedOption):
        return _own(rule, own)
    return demanded(rule, subject.operator_name, what, subject.of_operator(column), remedy)


def _home(subject: Subject) -> Fact:
    return subject.of_operator("home_country")


def _jurisdiction(subject: Subject) -> Gate:
    data, who = subject.scenario.data, subject.operator_name
    if isinstance(subject.option, OwnedOption):
        return _own("ORIG-01", "the organization's own law applies")
    home = _home(subject)
    remedy = "an operator whose home is elsewhere"
    if not home.known:
        return ruling("ORIG-01", "needs_evidence", f"home of {who}: {home.why_open}", home, f"where {who} is incorporated")
    barred = home.text in data.excluded_jurisdictions or (
        bool(data.allowed_jurisdictions) and home.text not in data.allowed_jurisdictions
    )
    said = f"{who} is at home in {home.text}" + (", which the policy does not allow" if barred else "")
    return ruling("ORIG-01", "fail" if barred else "pass", said, home, remedy)


def _developer(subject: Subject) -> Gate:
    data, maker = subject.scenario.data, subject.developer
    model = subject.weights or getattr(subject.option, "model", "the model")
    if maker is None:
        return ruling("ORIG-02", "needs_evidence", f"who developed {model} is not known", remedy=f"the developer of {model}")
    home = fact(maker, "country", subject.on)
    name = maker.text("name")
    names = {maker.key.lower(), name.lower()}
    named = [d for d in data.excluded_developers if d.lower() in names]
    if named or (home.known and home.text in data.excluded_origins):
        return ruling(
            "ORIG-02",
            "fail",
            f"{model} comes from {name} ({home.text or 'home not known'}), which the policy excludes",
            home,
            "a model of another origin",
        )
    if data.excluded_origins and not home.known:
        return ruling("ORIG-02", "needs_evidence", f"home of {name}: {home.why_open}", home, f"where {name} is at home")
    return ruling("ORIG-02", "pass", f"{model} comes from {name} ({home.text or 'home not asked'})", home)


def _approved(subject: Subject) -> Gate:
    if isinstance(subject.option, OwnedOption):
        return _own("ORIG-03", "no provider is involved")
    allowed = {p.lower() for p in subject.scenario.data.allowed_providers}
    row = subject.operator
    names = {str(getattr(subject.option, "provider", "")).lower()}
    if row is not None:
        names |= {row.key.lower(), row.key.split("@")[0], row.text("name").lower(), *row.list("aliases")}
    if names & allowed:
        return ruling("ORIG-03", "pass", f"{subject.operator_name} is an approved provider")
    if getattr(subject.option, "provider", None) is None:
        return ruling("ORIG-03", "needs_evidence", "no provider is chosen", remedy="a `provider` for this option")
    return ruling(
        "ORIG-03", "fail", f"{subject.operator_name} is not an approved provider", remedy="approval of this provider"
    )


def _fedramp(subject: Subject, level: str) -> Gate:
    if isinstance(subject.option, OwnedOption):
        return ruling(
            "DATA-06.fedramp",
            "needs_evidence",
            "own servers: FedRAMP is for cloud services; an agency's own authorization applies",
            remedy="an authorization to operate for own servers",
        )
    known = subject.of_operator("fedramp")
    who, held = subject.operator_name, known.text.removeprefix("20x-")
    remedy = f"an authorization at {level} that covers this endpoint"
    if held in FEDRAMP_LEVELS:
        enough = FEDRAMP_LEVELS.index(held) >= FEDRAMP_LEVELS.index(level)
        said = f"{who} is authorized at FedRAMP {known.text}, {level} is required"
        return ruling("DATA-06.fedramp", "pass" if enough else "fail", said, known, remedy)
    outcome: Outcome = "fail" if held == "no" else "needs_evidence"
    said = f"{who}: FedRAMP authorization: {known.text or known.why_open}"
    return ruling("DATA-06.fedramp", outcome, said, known, remedy)


def _certifications(subject: Subject) -> Gate:
    wanted, who = subject.scenario.data.certifications, subject.operator_name
    if isinstance(subject.option, OwnedOption):
        return _own("DATA-07", "the organization's own certificates apply")
    known, lacking = subject.of_operator("certifications"), subject.of_operator("no_certifications")
    held = {_certificate(c) for c in known.texts}
    missing = [c for c in wanted if _certificate(c) not in held]
    refused = [c for c in missing if _certificate(c) in {_certificate(x) for x in lacking.texts}]
    if not missing:
        return ruling("DATA-07", "pass", f"{who} holds {', '.join(wanted)}", known)
    if refused:
        return ruling("DATA-07", "fail", f"{who} does not hold {', '.join(refused)}", lacking, "another operator")
    why = "" if known.known or known.state == "unknown" else f" ({known.why_open})"
    return ruling(
        "DATA-07",
        "needs_evidence",
        f"{', '.join(missing)} not confirmed for {who}{why}",
        known,
        f"{who}'s certificates: {', '.join(missing)}",
    )


def _certificate(name: str) -> str:
    """`SOC 2 Type II`, `soc2` and `ISO/IEC 27001:2022` by one spelling."""
    plain = "".join(c for c in name.lower().split(":")[0] if c.isalnum()).replace("isoiec", "iso")
    return "soc2" if plain.startswith("soc2") else plain


def _indemnity(subject: Subject) -> Gate:
    who = subject.operator_name
    if subject.sees_prompts:
        return demanded(
            "DATA-09",
            who,
            "indemnity against claims over intellectual property",
            subject.of_operator("ip_indemnity"),
            "an indemnity clause in the contract",
        )
    return ruling(
        "DATA-09",
        "fail",
        "nobody indemnifies for open weights that are run on chosen machines",
        subject.of_licence("name"),
        "an indemnity from the developer or an insurer",
    )
