"""Rules about data: who may process it, train on it, keep it, and where."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.assumptions import Assumptions
from calculator.governance.facts import Fact
from calculator.governance.gate import Gate, ruling
from calculator.governance.subject import Subject
from calculator.options import ApiOption, HostedOption, OwnedOption
from calculator.places import countries
from calculator.wording import written


def data_gates(subject: Subject) -> Iterator[Gate]:
    """Every rule about data that the scenario calls for."""
    data = subject.scenario.data
    if data.classification in ("restricted", "air_gapped"):
        yield _classification(subject)
    if subject.sees_prompts and not data.allow_training:
        yield _training(subject)
    if subject.sees_prompts and data.max_retention_days is not None:
        yield _retention(subject, data.max_retention_days)
    if data.residency:
        yield _region(subject)


def _classification(subject: Subject) -> Gate:
    kind, option = subject.scenario.data.classification, subject.option
    own = isinstance(option, OwnedOption) and (kind == "restricted" or option.site == "own")
    where = "own servers" if kind == "restricted" else "own servers on own premises"
    said = f"{kind.replace('_', '-')} data {'stay on' if own else 'would leave'} {where}"
    return ruling("DATA-01", "pass" if own else "fail", said, remedy=f"only {where} may process such data")


def _zero_retention_on(subject: Subject) -> bool:
    option = subject.option
    return isinstance(option, ApiOption | HostedOption) and (
        option.zero_retention or subject.of_operator("zero_retention").text == "default"
    )


def _training(subject: Subject) -> Gate:
    who, known = subject.operator_name, subject.of_operator("trains_by_default")
    if known.text == "no":
        return ruling("DATA-02", "pass", f"{who} does not train on prompts by default", known)
    if known.text == "yes":
        return ruling(
            "DATA-02", "fail", f"{who} may train on prompts by default", known, "a contract that rules training out"
        )
    off = subject.of_operator("training_off_with_zero_retention").text == "yes" and _zero_retention_on(subject)
    if known.text == "conditional" and off:
        return ruling("DATA-02", "pass", f"{who} does not use prompts while zero retention is on", known)
    said = "depends on settings" if known.text == "conditional" else f"is {known.why_open}"
    return ruling(
        "DATA-02",
        "needs_evidence",
        f"whether {who} trains on prompts {said}",
        known,
        f"{who}'s terms or a contract clause on training",
    )


def retained_days(known: Fact) -> tuple[float, float] | None:
    """Shortest and longest time that prompts are kept, from a cell such as `30` or `0-30`; None where not known."""
    if not known.known:
        return None
    parts = known.text.split("-")
    return float(parts[0]), float(parts[-1])


def _kept(days: str) -> str:
    return "keeps no prompts by default" if days == "0" else f"keeps prompts {days} days"


def _listed(model: str, prefixes: Fact) -> bool:
    plain = model.lower().rsplit("/", 1)[-1].replace(".", "-").replace("_", "-")
    return any(plain.startswith(p.replace(".", "-")) for p in prefixes.texts)


def _retention(subject: Subject, limit: float) -> Gate:
    option, who = subject.option, subject.operator_name
    assert isinstance(option, ApiOption | HostedOption)
    by_default, offered = subject.of_operator("retention_days"), subject.of_operator("zero_retention")
    days, flagged = retained_days(by_default), subject.of_operator("flagged_retention_days").number
    except_for = f"; flagged or failing requests may be kept {written(flagged, 'g')} days" if flagged else ""
    allowed = f"the policy allows {written(limit, 'g')}"
    excluded = subject.of_operator("zero_retention_excludes")
    if _listed(option.model, excluded):
        kept = subject.of_operator("excluded_retention_days").number
        held = 30.0 if kept is None else kept
        if held <= limit:
            return ruling(
                "DATA-03", "pass", f"{who} keeps prompts to {option.model} {written(held, 'g')} days, {allowed}", excluded
            )
        return ruling(
            "DATA-03",
            "fail",
            f"{who} keeps prompts to {option.model} {written(held, 'g')} days "
            f"whatever is agreed on zero retention, {allowed}",
            excluded,
            f"the developer's express exemption for {option.model}, or another model",
        )
    if _zero_retention_on(subject):
        how = "by default" if offered.text == "default" else "as this option says"
        return ruling("DATA-03", "pass", f"{who} keeps no prompts, {how}{except_for}", offered)
    if days is not None and days[1] <= limit and (flagged or 0) <= limit:
        return ruling("DATA-03", "pass", f"{who} {_kept(by_default.text)}, {allowed}", by_default)
    if days is not None and days[0] > limit and offered.text == "no":
        return ruling(
            "DATA-03",
            "fail",
            f"{who} {_kept(by_default.text)}, {allowed}",
            by_default,
            "a shorter retention by contract",
        )
    said = _kept(by_default.text) if days is not None else f"keeps prompts for a time that is {by_default.why_open}"
    way = {
        "self_serve": ("zero retention is a setting", "set `zero_retention: true` on the option once it is switched on"),
        "approval": ("zero retention needs the provider's approval", f"{who}'s approval of zero retention"),
    }.get(offered.text, ("", f"a contract clause of {who} on retention"))
    return ruling(
        "DATA-03",
        "needs_evidence",
        f"{who} {said}{except_for}, {allowed}" + (f"; {way[0]}" if way[0] else ""),
        by_default if by_default.parameter is not None else offered,
        way[1],
    )


def _region(subject: Subject) -> Gate:
    wanted, known = subject.scenario.data.residency, subject.known
    required = frozenset().union(*(countries(r, known) or {r} for r in wanted))
    words = " or ".join(wanted)
    option, who = subject.option, subject.operator_name
    if isinstance(option, OwnedOption):
        inside = option.country in required
        said = f"servers stand in {option.country}, {words} is required"
        return ruling("DATA-04", "pass" if inside else "fail", said, remedy=f"a site in {words}")
    offered = subject.of_operator("processing_regions" if subject.sees_prompts else "regions")
    anywhere = (getattr(option, "endpoint", None) or "").lower().startswith("global")
    if offered.texts == ("global",) or anywhere:
        return ruling(
            "DATA-04", "fail", f"{who} processes anywhere, {words} is required", offered, f"an endpoint in {words}"
        )
    default = subject.operator.text("default_region", None) if subject.operator is not None else None
    chosen = option.region or default
    if chosen is None:
        return ruling(
            "DATA-04", "needs_evidence", f"no region is chosen, {words} is required", offered, "a `region` for this option"
        )
    covered = countries(chosen, known)
    if (covered is not None and not covered <= required) or covered == frozenset():
        return _too_wide(words, who, chosen, bool((covered or frozenset()) & required), offered)
    if covered is not None and any(_serves(place, covered, required, known) for place in offered.texts):
        return ruling("DATA-04", "pass", f"{who} processes in {chosen}", offered)
    complete = subject.of_operator("regions_complete").text == "yes"
    if covered is not None and offered.known and complete:
        return ruling(
            "DATA-04",
            "fail",
            f"{who} processes in {offered.text} only, {words} is required",
            offered,
            f"an endpoint in {words}",
        )
    where = f"{chosen} is not among its known regions ({offered.text})" if offered.known else offered.why_open
    return ruling(
        "DATA-04",
        "needs_evidence",
        f"whether {who} processes in {chosen}: {where}",
        offered,
        f"{who}'s word that it processes in {chosen}",
    )


def _too_wide(words: str, who: str, chosen: str, overlaps: bool, offered: Fact) -> Gate:
    """A region that reaches beyond what is allowed; a wide name for a narrow endpoint leaves the question open."""
    if overlaps and "region" in offered.texts:
        return ruling(
            "DATA-04",
            "needs_evidence",
            f"{who} processes in the region it is deployed in; {chosen} is wider than {words}",
            offered,
            f"the provider's own region in {words} as `region`",
        )
    return ruling("DATA-04", "fail", f"{who} processes in {chosen}, {words} is required", offered, f"an endpoint in {words}")


def _serves(place: str, covered: frozenset[str], required: frozenset[str], known: Assumptions) -> bool:
    """Whether a place that the operator offers keeps requests for the chosen countries inside the required ones."""
    if place == "region":
        return True
    there = countries(place, known)
    return bool(there) and there is not None and bool(there & covered) and there <= required
