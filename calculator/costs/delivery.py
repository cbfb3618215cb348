"""From order to service: until own capacity is there, a bridge carries the load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.demand import months_before_start
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import OwnedOption, SizedOption
from calculator.scenario import Scenario
from calculator.wording import months_in_words, quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def lead_months(option: SizedOption, inputs: Inputs) -> Array:
    """Months from order to service, (draws,): the option's own, the server's, none for rented GPUs."""
    if option.lead_time_months is not None:
        return inputs.given(f"options.{option.id}.lead_time_months", option.lead_time_months)
    row = inputs.assumptions.rows("servers").get(option.gpu)
    if not isinstance(option, OwnedOption) or row is None or "lead_time_months" not in row:
        return np.zeros(1)
    return inputs.cell(row, "lead_time_months")


def waiting_months(scenario: Scenario, option: SizedOption, inputs: Inputs) -> Array:
    """Whole months of the horizon before own capacity is there, ordered at `as_of`, (draws,).

    Raises InputError where that is the whole horizon at base values.
    """
    ahead = months_before_start(scenario)
    wait = np.ceil(np.maximum(0.0, lead_months(option, inputs) - ahead) - 1e-9)
    if inputs.draws is None and not inputs.fixed and float(wait[0]) >= scenario.horizon_months:
        late = quoted(float(wait[0]))
        raise InputError(
            f"options.{option.id}.lead_time_months: ordered on {scenario.as_of} it is there after {late} months, "
            f"beyond the horizon of {scenario.horizon_months}; lengthen horizon_months or leave the option out"
        )
    return np.asarray(wait)


def there(wait: Array, months: int) -> Array:
    """1 in months in which own capacity is there, 0 before, (draws, months)."""
    return np.asarray((np.arange(months) >= wait[:, None]).astype(float))


def delivery_notes(scenario: Scenario, option: SizedOption, wait: Array) -> tuple[str, ...]:
    """What is said of the wait."""
    if not wait.any():
        return ()
    months = months_in_words(float(wait[0]))
    if option.bridge is None:
        return (
            f"costed as if ordered early enough to stand ready, and be paid, at the start: ordered on {scenario.as_of} it "
            f"would come {months} late; name a `bridge` to cost the wait",
        )
    paid = " and is paid then" if isinstance(option, OwnedOption) and option.lease is None else ""
    return (f"{months} on the bridge {option.bridge}: ordered on {scenario.as_of} it comes after the start{paid}",)
