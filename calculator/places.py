"""Where things stand: which countries a region code means, and whether a scenario's regions are known at all."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.assumptions import Assumptions
from calculator.errors import InputError, clip, nearest_names
from calculator.quantities import is_country
from calculator.scenario import Scenario


def countries(region: str, known: Assumptions) -> frozenset[str] | None:
    """ISO codes of the countries that a region code, or a country's own code, means.

    An empty set means anywhere, None an unknown code.
    """
    rows = known.rows("regions")
    if region.lower() in rows:
        return frozenset(rows[region.lower()].list("countries"))
    return frozenset({region.upper()}) if is_country(region.upper()) else None


def check_regions(scenario: Scenario, known: Assumptions) -> None:
    """InputError for the first region of the scenario that nobody knows, naming the field and the nearest codes."""
    for where, region in _regions(scenario):
        if countries(region, known) is None and region.lower() not in _offered(known):
            near = nearest_names(
                region.lower(), (r for r in known.rows("regions") if len(r) > 3)
            )  # the short ones are named
            such = f", such as {', '.join(near)}" if near else ""
            raise InputError(
                f"{where}: unknown region {clip(region)!r}; use eu, us, global, a country's code or a cloud's region{such}"
            )


def _regions(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every region of a scenario with its field."""
    for option in scenario.options:
        if option.region is not None:
            yield f"options.{option.id}.region", option.region
    for workload in scenario.workloads:
        for share in workload.residency_shares:
            yield f"workloads.{workload.name}.residency_shares", share.region


def _offered(known: Assumptions) -> frozenset[str]:
    """Codes that some offer or rental price is filed under."""
    return frozenset(
        region.lower()
        for topic, columns in {"gpu_rental": ("region", "provider_region"), "token_prices": ("region",)}.items()
        for row in known.rows(topic).values()
        for column in columns
        if (region := row.text(column, None) or "") not in ("", "unknown")
    )
