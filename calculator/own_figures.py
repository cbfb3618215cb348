"""Figures that a scenario sets instead of the shipped ones: how to set one, and which options' costs they act on."""

from __future__ import annotations

from functools import lru_cache

from calculator.assumptions import Parameter, load_assumptions
from calculator.assumptions.bounds import bounds
from calculator.costs.routes import Decided, cost_option
from calculator.demand import demands
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.quantities import Range, rescaled
from calculator.scenario import Scenario, canonical_json, parse_scenario

DIGITS = 12
"""Significant digits of a range's ends that follow a value."""


def own_figure(shown: Parameter, value: float, low: float | None, high: float | None) -> Range | float:
    """What to set under `assumptions` where a reader saw `shown` and entered three figures.

    A range needs both ends; without them the figure is exact. Where only the value was changed the range moves in
    proportion, as far as the bounds of the assumption allow. InputError, without the place, for what cannot be.
    """
    if low is None and high is None:
        figure: Range | float = value
    elif low is None or high is None:
        raise InputError(f"a range needs both ends; enter {'low' if low is None else 'high'} too, or empty both")
    elif (low, high) == (shown.low, shown.high) and value != shown.value:
        least, most = bounds(shown)
        moved = rescaled(Range(low=low, base=shown.number, high=high), value)
        assert isinstance(moved, Range)
        low, high = (float(f"{end:.{DIGITS}g}") for end in (moved.low, moved.high))
        figure = Range(low=min(max(low, least), value), base=value, high=max(min(high, most), value))
    else:
        if not low <= value <= high:
            raise InputError("must lie in its range: low, value and high in this order")
        figure = Range(low=low, base=value, high=high)
    try:
        load_assumptions().with_overrides({shown.id: figure})
    except InputError as error:
        raise InputError(str(error).removeprefix(f"assumptions.{shown.id}: ")) from None
    return figure


def acting(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Ids of the scenario's own figures that the cost of each option rests on, by option, demand included."""
    return {} if not scenario.assumptions else _acting(canonical_json(scenario))


@lru_cache(maxsize=32)
def _acting(text: str) -> dict[str, tuple[str, ...]]:
    scenario = parse_scenario(text)
    known = load_assumptions().with_overrides(scenario.assumptions)
    common = Inputs(known)
    load = demands(scenario, common)
    found = {}
    for option in scenario.options:
        inputs = Inputs(known)
        cost_option(scenario, option, load, inputs, Decided())
        found[option.id] = tuple(own for own in scenario.assumptions if own in inputs.used or own in common.used)
    return found
