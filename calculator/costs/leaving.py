"""Every option's lock-in, from its cost lines, its models' lives and what the scenario says hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.alternatives import alternatives, weights_of
from calculator.costs.flows import Flows, present_value
from calculator.costs.forced_moves import curve_of
from calculator.costs.owned import residual_share
from calculator.costs.price_path import TokenOption, price_path
from calculator.costs.rented import TERM_MONTHS
from calculator.costs.tokens import base_factors
from calculator.governance import lifetimes
from calculator.governance.lock_in import EXIT_PARTS, LockIn, Operators, exit_cost_usd
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, RentedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Leg = ApiOption | HostedOption | RentedOption | OwnedOption
RUNNING = {
    *("api_input", "api_cached_input", "api_cache_writes", "api_output", "api_batch", "api_provisioned"),
    *("compute", "lease", "support", "power", "colocation", "cluster_and_storage", "network_egress", "software"),
}
"""Lines of a month's bill for running a model."""


def lock_in(
    scenario: Scenario,
    option: Option,
    flows: Flows,
    lines_usd: Mapping[str, Array],
    point: Inputs,
    drawn: Inputs,
    legs: Sequence[str] | None = None,
) -> LockIn:
    """Lock-in of an option whose point estimate is `flows` and whose lines' present values over draws are `lines_usd`.

    A hybrid is locked in by its legs together; `legs` names those that are used, all where absent.
    """
    members = _legs(scenario, option, legs)
    bill, bound = _monthly_usd(flows), _bound_usd(members, flows, point)
    size = max((a.size for a in lines_usd.values()), default=1)
    scale = sum(lines_usd.values(), np.zeros(1)) / max(float(present_value(flows.total, scenario.discount_rate)[0]), 1e-9)
    base = _exit_usd(scenario, members, point, np.array([bill]), np.array([bound]))
    exits = _exit_usd(scenario, members, drawn, bill * scale, bound * scale)
    token = next((m for m in members if isinstance(m, ApiOption | HostedOption) and m.tier != "dedicated"), None)
    group, age, rate, notes = _lives(scenario, token, point) if token is not None else (None, None, None, ())
    rate_of_interest = scenario.discount_rate

    def line(name: str) -> tuple[Array, float]:
        usd = flows.lines.get(name)
        now = 0.0 if usd is None else float(present_value(usd, rate_of_interest)[0])
        return np.broadcast_to(np.maximum(lines_usd.get(name, np.zeros(1)), 0.0), size), max(now, 0.0)

    forced, price = line("forced_migration"), line("price_step")
    return LockIn(
        forced_usd=forced[0],
        price_usd=price[0],
        exit_usd=np.broadcast_to(sum(exits.values(), np.zeros(1)), size),
        forced_base_usd=forced[1],
        price_base_usd=price[1],
        exit_parts_usd={part: float(usd[0]) for part, usd in base.items()},
        operators=_operators(scenario, token or members[0], point.assumptions),
        group=group,
        age_days=age,
        extra_moves_per_year=rate,
        notes=notes,
    )


def _legs(scenario: Scenario, option: Option, used: Sequence[str] | None) -> list[Leg]:
    if not isinstance(option, HybridOption):
        return [option]
    named = [scenario.option(name) for name in (option.base, option.overflow) if used is None or name in used]
    return [leg for leg in named if not isinstance(leg, HybridOption)]


def _monthly_usd(flows: Flows) -> float:
    """The first month's bill for running the model."""
    return float(sum(usd[0, 1] for line, usd in flows.lines.items() if line in RUNNING))


def _bound_usd(legs: Sequence[Leg], flows: Flows, inputs: Inputs) -> float:
    """Owed or lost whether used or not: a year of a contract, the first term of a reservation, a year's loss of servers."""
    owed = 0.0
    for leg in legs:
        owed += leg.contract.commitment_usd_per_year + 12 * leg.contract.minimum_usd_per_month
        if isinstance(leg, RentedOption) and "compute" in flows.lines:
            owed += float(flows.lines["compute"][0, 1 : 1 + TERM_MONTHS[leg.commitment]].sum())
        if isinstance(leg, OwnedOption) and "hardware" in flows.lines:
            life = inputs.base_number("servers.life_years") * 12
            kept = residual_share(np.array([12.0]), life, inputs.number("servers.residual_share"))
            owed += float(flows.lines["hardware"][0, 0] * (1 - kept[0, 0]))
    return owed


def _exit_usd(scenario: Scenario, legs: Sequence[Leg], inputs: Inputs, bill: Array, bound: Array) -> dict[str, Array]:
    """Exit cost by part: the applications move once, whatever the number of legs."""
    parts = {part: np.zeros(1) for part in EXIT_PARTS}
    for number, leg in enumerate(legs):
        move, open_weights = _way_out(scenario, leg, inputs.assumptions)
        own = (bill, bound) if number == 0 else (np.zeros(1), np.zeros(1))
        found = exit_cost_usd(
            scenario, leg, inputs, move=move, open_weights=open_weights, monthly_usd=own[0], bound_usd=own[1]
        )
        for part, usd in found.items():
            once = part in ("engineering", "re_embedding", "egress")
            parts[part] = np.maximum(parts[part], usd) if once else parts[part] + usd
    return parts


def _way_out(scenario: Scenario, leg: Leg, known: Assumptions) -> tuple[str, bool]:
    if isinstance(leg, RentedOption | OwnedOption):
        return "host", True
    offers = alternatives(scenario, leg, known, base_factors)
    return ("model" if offers.host is None else "host"), weights_of(leg, known) is not None


def _operators(scenario: Scenario, leg: Leg, known: Assumptions) -> Operators:
    held = isinstance(leg, RentedOption | OwnedOption)
    if isinstance(leg, ApiOption | HostedOption):
        weights = weights_of(leg, known)
        name = weights or leg.model
        passing = alternatives(scenario, leg, known, base_factors).operators if weights else None
    else:
        name, passing = leg.weights, None
    row = known.rows("operators").get(name)
    listed = set(row.list("operators")) if row is not None else set()
    priced = {r.text("provider") for r in known.rows("offers").values() if r.text("weights", None) == name}
    everyone = tuple(sorted({_ALIASES.get(o, o) for o in listed | priced}))
    return Operators(everyone or None, passing, held)


_ALIASES = {"fireworks-ai": "fireworks", "togetherai": "together", "novita-ai": "novita", "z.ai": "zai", "xai": "x-ai"}
_ALIASES |= {"cloudflare-workers-ai": "cloudflare"}


def _lives(
    scenario: Scenario, option: TokenOption, point: Inputs
) -> tuple[lifetimes.Group, float, float | None, tuple[str, ...]]:
    known = point.assumptions
    group, path = curve_of(option, known), price_path(scenario, option, point)
    ends = path.ends
    age = ends.age_days if ends.age_days is not None else float(point.number("lifetime_groups.age_at_adoption_days")[0])
    stated = option.refresh_years
    refresh = float(point.number("switching.refresh_years")[0]) if stated is None else float(stated)
    notes = [note for note in path.notes if "shuts down" in note or "removal" in note]
    if ends.dated or not ends.drawn:
        notes.append("its end is announced: the date replaces the survival curve")
        return group, age, None, tuple(notes)
    if ends.safe_days:
        notes.append(f"its vendor promises to keep it for {ends.safe_days:.0f} days from the start")
    safe = ends.safe_days / lifetimes.DAYS_PER_YEAR
    beyond = lifetimes.mean_cycle_years(group.curve, age / lifetimes.DAYS_PER_YEAR + safe, max(refresh - safe, 0.0))
    mean = refresh if 0 < refresh <= safe else safe + beyond
    return group, age, lifetimes.extra_forced_migrations_per_year(mean, refresh), tuple(notes)
