"""What the user decides: the scenario file, its schema, reading and writing it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from calculator.errors import InputError, clip, nearest_names
from calculator.options import HybridOption, Option, SizedOption
from calculator.quantities import Model, Number, Range, Share, TokenSize, Uncertain, base, within
from calculator.yaml12 import MAX_BYTES, read_yaml, write_yaml

SCHEMA_VERSION = 1
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Region = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,19}$")]
Text = Annotated[str, Field(max_length=500)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


def _iso_date(text: Any) -> Any:
    if isinstance(text, str):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"must be a date such as 2026-11-23, got {clip(text)!r}") from None
    return text


IsoDate = Annotated[str, BeforeValidator(_iso_date)]


class Slo(Model):
    """What a user must not wait longer than."""

    ttft_ms: Annotated[Number, within(0, 3_600_000, open_low=True)] = 2000
    """Time to first token, ms. Shown; it binds the fleet only with `ttft_binding`."""
    tpot_ms: Annotated[Number, within(0, 60_000, open_low=True)] = 50
    """Time per output token while a reply is written, ms; it bounds the batch of own GPUs."""
    ttft_binding: bool = False
    """Whether the time to first token may add replicas; it is known only within a factor of two."""


class Traffic(Model):
    """When requests come."""

    profile: Literal["office_hours", "consumer", "always_on"] | tuple[Number, ...] = "office_hours"
    """A preset, or 168 weights from Monday 00:00 in the time zone (their scale does not matter)."""
    time_zone: str = "UTC"
    """IANA name, such as Europe/Berlin; decides which hours meet time-of-day prices."""
    burst_ratio: Annotated[Uncertain, within(1, 100)] | None = None
    """Peak minutes over the mean of their hour; a sourced default where absent."""
    seasons: Annotated[tuple[Number, ...], Field(min_length=12, max_length=12)] | None = None
    """Twelve weights from January; their mean is taken as 1."""

    @field_validator("profile")
    @classmethod
    def _weights(cls, profile: Any) -> Any:
        if isinstance(profile, tuple):
            if len(profile) != 168:
                raise ValueError(f"needs 168 weights (hours of a week from Monday 00:00), got {len(profile)}")
            if min(profile) < 0 or sum(profile) <= 0:
                raise ValueError("weights must not be negative, and at least one must be above 0")
        return profile

    @field_validator("seasons")
    @classmethod
    def _seasons(cls, seasons: Any) -> Any:
        if seasons is not None and (min(seasons) < 0 or sum(seasons) <= 0):
            raise ValueError("weights must not be negative, and at least one must be above 0")
        return seasons

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except Exception:
            raise ValueError(f"unknown time zone {clip(name)!r}; use an IANA name such as Europe/Berlin") from None
        return name


class QualityFloor(Model):
    """The weakest model that would do, on a benchmark or on own tasks."""

    benchmark: Literal["arena_text", "gpqa_diamond", "own"]
    """arena_text: Arena text score; gpqa_diamond: percent correct; own: share solved of the options' `evaluations`."""
    score: Annotated[Number, within(0, 10_000)]
    """The lowest score that is good enough; 0 to 1 for `own`, where the whole 95 % interval must reach it."""
    task: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """With `own`: the evaluated task that counts; every task of an option counts where absent."""

    @model_validator(mode="after")
    def _own(self) -> QualityFloor:
        if self.benchmark == "own" and self.score > 1:
            raise ValueError(f"score: is a share for benchmark own, such as 0.8 for 80 %, got {self.score:g}")
        if self.benchmark != "own" and self.task is not None:
            raise ValueError("task: goes with benchmark own only; remove it, or set benchmark: own")
        return self


class RegionShare(Model):
    """Requests that must stay in a region."""

    region: Region
    share: Annotated[Number, within(0, 1)]
    """Of the workload's requests; all regions add up to 1."""


class Workload(Model):
    """One stream of requests, described independently of who serves it."""

    name: Identifier
    requests_per_month: Annotated[Uncertain, within(0, 1e12, open_low=True)]
    """Requests in the first month of the horizon."""
    annual_growth: Annotated[Uncertain, within(-0.99, 20)] = 0.0
    """Growth a year, 0.4 = +40 %, compounding monthly."""
    input_tokens: Annotated[TokenSize | Range | Number, within(0, 10_000_000, open_low=True)]
    """Mean prompt, all of it (instructions, context, history), in text tokens of the reference tokenizer."""
    output_tokens: Annotated[TokenSize | Range | Number, within(0, 1_000_000, open_low=True)]
    """Mean visible answer; hidden reasoning comes with the option."""
    cacheable_input_share: Share = 0.0
    """Share of the prompt that repeats from an earlier request and may be served from a prefix cache."""
    batch_share: Share = 0.0
    """Share of requests that may wait up to a day."""
    traffic: Traffic = Traffic()
    slo: Slo = Slo()
    guard_model: Identifier | None = None
    """Open weights of a guard model that reads every request and answer; own GPUs run it beside the model."""
    residency_shares: Annotated[tuple[RegionShare, ...], Field(max_length=20)] = ()
    """Share of requests that must stay in each region: own GPUs need a fleet in each."""
    quality_floor: QualityFloor | None = None
    other_usd_per_month: Annotated[Uncertain, within(0, 1e12)] = 0.0
    """Images, audio, embeddings and tool fees, entered by the user; the same for every option."""

    @field_validator("residency_shares")
    @classmethod
    def _all_requests(cls, shares: tuple[RegionShare, ...]) -> tuple[RegionShare, ...]:
        total = sum(s.share for s in shares)
        if shares and abs(total - 1) > 1e-6:
            raise ValueError(f"shares must add up to 1, got {total:g}")
        if len({s.region for s in shares}) < len(shares):
            raise ValueError("each region may stand once")
        return shares


class Organization(Model):
    """Who decides; licences and laws ask for it."""

    sector: Text | None = None
    annual_revenue_usd: Annotated[Number, within(0, 1e15)] | None = None
    """Consolidated group revenue a year."""
    countries: tuple[Country, ...] = ()
    """Where it is established, ISO codes such as DE."""
    monthly_active_users: Annotated[Number, within(0, 1e11)] | None = None
    """Users of the product that the model would serve."""
    resells_model: bool = False
    """Whether the model itself, by this organization or an affiliate, is offered to others as a service."""
    annual_growth: Annotated[Number, within(-0.99, 20)] = 0.0
    """Growth of revenue and of monthly users a year; licence caps are tested at every month of the horizon."""
    product_revenue_usd: Annotated[Number, within(0, 1e15)] | None = None
    """Revenue a year of the products that would use the model; some licences cap that instead of group revenue."""
    headquarters: Country | None = None
    """Principal place of business, an ISO code; some licences ask for it instead of every establishment."""
    redistributes_weights: bool = False
    """Whether weights, or fine-tunes of them, are passed on to others."""
    ai_act_use: Literal["minimal", "transparency", "high_risk_annex_iii", "high_risk_annex_i", "prohibited"] | None = None
    """Class of the use under the EU AI Act; not judged where absent."""
    critical_function: bool | None = None
    """Whether the service supports a critical or important function (DORA, EU financial firms); not judged where absent."""
    exit_plan: bool | None = None
    """Whether a documented and tested exit plan stands for the provider (DORA)."""
    critical_providers: tuple[Identifier, ...] = ()
    """Providers that already carry critical functions (DORA, concentration)."""


class DataPolicy(Model):
    """What the data demand of whoever processes them."""

    classification: Literal["public", "internal", "confidential", "restricted", "air_gapped"] = "internal"
    """restricted and air_gapped data may not leave the organization's own premises."""
    residency: tuple[Annotated[str, Field(pattern=r"^(EU|EEA|[A-Z]{2})$")], ...] = ()
    """Where prompts may be processed: EU, EEA or ISO countries; empty means anywhere."""
    personal_data: bool = False
    health_data: bool = False
    max_retention_days: Annotated[Number, within(0, 36_500)] | None = None
    """Longest time that a provider may keep prompts or answers; 0 asks for zero retention."""
    certifications: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = ()
    """What a provider must hold, such as soc2, iso27001; spaces and editions do not matter."""
    allow_training: bool = False
    """Whether a provider may train on the data."""
    excluded_jurisdictions: tuple[Country, ...] = ()
    """Homes of operators that must not process the data, ISO codes."""
    allowed_jurisdictions: tuple[Country, ...] = ()
    """The only homes of operators that may process the data; empty means any."""
    allowed_providers: tuple[Identifier, ...] = ()
    """The only providers and GPU hosts that may be used; empty means any."""
    excluded_developers: tuple[Text, ...] = ()
    """Developers whose models must not be used, such as deepseek."""
    excluded_origins: tuple[Country, ...] = ()
    """Home countries of developers whose models must not be used, ISO codes."""
    customer_managed_keys: bool = False
    """Whether stored data must be encrypted with the organization's own keys."""
    private_networking: bool = False
    """Whether the endpoint must be reachable without the public internet."""
    fedramp: Literal["low", "moderate", "high"] | None = None
    """The FedRAMP level that the endpoint must be authorized at."""
    subprocessor_list: bool = False
    """Whether the operator must publish its subprocessors."""
    ip_indemnity: bool = False
    """Whether the provider must indemnify against claims over intellectual property in answers."""


class Priorities(Model):
    """Dollars of present value that moving from the worst to the best of a fixed scale is worth to the user.

    A range `{low, base, high}` weighs in with its base; its high end is the most that is plausible.
    """

    control_and_audit: Annotated[Uncertain, within(0, 1e12)] = 0.0
    customization_depth: Annotated[Uncertain, within(0, 1e12)] = 0.0
    strategic_flexibility: Annotated[Uncertain, within(0, 1e12)] = 0.0
    footprint: Annotated[Uncertain, within(0, 1e12)] = 0.0

    @property
    def usd(self) -> dict[str, float]:
        """What weighs in, by criterion."""
        return {name: base(getattr(self, name)) for name in type(self).model_fields}

    def most_usd(self, otherwise: float) -> dict[str, float]:
        """The most that is plausible: the range's high end, twice a bare figure, or `otherwise` where it is 0."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {n: v.high if isinstance(v, Range) else 2 * v if v else otherwise for n, v in given.items()}


class Security(Model):
    """How much a security incident would concern this workload, and whether differences enter the cost."""

    workload_share: Share | None = None
    """Share of the organization's AI exposure that these workloads are; a placeholder of a tenth where absent."""
    incidents_per_year: Annotated[Uncertain, within(0, 1000)] | None = None
    """AI-involved incidents a year in the whole organization; from its size where absent."""
    loss_median_usd: Annotated[Number, within(0, 1e13, open_low=True)] | None = None
    """Median loss of an incident; from the organization's size where absent. Needs loss_p95_usd beside it."""
    loss_p95_usd: Annotated[Number, within(0, 1e13, open_low=True)] | None = None
    """Loss that one incident in twenty exceeds."""
    loss_cap_usd: Annotated[Number, within(0, 1e13, open_low=True)] | None = None
    """Most that one incident costs, such as an insurer's limit; the 99th percentile where absent."""
    control_ratio: Annotated[Uncertain, within(0, 100)] | None = None
    """Incidents with own controls over the average organization's; the same for every option."""
    serving_stack: Literal["vllm", "sglang", "tensorrt_llm", "triton", "ollama"] = "vllm"
    """What serves the model on own GPUs; its advisories decide the patching."""
    in_cost: bool = False
    """Whether the expected loss over the baseline's is a cost line; otherwise it is only shown beside the money."""

    @model_validator(mode="after")
    def _pair(self) -> Security:
        median, p95 = self.loss_median_usd, self.loss_p95_usd
        if (median is None) != (p95 is None):
            raise ValueError("loss_median_usd and loss_p95_usd come together; add the other")
        if median is not None and p95 is not None and median > p95:
            raise ValueError(f"loss_median_usd ({median:g}) must not be above loss_p95_usd ({p95:g})")
        return self


class Evidence(Model):
    """What the user has in hand: a contract clause or a letter that settles a fact."""

    option: Identifier | None = None
    """The option it speaks of; all options of the provider where absent."""
    provider: Identifier | None = None
    rule: Annotated[str, Field(min_length=1, max_length=60)]
    """The rule that it settles, by id (DATA-03) or plain name (retention)."""
    outcome: Literal["pass", "fail"]
    statement: Text
    """What the document says, and where."""
    date: IsoDate
    """Day of the document; it counts from then on."""
    valid_until: IsoDate | None = None
    """Last day on which it holds; no end where absent."""


class Switching(Model):
    """How much hangs on the model that runs today."""

    applications: Annotated[Uncertain, within(0, 100_000)] = 1
    """Applications that call the model."""
    prompts_per_application: Annotated[Uncertain, within(0, 100_000)] | None = None
    """Prompts or flows that each has; a sourced default where absent."""
    effort_ratio: Annotated[Uncertain, within(0, 100)] = 1.0
    """Own effort over the default effort."""
    embedded_tokens: Annotated[Uncertain, within(0, 1e15)] = 0.0
    """Text stored as vectors of the provider's embedding model, in tokens: it must be embedded anew elsewhere."""
    stored_gb: Annotated[Uncertain, within(0, 1e12)] = 0.0
    """Data kept with the provider that would have to be moved out, GB."""


class Tax(Model):
    """After-tax view; flows are pre-tax where absent."""

    rate: Annotated[Number, within(0, 1)]
    depreciation_years: Annotated[Number, within(0, 50, open_low=True)]
    irrecoverable_vat: Annotated[Number, within(0, 1)] = 0.0


class Pins(Model):
    """What a saved scenario was judged with."""

    assumptions: Text
    """SHA-256 of the assumption set."""
    prices: Text
    """Price data package and version."""
    seed: int
    version: Text
    """Version of the calculator."""


def _month(text: Any) -> Any:
    if isinstance(text, str):
        try:
            date.fromisoformat(text + "-01")
        except ValueError:
            raise ValueError(f"must be a month such as 2027-01, got {clip(text)!r}") from None
    return text


class Scenario(Model):
    """A decision: the workloads, the rules, the options, and what the user knows better than the defaults."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    """Version of this file format."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    as_of: IsoDate
    """Prices, facts and expiries are judged at this date."""
    start: Annotated[str, BeforeValidator(_month)]
    """First month of the horizon, such as 2027-01."""
    horizon_months: Annotated[int, Field(ge=1, le=120)] = 36
    discount_rate: Annotated[Number, within(-0.5, 1)] = 0.08
    """Nominal, a year."""
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] = 1
    """Month in which the fiscal year begins, for the views by year; 1 = the calendar year."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """What figures are shown in; the engine works in USD."""
    baseline: Identifier | None = None
    """The option that runs today, or none."""
    materiality: Annotated[Number, within(0, 1)] = 0.05
    """Leaving the baseline is advised only if it saves more than this share of its present value."""
    close_call_confidence: Annotated[Number, within(0.5, 1)] = 0.75
    """Below this paired probability the answer is `too close to call`."""
    organization: Organization = Organization()
    data: DataPolicy = DataPolicy()
    workloads: Annotated[tuple[Workload, ...], Field(min_length=1, max_length=50)]
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=100)]
    priorities: Priorities = Priorities()
    switching: Switching = Switching()
    security: Security = Security()
    evidence: tuple[Evidence, ...] = ()
    tax: Tax | None = None
    assumptions: dict[str, Range | Number] = Field(default_factory=dict)
    """Figures the user knows better, by the id that `llm-adoption assumptions list` shows."""
    launched: bool = False
    """Whether the workload figures come from logs of a running service (a smaller forecast error)."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 7
    pins: Pins | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        ids = [o.id for o in self.options]
        names = [w.name for w in self.workloads]
        for what, values in (("options", ids), ("workloads", names)):
            twice = sorted({v for v in values if values.count(v) > 1})
            if twice:
                raise ValueError(f"{what}: {twice[0]!r} stands twice; give each its own name")
        if self.baseline is not None and self.baseline not in ids:
            raise ValueError(f"baseline: no option {self.baseline!r}; {_choices(self.baseline, ids)}")
        _check_hybrids(self.options, ids)
        if self.security.in_cost and self.baseline is None:
            raise ValueError("security.in_cost: needs a baseline to differ from; name one under `baseline`")
        for number, given in enumerate(self.evidence):
            if given.option is not None and given.option not in ids:
                raise ValueError(f"evidence.{number}.option: no option {given.option!r}; {_choices(given.option, ids)}")
        if self.start < self.as_of[:7]:
            raise ValueError(f"start: {self.start} lies before as_of {self.as_of}; the horizon begins at or after it")
        return self

    def option(self, name: str) -> Option:
        """The option of that id."""
        return next(o for o in self.options if o.id == name)


def _choices(name: str, ids: list[str]) -> str:
    return f"choose one of {', '.join(nearest_names(name, ids) or ids[:5])}"


def _check_hybrids(options: tuple[Option, ...], ids: list[str]) -> None:
    by_id = {o.id: o for o in options}
    for number, option in enumerate(options):
        legs = [("overflow", option.overflow), ("base", option.base)] if isinstance(option, HybridOption) else []
        if isinstance(option, HybridOption) and option.routing is not None:
            legs.append(("routing.option", option.routing.option))
        if isinstance(option, SizedOption) and option.bridge is not None:
            legs.append(("bridge", option.bridge))
        for leg, name in legs:
            where = f"options.{number}.{leg}"
            if name not in ids:
                raise ValueError(f"{where}: no option {name!r}; {_choices(name, ids)}")
            if name == option.id:
                raise ValueError(f"{where}: {name!r} is this option itself; name another")
            if isinstance(by_id[name], HybridOption):
                raise ValueError(f"{where}: {name!r} is a hybrid itself; name one of its legs")
            if leg == "bridge" and getattr(by_id[name], "bridge", None) is not None:
                raise ValueError(f"{where}: {name!r} waits for a bridge itself; name an option that is there at once")
        if isinstance(option, HybridOption):
            if not isinstance(by_id[option.base], SizedOption):
                raise ValueError(f"options.{number}.base: {option.base!r} has no own GPUs; name a rented or owned option")
            if option.base == option.overflow:
                raise ValueError(f"options.{number}.overflow: is the same option as base; name another")
            if option.routing is not None and option.routing.option == option.base:
                raise ValueError(f"options.{number}.routing.option: is the same option as base; name another")


def parse_scenario(text: str | bytes, where: str = "scenario") -> Scenario:
    """A scenario from YAML or JSON text; InputError with one line naming path, fault and remedy."""
    return scenario_from(read_yaml(text, where), where)


def scenario_from(data: Any, where: str = "scenario") -> Scenario:
    """A scenario from plain data, migrated from older schemas; InputError as `parse_scenario`."""
    if not isinstance(data, dict):
        raise InputError(f"{where}: is not a scenario (a mapping with title, workloads and options)")
    version = data.get("schema", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise InputError(f"{where}: schema: version {clip(version)} is not known; this release reads {SCHEMA_VERSION}")
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{where}: {_first_line(error)}") from None


_FORMS = {"Range", "TokenSize", "float", "Precision"}
"""Forms that one value may take; of their complaints only one is meant."""
_BRANCHES = _FORMS | {"api", "hosted", "rented", "owned", "hybrid"}
_MESSAGES = {
    "missing": "is missing; add it",
    "union_tag_invalid": "route must be one of api, hosted, rented, owned, hybrid",
    "union_tag_not_found": "route is missing; add api, hosted, rented, owned or hybrid",
}


def _first_line(error: ValidationError) -> str:
    """The most helpful of pydantic's complaints as one line: of a union's branches, the one the user meant."""
    problems = error.errors()

    def helpfulness(problem: Any) -> tuple[int, int]:
        kind = problem["type"]
        branch = [p for p in problem["loc"] if p in _BRANCHES]
        rivals = sum(branch == [p for p in other["loc"] if p in _BRANCHES] for other in problems)
        rank = {"value_error": 3, "finite_number": 3, "model_type": 0, "float_type": 0}.get(kind, 2)
        one_form_of_several = any(form in str(step) for step in problem["loc"] for form in _FORMS)
        if kind == "extra_forbidden" and not one_form_of_several:
            rank = 4
        return rank, -rivals

    problem = max(problems, key=helpfulness)
    steps = [str(p) for i, p in enumerate(problem["loc"]) if not ((i > 1 and str(p) in _BRANCHES) or "[" in str(p))]
    message = _message(problem)
    return f"{'.'.join(steps)}: {clip(message, 200)}" if steps else clip(message, 200)


def _message(problem: Any) -> str:
    """What is wrong and how to mend it, without the path."""
    kind, given = problem["type"], clip(problem["input"], 40)
    if kind == "extra_forbidden":
        near = nearest_names(str(problem["loc"][-1]), _field_names())
        return f"unknown key; did you mean {', '.join(near)}?" if near else "unknown key; remove it"
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind == "greater_than_equal":
        return f"must be at least {problem['ctx']['ge']:g}, got {given}"
    if kind == "less_than_equal":
        return f"must be at most {problem['ctx']['le']:g}, got {given}"
    words = str(problem["msg"]).removeprefix("Value error, ")
    return words if kind == "value_error" else f"{words}, got {given!r}"


def _field_names() -> set[str]:
    """Every key that a scenario file may have, at any depth."""
    schema = Scenario.model_json_schema(by_alias=True)
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}


def load_scenario(path: str | Path) -> Scenario:
    """A scenario from a file; InputError where it is missing, too large or not a scenario."""
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a scenario file")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; a scenario is a few KB of YAML")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; shipped examples are in assumptions/scenarios/") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    return parse_scenario(raw, str(path))


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data, only what differs from the defaults."""
    data: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    for option, given in zip(data["options"], scenario.options, strict=True):
        option.update({"route": given.route})
    return {"schema": SCHEMA_VERSION, **data}


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as YAML text that reads back as the same scenario."""
    return write_yaml(scenario_data(scenario))


def canonical_json(scenario: Scenario) -> str:
    """One line of JSON that is equal exactly for equal scenarios: the key of caches."""
    return json.dumps(scenario_data(scenario), sort_keys=True, separators=(",", ":"))


__all__ = [
    "Range",
    "Scenario",
    "TokenSize",
    "Workload",
    "canonical_json",
    "dump_scenario",
    "load_scenario",
    "parse_scenario",
    "scenario_data",
    "scenario_from",
]
