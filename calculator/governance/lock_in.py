"""Lock-in in money: what is likely to be forced on an option, and what leaving it would cost today.

lock-in = forced migrations + price exposure + exit cost today, as a distribution. The first two are lines of the
option's cost already; lock-in repeats them beside it and is never added to it. Price exposure counts from 0: a
successor that turns out cheaper is no lock-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, as_date
from calculator.governance.lifetimes import Group
from calculator.governance.switching import migration_usd, usd_per_engineer_week
from calculator.inputs import Inputs
from calculator.options import Option
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EXIT_PARTS = ("engineering", "fine_tuning", "re_embedding", "egress", "commitment", "dual_running")


@dataclass(frozen=True)
class Operators:
    """Who runs the same model or weights; effective numbers need volume shares, which nobody publishes."""

    known: tuple[str, ...] | None
    """Independent operators behind public endpoints; None where the model is in no list."""
    passing: tuple[str, ...] | None
    """Priced hosts of the same weights that pass every gate of the scenario; None where offers are not priced apart."""
    held: bool
    """Whether the weights are held by the user, who needs no operator."""


@dataclass(frozen=True)
class LockIn:
    """One option's lock-in, (draws,) where it is money."""

    forced_usd: Array
    price_usd: Array
    exit_usd: Array
    forced_base_usd: float
    price_base_usd: float
    exit_parts_usd: Mapping[str, float]
    """Exit cost today by part, at base values."""
    operators: Operators
    group: Group | None
    """The survival curve that its model follows; None where nobody can withdraw it."""
    age_days: float | None
    extra_moves_per_year: float | None
    """Forced moves beyond the firm's own rhythm, at that age and at base values."""
    notes: tuple[str, ...]

    @property
    def total_usd(self) -> Array:
        """Forced migrations, price exposure and exit cost, (draws,)."""
        return np.asarray(self.forced_usd + self.price_usd + self.exit_usd)

    def spread(self) -> dict[str, float]:
        """P10, P50 and P90 of the total."""
        return quantiles(self.total_usd)

    def as_dict(self) -> dict[str, Any]:
        """Plain data: the parts apart, operators, the curve and its rate."""
        return {
            "forced_migrations_usd": {"base": self.forced_base_usd, **quantiles(self.forced_usd)},
            "price_exposure_usd": {"base": self.price_base_usd, **quantiles(self.price_usd)},
            "exit_cost_today_usd": {"base": sum(self.exit_parts_usd.values()), **quantiles(self.exit_usd)},
            "exit_parts_usd": dict(self.exit_parts_usd),
            "operators": {
                "known": None if self.operators.known is None else list(self.operators.known),
                "count": None if self.operators.known is None else len(self.operators.known),
                "count_reason": "in no list of operators that was read" if self.operators.known is None else None,
                "passing": None if self.operators.passing is None else list(self.operators.passing),
                "effective_number": None,
                "effective_number_reason": "volume shares of the operators are not published",
                "weights_held": self.operators.held,
            },
            "survival_curve": None if self.group is None else self.group.id,
            "age_days": self.age_days,
            "extra_forced_migrations_per_year": self.extra_moves_per_year,
            "notes": list(self.notes),
        }


def quantiles(usd: Array) -> dict[str, float]:
    """P10, P50 and P90 as plain numbers."""
    return {f"p{share}": float(np.quantile(usd, share / 100)) for share in (10, 50, 90)}


def exit_cost_usd(
    scenario: Scenario,
    option: Option,
    inputs: Inputs,
    *,
    move: str,
    open_weights: bool,
    monthly_usd: Array,
    bound_usd: Array,
) -> dict[str, Array]:
    """What leaving an option at the start of the horizon costs, by part, (draws,) each.

    `move` is the easier of what is possible: `host` (same weights elsewhere) or `model`. `monthly_usd` is a month's
    bill, paid twice while old and new run side by side; `bound_usd` is what is owed or lost whether used or not.
    """
    tokens = inputs.given("switching.embedded_tokens", scenario.switching.embedded_tokens)
    stored = inputs.given("switching.stored_gb", scenario.switching.stored_gb)
    per_gb = np.zeros(1) if free_to_switch(scenario, inputs.assumptions) else inputs.number("switching.egress_usd_per_gb")
    engineering = migration_usd(scenario, inputs, kind="model")
    if move == "host":
        engineering = np.minimum(engineering, migration_usd(scenario, inputs, kind="host"))
    return {
        "engineering": engineering,
        "fine_tuning": _fine_tuning_usd(option, inputs, open_weights),
        "re_embedding": tokens / 1e6 * inputs.number("switching.embedding_usd_per_mtok") if move == "model" else np.zeros(1),
        "egress": stored * per_gb,
        "commitment": bound_usd,
        "dual_running": inputs.number("switching.dual_running_months") * monthly_usd,
    }


def _fine_tuning_usd(option: Option, inputs: Inputs, open_weights: bool) -> Array:
    """The part of a fine-tune's engineering that does not carry over; its compute is small beside it."""
    if option.fine_tuning is None:
        return np.zeros(1)
    weeks = inputs.given(f"options.{option.id}.fine_tuning.engineer_weeks", option.fine_tuning.engineer_weeks)
    kept = inputs.number(f"switching.fine_tune_portable_share_{'open' if open_weights else 'closed'}")
    return np.asarray(weeks * usd_per_engineer_week(inputs) * np.clip(1 - kept, 0, 1))


def free_to_switch(scenario: Scenario, known: Assumptions) -> bool:
    """Whether the EU Data Act forbids charges for switching: for a customer in the Union, from 2027-01-12 on."""
    union = set(known.row("regions", "eu").list("countries"))
    ends = as_date(str(known.parameter("switching.switching_charges_end").value))
    inside = any(country in union for country in scenario.organization.countries)
    return inside and as_date(f"{scenario.start}-01") >= ends
