"""Workloads: the requests, when they come, and what they ask of whoever serves them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from calculator.errors import clip
from calculator.quantities import Model, Number, Range, Share, TokenSize, Uncertain, within
from calculator.scenario.fields import Identifier, Region


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
    """Twelve weights from January; their mean is taken as 1, so a month has `requests_per_month` times its weight."""

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
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {clip(name)!r}; use an IANA name such as Europe/Berlin") from None
        return name


class QualityFloor(Model):
    """The weakest model that would do, on a benchmark or on own tasks."""

    benchmark: Literal["arena_text", "gpqa_diamond", "own"]
    """arena_text: Arena text score; gpqa_diamond: percent correct; own: share solved of the options' `evaluations`.

    An option's own evaluation whose task bears the benchmark's name counts where it tells: its share of correct answers,
    or for arena_text of blind comparisons won (a tie a half) against a model whose score is the floor.
    """
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
    """Requests a month at the start, seasons aside: the yearly mean level at which the horizon begins, before growth."""
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
