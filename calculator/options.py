"""The options of a scenario: model version × route × provider × endpoint × region × effort × precision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from calculator.quantities import Country, Model, Number, PlainText, Range, Uncertain, within

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Name = Annotated[PlainText, Field(min_length=1, max_length=120)]
Effort = Literal["none", "low", "medium", "high", "xhigh", "max", "default"]
PrecisionName = Literal["bf16", "fp8", "int8", "fp4", "int4"]


class Precision(Model):
    """Number formats of weights, arithmetic and KV cache."""

    weights: PrecisionName | None = None
    compute: PrecisionName | None = None
    kv: Literal["bf16", "fp8"] | None = None


class Provisioned(Model):
    """Provisioned throughput as agreed: what a unit costs and carries; published figures where absent."""

    units: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Units bought; those that the peak needs where absent. What exceeds them is billed as pay-as-you-go."""
    usd_per_unit_month: Annotated[Uncertain, within(0, 1e7)] | None = None
    input_tokens_per_minute_per_unit: Annotated[Number, within(0, 1e12, open_low=True)] | None = None
    output_token_weight: Annotated[Number, within(0, 1000)] | None = None
    """Input tokens that an output token counts as."""
    cached_token_weight: Annotated[Number, within(0, 1)] | None = None
    """Input tokens that a cached input token counts as."""
    minimum_units: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    increment_units: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class Contract(Model):
    """What was agreed beyond the list price."""

    discount: Annotated[Number, within(0, 1)] = 0.0
    """Share off the list price."""
    commitment_usd_per_year: Annotated[Number, within(0, 1e12)] = 0.0
    """Spend that is due whether used or not."""
    minimum_usd_per_month: Annotated[Number, within(0, 1e12)] = 0.0
    """Least monthly bill."""
    input_usd_per_mtok: Annotated[Uncertain, within(0, 1e6)] | None = None
    """Own price, USD per million input tokens."""
    cached_input_usd_per_mtok: Annotated[Uncertain, within(0, 1e6)] | None = None
    output_usd_per_mtok: Annotated[Uncertain, within(0, 1e6)] | None = None
    usd_per_gpu_hour: Annotated[Uncertain, within(0, 1e4)] | None = None
    """Own price of a rented GPU."""
    provisioned: Provisioned = Provisioned()
    """For `tier: provisioned`."""


class Lease(Model):
    """Servers leased for a term instead of bought; they go back to the lessor at its end."""

    annual_rate: Annotated[Number, within(0, 1)]
    """Interest a year that the lessor charges, nominal."""
    term_months: Annotated[int, Field(ge=1, le=120)] = 36
    residual_share: Annotated[Number, within(0, 1)] = 0.0
    """Share of the price that the lessor carries as the servers' value at the end."""


class DifficultySuccess(Model):
    """How often a model serves its purpose, by the difficulty of the request."""

    easy: Annotated[Uncertain, within(0, 1)]
    hard: Annotated[Uncertain, within(0, 1)]


class Difficulty(Model):
    """A router that sends what it judges hard to the base and the overflow, and the rest to the smaller model."""

    hard_share: Annotated[Uncertain, within(0, 1)]
    """Share of the requests that are hard."""
    missed: Annotated[Uncertain, within(0, 1)] = 0.0
    """Share of the hard requests that the router takes for easy."""
    false_alarms: Annotated[Uncertain, within(0, 1)] = 0.0
    """Share of the easy requests that the router takes for hard."""
    router_usd_per_request: Annotated[Uncertain, within(0, 1000)] = 0.0
    """What judging a request costs; it is in the line `other`."""
    small_success: DifficultySuccess | None = None
    """Of the smaller model. With `large_success`, the price of a successful request follows."""
    large_success: DifficultySuccess | None = None
    """Of the base's and the overflow's model."""
    failure_usd: Annotated[Uncertain, within(0, 1e9)] = 0.0
    """What a failed answer costs."""


class Routing(Model):
    """A share of the requests that a smaller model answers, the easy ones."""

    option: Identifier
    """The option of this scenario that answers them; not a hybrid."""
    share: Annotated[Uncertain, within(0, 1)] | None = None
    """Of all requests of every workload; or give `difficulty`, from which it follows."""
    difficulty: Difficulty | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Routing:
        if (self.share is None) == (self.difficulty is None):
            raise ValueError("needs either share or difficulty; give one of the two")
        given = self.difficulty
        if given is not None and (given.small_success is None) != (given.large_success is None):
            raise ValueError("difficulty: small_success and large_success come together; add the other")
        return self


class Benchmark(Model):
    """One point of an own measurement of one replica."""

    concurrency: Annotated[Number, within(0, 1e6, open_low=True)]
    """Requests that were in flight all the time."""
    output_tokens_per_second: Annotated[Number, within(0, 1e9, open_low=True)]
    input_tokens: Annotated[Number, within(0, 1e7, open_low=True)] | None = None
    """Mean prompt of the benchmark; the first workload's where absent."""
    output_tokens: Annotated[Number, within(0, 1e6, open_low=True)] | None = None
    """Mean answer of the benchmark; the first workload's where absent."""


class FineTuning(Model):
    """A fine-tune of the model, and how often it is redone."""

    training_tokens: Annotated[Uncertain, within(0, 1e14)]
    engineer_weeks: Annotated[Uncertain, within(0, 10_000)]
    repeats_per_year: Annotated[Number, within(0, 365)] = 0.0


class Evaluation(Model):
    """Own evaluation of this option on the workload's tasks."""

    task: Name
    """Own task, or the name of a floor's benchmark (gpqa_diamond, arena_text) that it was measured on."""
    score: Annotated[Number, within(0, 1)]
    """Share of the tasks that it solved; a mean of grades between 0 and 1 counts as a share, its interval is then wide."""
    n: Annotated[int, Field(ge=1, le=100_000_000)]
    """Number of tasks that it was measured on."""


class Success(Model):
    """How often an answer serves its purpose, and what a failure costs."""

    rate: Annotated[Uncertain, within(0, 1, open_low=True)]
    failure_usd: Annotated[Uncertain, within(0, 1e9)] = 0.0


class _Base(Model):
    id: Identifier
    """Short name, unique in the scenario."""
    name: Name | None = None
    """Shown instead of the id where there is room."""
    region: Identifier | None = None
    """Where requests are processed: eu, us, uk, de, global, or a provider's own region."""
    reasoning_effort: Effort | None = None
    """Effort that the model is run at; costs, speed and score all use it."""
    input_token_factor: Annotated[Uncertain, within(0.1, 10)] | None = None
    """Tokens of this tokenizer over those of the reference; a sourced default where absent."""
    output_token_factor: Annotated[Uncertain, within(0.1, 1000)] | None = None
    """Billed output over the visible answer, hidden reasoning included; a sourced default where absent."""
    contract: Contract = Contract()
    fine_tuning: FineTuning | None = None
    evaluations: tuple[Evaluation, ...] = ()
    success: Success | None = None
    security_ratio: Annotated[Uncertain, within(0, 100)] | None = None
    """Incidents on this option over the average of routes, from own evidence; 1 on average where absent."""
    operations_fte: Annotated[Uncertain, within(0, 10_000)] | None = None
    """Engineers who keep it running, 0.2 for a fifth of someone in an existing team; a sourced default where absent."""
    refresh_years: Annotated[Number, within(0, 20)] | None = None
    """Every how many years the model is evaluated anew and replaced; 0 = it stands still; a sourced default where absent."""
    other_usd_per_month: Annotated[Uncertain, within(0, 1e12)] | None = None
    """Replaces the workloads' entry for images, audio and tools for this option."""


class ApiOption(_Base):
    """A proprietary model behind its vendor's, or a cloud's, API."""

    route: Literal["api"]
    provider: Identifier
    model: Identifier
    endpoint: Identifier | None = None
    """Deployment type where the provider has several: global, data_zone, regional, vertex."""
    tier: Literal["standard", "provisioned"] = "standard"
    """provisioned: throughput units bought by the month for the peak, the rest as pay-as-you-go."""
    zero_retention: bool = False
    """Whether zero retention is switched on, or agreed with the provider, for this option."""


class HostedOption(_Base):
    """Open weights behind somebody's API, paid by the token."""

    route: Literal["hosted"]
    provider: Identifier
    model: Identifier
    weights: Identifier | None = None
    """The weights that the host serves; known from the offer where absent."""
    endpoint: Identifier | None = None
    tier: Literal["standard", "dedicated"] = "standard"
    """dedicated: the host's GPUs for this model alone, paid by the hour."""
    gpu: Identifier | None = None
    """GPU of a dedicated endpoint."""
    zero_retention: bool = False
    """Whether zero retention is switched on, or agreed with the provider, for this option."""
    precision: PrecisionName | Precision | None = None


class SizedOption(_Base):
    """Open weights on GPUs of one's own choosing; the fleet is sized from the workloads."""

    weights: Identifier
    gpu: Identifier
    precision: PrecisionName | Precision | None = None
    """Of the weights, or `{weights, compute, kv}`; the checkpoint's own where absent."""
    tensor_parallel: Annotated[int, Field(ge=1, le=64)] | None = None
    """GPUs that share one copy of the weights; the cheapest that fits where absent."""
    min_replicas: Annotated[int, Field(ge=0, le=10_000)] = 1
    spare_replicas: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Replicas beyond the peak for failures and upgrades; a sourced default (N+1) where absent."""
    staging_replicas: Annotated[int, Field(ge=0, le=1000)] = 0
    """Replicas of a test environment, always on."""
    upgrade_surge_replicas: Annotated[int, Field(ge=0, le=1000)] = 0
    """Replicas that stand beside the fleet while a new version is rolled out."""
    sites: Annotated[int, Field(ge=1, le=10)] = 1
    """Data centres over which the fleet is spread; each can carry the whole load."""
    benchmarks: Annotated[tuple[Benchmark, ...], Field(max_length=1000)] = ()
    """Own measurements of one replica; three or more rescale the speed model."""
    bridge: Identifier | None = None
    """The option that carries the load until own capacity is there; where it is needed every rule holds for it too."""
    lead_time_months: Annotated[Uncertain, within(0, 60)] | None = None
    """From order (at `as_of`) to service; a sourced default for servers, none for rented GPUs, where absent."""


class RentedOption(SizedOption):
    """Open weights on rented GPUs."""

    route: Literal["rented"]
    provider: Identifier | None = None
    """Who rents them out; a range over the market where absent."""
    commitment: Literal["on_demand", "reserved_1y", "reserved_3y", "spot"] = "on_demand"


class OwnedOption(SizedOption):
    """Open weights on bought servers."""

    route: Literal["owned"]
    site: Literal["colocation", "own"] = "colocation"
    country: Country = "US"
    """Where the servers stand; decides electricity, colocation and residency."""
    lease: Lease | None = None
    """Servers are bought where absent."""


class HybridOption(_Base):
    """Base load on own capacity, the rest to another option."""

    route: Literal["hybrid"]
    base: Identifier
    """A rented or owned option of this scenario."""
    overflow: Identifier
    """Any other option of this scenario."""
    base_replicas: Literal["optimal"] | Annotated[int, Field(ge=0, le=100_000)] = "optimal"
    """Replicas of the base that are always on; `optimal` takes the number with the lowest cost, none and all included."""
    routing: Routing | None = None
    """A smaller model for a share of the requests; base and overflow carry the others."""

    @property
    def legs(self) -> tuple[str, ...]:
        """Ids of the options that it is made of."""
        return (self.base, self.overflow) if self.routing is None else (self.base, self.overflow, self.routing.option)


Option = Annotated[ApiOption | HostedOption | RentedOption | OwnedOption | HybridOption, Field(discriminator="route")]
__all__ = [
    "ApiOption",
    "Benchmark",
    "HostedOption",
    "HybridOption",
    "Option",
    "OwnedOption",
    "Precision",
    "Range",
    "RentedOption",
    "SizedOption",
]
