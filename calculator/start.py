"""A first scenario from five answers; everything else is a default that says so and can be changed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from calculator.assumptions import Assumptions, Row, load_assumptions
from calculator.demand import month_labels
from calculator.errors import InputError, unknown_name
from calculator.quantities import Model, Number, base, within
from calculator.scenario import DataPolicy, Scenario, scenario_data, scenario_from
from calculator.sharing import presets

PREMISES = "on-premises"
"""The example whose options suit data that may not leave the organization's own servers."""
CONFINED = ("restricted", "air_gapped")
EUROPE = ("EU", "EEA")
ASKED = {"countries", "team_country"}
"""What a scenario made from five answers may say of its organization."""
RETENTION_DAYS = 30
"""How long a provider may keep prompts until the firm says otherwise, for every class that is not public or internal."""
LEAD_MONTHS = 2
"""From today to the first month of the horizon."""


class Answers(Model):
    """What the short form asks."""

    use_case: str
    """A row of assumptions/use_cases.yaml."""
    amount: Annotated[Number, within(0, 1e12, open_low=True)]
    """Requests a month, or users."""
    unit: Literal["requests", "users"] = "requests"
    classification: Literal["public", "internal", "confidential", "restricted", "air_gapped"] = "internal"
    residency: tuple[str, ...] = ()
    """Where prompts may be processed; empty means anywhere."""
    today: str | None = None
    """What serves it now, as provider/model of an offer; None where nothing does."""


def use_cases(known: Assumptions) -> dict[str, str]:
    """Ids and titles of the use cases there are."""
    return {key: row.text("title") for key, row in known.rows("use_cases").items()}


def start_scenario(answers: Answers, as_of: date, known: Assumptions | None = None) -> Scenario:
    """The scenario behind the answers, its options taken from a worked example of the same kind.

    Raises InputError for an unknown use case or offer.
    """
    known = known or load_assumptions()
    row = known.row("use_cases", answers.use_case, "use_case")
    confined = answers.classification in CONFINED
    example = presets()[PREMISES if confined else row.text("example")]
    data = scenario_data(example)
    data.update(
        title=row.text("title"),
        as_of=as_of.isoformat(),
        start=month_labels(f"{as_of:%Y-%m}", LEAD_MONTHS + 1)[-1],
        workloads=[_workload(row, answers, data["workloads"][0].get("quality_floor"))],
        organization={"countries": _countries(answers.residency)},
        data=_policy(data.get("data", {}), answers),
        options=[_placed(option, answers.residency, known) for option in data["options"]],
    )
    data.pop("baseline", None)
    data.pop("pins", None)
    if answers.today is not None:
        data["baseline"] = _today(data["options"], answers.today, known)
    return scenario_from(data, "start")


def begun_from(scenario: Scenario, known: Assumptions | None = None) -> Scenario | None:
    """The first scenario behind answers such as this one's; None where it does not look made from five answers.

    A worked example says of its organization what the short form does not ask.
    """
    known = known or load_assumptions()
    name = scenario.workloads[0].name
    told = scenario_data(scenario).get("organization", {})
    if name not in use_cases(known) or scenario.title != use_cases(known)[name] or set(told) - ASKED:
        return None
    runs = next((o for o in scenario.options if o.id == scenario.baseline), None)
    runs_offer = (getattr(runs, "provider", None), getattr(runs, "model", None))
    offers = known.rows("offers").items()
    answers = Answers(
        use_case=name,
        amount=base(scenario.workloads[0].requests_per_month),
        classification=scenario.data.classification,
        residency=scenario.data.residency,
        today=next((key for key, row in offers if (row.text("provider"), row.text("model")) == runs_offer), None),
    )
    return start_scenario(answers, date.fromisoformat(str(scenario.as_of)), known)


def _workload(row: Row, answers: Answers, floor: Any) -> dict[str, Any]:
    per_user = row.parameter("requests_per_user_month")
    if answers.unit == "requests":
        requests: Any = answers.amount
    else:
        low, high = per_user.low or per_user.number, per_user.high or per_user.number
        requests = {"low": answers.amount * low, "base": answers.amount * per_user.number, "high": answers.amount * high}
    workload = {
        "name": row.key,
        "requests_per_month": requests,
        "input_tokens": {"mean": _number_or_range(row, "input_tokens"), "p95": row.number("input_p95_tokens")},
        "output_tokens": _number_or_range(row, "output_tokens"),
        "cacheable_input_share": _number_or_range(row, "cacheable_input_share"),
        "batch_share": row.number("batch_share"),
        "traffic": {"profile": row.text("profile")},
        "slo": {"ttft_ms": row.number("ttft_ms"), "tpot_ms": row.number("tpot_ms")},
    }
    return workload if floor is None else {**workload, "quality_floor": floor}


def _number_or_range(row: Row, column: str) -> Any:
    cell = row.parameter(column)
    if cell.low is None or cell.high is None:
        return cell.number
    return {"low": cell.low, "base": cell.number, "high": cell.high}


def _policy(given: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """The rules that the answers call for; those of the example that they do not speak of are dropped."""
    policy: dict[str, Any] = {"classification": answers.classification, "residency": list(answers.residency)}
    if answers.classification not in ("public", "internal"):
        policy["max_retention_days"] = RETENTION_DAYS
        policy["certifications"] = given.get("certifications", [])
    return DataPolicy.model_validate(policy).model_dump(mode="json", exclude_defaults=True)


def _countries(residency: tuple[str, ...]) -> list[str]:
    named = [place for place in residency if len(place) == 2 and place not in EUROPE]
    return named or (["DE"] if set(residency) & set(EUROPE) else [])


def _placed(option: dict[str, Any], residency: tuple[str, ...], known: Assumptions) -> dict[str, Any]:
    """The option in a region that the answers allow, where it has a choice; a gate says so where it has none."""
    placed = dict(option)
    named = _countries(residency)
    region = "eu" if set(residency) & set(EUROPE) else named[0].lower() if named else None
    if option["route"] in ("api", "hosted"):
        placed.pop("region", None)
        if region is not None:
            placed["region"] = region
    elif option["route"] == "rented":
        host = known.rows("gpu_hosts").get(option.get("provider", ""))
        offered = host.list("regions") if host is not None else ()
        if region is not None:
            placed["region"] = region
        elif "us" in offered:
            placed["region"] = "us"
    elif option["route"] == "owned":
        placed["country"] = named[0] if named else "US"
    return placed


def _today(options: list[dict[str, Any]], today: str, known: Assumptions) -> str:
    """Id of the option that runs today, added where the example has none."""
    offers = known.rows("offers")
    if today not in offers:
        raise unknown_name("today", "offer", today, offers)
    provider, model = offers[today].text("provider"), offers[today].text("model")
    for option in options:
        if (option.get("provider"), option.get("model")) == (provider, model):
            return str(option["id"])
    if any(option["id"] == "today" for option in options):
        raise InputError("today: the example has an option of that name already")
    route = "api" if offers[today].text("openness") == "proprietary" else "hosted"
    options.insert(0, {"id": "today", "route": route, "provider": provider, "model": model})
    return "today"
