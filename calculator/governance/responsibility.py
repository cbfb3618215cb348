"""Who does what on each route: the provider, the customer, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calculator.assumptions import Assumptions
from calculator.options import HybridOption, Option
from calculator.scenario import Scenario

ROUTES = ("api", "hosted", "rented", "owned")
OWNERS = ("provider", "shared", "customer")
"""The more of it is the customer's, the later."""


def matrix(known: Assumptions) -> list[dict[str, Any]]:
    """Every topic with its owner by route, and what follows for all routes alike."""
    rows = []
    for key, row in known.rows("responsibility").items():
        owners = {route: row.text(route) for route in ROUTES}
        rows.append(
            {
                "id": key,
                "topic": row.text("topic"),
                "owners": owners,
                "same_on_every_route": len(set(owners.values())) == 1,
                "remark": row.text("remark", None),
                "as_of": row.parameter("topic").as_of,
            }
        )
    return rows


def legs_routes(scenario: Scenario, option: Option) -> tuple[str, ...]:
    """The routes that an option takes: its own, or those of a hybrid's legs."""
    if isinstance(option, HybridOption):
        return tuple(dict.fromkeys(scenario.option(leg).route for leg in (option.base, option.overflow)))
    return (option.route,)


def owner(known: Assumptions, topic: str, routes: Sequence[str]) -> str:
    """Who owns a topic over several routes together: as much the customer as on the most demanding one."""
    row = known.row("responsibility", topic)
    return max((row.text(route) for route in routes), key=OWNERS.index)


def customers_share(known: Assumptions, routes: Sequence[str]) -> float:
    """Share of the topics that are the customer's alone."""
    rows = known.rows("responsibility")
    return sum(owner(known, key, routes) == "customer" for key in rows) / len(rows)
