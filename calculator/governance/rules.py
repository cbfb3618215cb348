"""The rules by id: their titles, the dimension they belong to, and the plain names that cases and evidence may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from calculator.errors import unknown_name

DIMENSIONS = ("data_ownership", "lock_in", "security", "customization", "quality")
"""What a rule speaks of, as the governance view groups it."""


@dataclass(frozen=True)
class Rule:
    """One thing an option must satisfy."""

    id: str
    title: str
    dimension: str
    called_for: str
    """When the rule applies, in terms of the scenario's fields."""
    names: tuple[str, ...] = ()
    """Plain names beside the id and the title."""


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "DATA-01",
            "Data classification",
            "data_ownership",
            "data.classification is restricted or air_gapped",
            ("classification", "air_gapped", "on_premises"),
        ),
        Rule(
            "DATA-02",
            "Training on prompts",
            "data_ownership",
            "a provider sees prompts, and data.allow_training is false",
            ("training", "training_use", "trains_by_default", "training_on_data", "model_training"),
        ),
        Rule(
            "DATA-03",
            "Retention",
            "data_ownership",
            "data.max_retention_days is set",
            ("zero_retention", "zdr", "data_retention", "retention_days", "max_retention_days"),
        ),
        Rule(
            "DATA-04",
            "Processing region",
            "data_ownership",
            "data.residency is set",
            ("residency", "region", "data_residency", "eu_residency", "location"),
        ),
        Rule(
            "DATA-05",
            "Health data",
            "data_ownership",
            "data.health_data is true",
            ("baa", "hipaa", "hipaa_baa", "business_associate_agreement", "phi"),
        ),
        Rule(
            "DATA-06.keys",
            "Customer-managed keys",
            "security",
            "data.customer_managed_keys is true",
            ("cmk", "byok", "own_keys"),
        ),
        Rule(
            "DATA-06.network",
            "Private networking",
            "security",
            "data.private_networking is true",
            ("private_network", "private_link"),
        ),
        Rule("DATA-06.fedramp", "FedRAMP", "security", "data.fedramp names a level", ("fedramp_level",)),
        Rule("DATA-07", "Certifications", "security", "data.certifications is set", ("certification", "certificates")),
        Rule(
            "DATA-08",
            "Subprocessor list",
            "data_ownership",
            "data.subprocessor_list is true",
            ("subprocessors", "sub_processors"),
        ),
        Rule(
            "DATA-09",
            "IP indemnity",
            "security",
            "data.ip_indemnity is true",
            ("indemnity", "copyright_indemnity", "intellectual_property_indemnity"),
        ),
        Rule(
            "ORIG-01",
            "Operator's home jurisdiction",
            "data_ownership",
            "data.excluded_jurisdictions or data.allowed_jurisdictions is set",
            ("jurisdiction", "home_jurisdiction", "operator_jurisdiction"),
        ),
        Rule(
            "ORIG-02",
            "Developer and origin of the model",
            "data_ownership",
            "data.excluded_developers or data.excluded_origins is set",
            ("developer", "excluded_developers", "excluded_developer", "origin", "excluded_origins"),
        ),
        Rule(
            "ORIG-03",
            "Approved providers",
            "data_ownership",
            "data.allowed_providers is set",
            ("allow_list", "approved_provider", "allowed_providers"),
        ),
        Rule(
            "LIC-01",
            "Licence: commercial use",
            "customization",
            "the weights are open",
            ("commercial_use", "commercial", "internal_use", "licence_use"),
        ),
        Rule(
            "LIC-02",
            "Licence: revenue cap",
            "customization",
            "the licence has a revenue cap",
            ("revenue", "revenue_cap", "licence_revenue_cap", "license_revenue_cap"),
        ),
        Rule(
            "LIC-03",
            "Licence: user cap",
            "customization",
            "the licence has a cap of monthly users",
            ("mau", "mau_cap", "user_cap", "monthly_active_users"),
        ),
        Rule(
            "LIC-04",
            "Licence: territory",
            "customization",
            "the licence excludes territories",
            ("territory", "territory_exclusion"),
        ),
        Rule(
            "LIC-05",
            "Licence: model as a service",
            "customization",
            "organization.resells_model is true",
            ("maas", "model_as_a_service", "offer_as_service", "resale", "offering_the_model"),
        ),
        Rule("LIC-06", "Licence: fine-tuning", "customization", "the option has fine_tuning", ("fine_tuning", "fine_tune")),
        Rule(
            "CUST-01",
            "Fine-tuning on offer",
            "customization",
            "the option has fine_tuning, and a provider serves it",
            ("fine_tuning_offered", "trainable"),
        ),
        Rule(
            "LIC-07",
            "Licence: redistribution",
            "customization",
            "organization.redistributes_weights is true",
            ("redistribution", "redistribute"),
        ),
        Rule(
            "REG-01",
            "EU AI Act",
            "security",
            "organization.ai_act_use is set and a country is in the EU",
            ("ai_act", "eu_ai_act"),
        ),
        Rule(
            "REG-02",
            "DORA exit plan",
            "lock_in",
            "an EU financial firm runs a critical function",
            ("dora", "exit_plan", "outsourcing"),
        ),
        Rule(
            "REG-03",
            "DORA concentration",
            "lock_in",
            "an EU financial firm runs a critical function",
            ("concentration", "dora_concentration"),
        ),
        Rule(
            "LIFE-01",
            "Announced shutdown",
            "lock_in",
            "a shutdown is announced within the horizon",
            ("retirement", "shutdown", "deprecation"),
        ),
        Rule("PERF-01", "Quality floor", "quality", "a workload has quality_floor", ("quality", "floor")),
        Rule("PERF-02", "Context length", "quality", "always", ("context",)),
    )
}
"""Every rule by id, in the order they are shown."""

GROUPS = {
    "licence": "LIC",
    "license": "LIC",
    "licensing": "LIC",
    "data": "DATA",
    "law": "REG",
    "regulation": "REG",
    "security": "DATA-06",
    "feasibility": "",
    "all": "",
    "any": "",
}
"""Names of several rules at once, as prefixes of ids: such a name is judged by the worst of them."""


def _plain(name: str) -> str:
    return "_".join(name.lower().replace("'", "").replace(":", " ").replace("-", " ").split()).replace("__", "_")


@cache
def _names() -> dict[str, str]:
    return {
        _plain(name): rule.id
        for rule in RULES.values()
        for name in (*rule.names, rule.title, rule.id, f"{rule.id} {rule.title}")
    }


def rules_named(name: str, where: str) -> tuple[str, ...]:
    """Ids of the rules that an id, the start of one (`LIC`, `DATA-06`), a title or a plain name stands for.

    Raises InputError with the nearest names where there is none.
    """
    plain, names = _plain(name), _names()
    if plain in names:
        return (names[plain],)
    prefix = GROUPS.get(plain, name.upper().replace("_", "-"))
    found = tuple(i for i in RULES if not prefix or (i.upper() + ".").startswith((f"{prefix}-", f"{prefix}.")))
    if not found:
        raise unknown_name(where, "rule", name, _choices())
    return found


def _choices() -> Iterator[str]:
    yield from RULES
    yield from GROUPS
    for rule in RULES.values():
        yield from (_plain(rule.title), *rule.names)
