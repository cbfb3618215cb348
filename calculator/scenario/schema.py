"""The scenario file as a whole, and the blocks that weigh money."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from calculator.errors import clip, nearest_names
from calculator.options import HybridOption, Option, SizedOption
from calculator.quantities import Model, Number, PlainText, Range, Share, Uncertain, base, within
from calculator.scenario.fields import Identifier, IsoDate, Text
from calculator.scenario.organization import DataPolicy, Evidence, Organization
from calculator.scenario.workload import Workload

SCHEMA_VERSION = 1
LATEST_START_YEARS = 10
"""Years from `as_of` after which nothing that is known says what things cost."""


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


class FootprintTerms(Model):
    """What the user knows of electricity and asks of emissions; emissions are shown in any case."""

    market_kgco2e_per_kwh: Annotated[Number, within(0, 5)] | None = None
    """Emissions of a kWh that was contracted for own servers (market-based), kgCO2e; 0 for renewable certificates."""
    carbon_usd_per_tonne: Annotated[Uncertain, within(0, 100_000)] = 0.0
    """Price a tonne of CO2e that enters the money as the cost line `carbon`; market-based where that is known."""


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
    title: Annotated[PlainText, Field(min_length=1, max_length=200)]
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
    footprint: FootprintTerms = FootprintTerms()
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
        if base(self.footprint.carbon_usd_per_tonne) > 0 and base(self.priorities.footprint) > 0:
            raise ValueError(
                "priorities.footprint: emissions have a price in footprint.carbon_usd_per_tonne; use one of the two"
            )
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
        if int(self.start[:4]) - int(self.as_of[:4]) > LATEST_START_YEARS:
            raise ValueError(
                f"start: {self.start} lies more than {LATEST_START_YEARS} years after as_of {self.as_of}; no price and no "
                "energy figure reaches that far, choose an earlier one"
            )
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
