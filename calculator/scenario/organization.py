"""Who decides, what its data demand, and what it has in hand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from calculator.quantities import Country, Model, Number, is_country, within
from calculator.scenario.fields import Identifier, IsoDate, Text


def _union_or_country(code: str) -> str:
    if code not in ("EU", "EEA") and not is_country(code):
        raise ValueError(f"unknown country {code!r}; use EU, EEA or an ISO code such as DE")
    return code


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
    team_country: Country | None = None
    """Where the engineers are who would run it, whose wages are paid; headquarters, then the first country, where absent."""
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
    residency: tuple[Annotated[str, Field(pattern=r"^(EU|EEA|[A-Z]{2})$"), AfterValidator(_union_or_country)], ...] = ()
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
