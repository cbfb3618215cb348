"""Any figure that an assumption may have gives figures, or one line."""

import math
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.assumptions.bounds import bounds
from calculator.decision.simulation import Costing, prepare, simulate
from calculator.errors import InputError
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from

DEFAULT = assumptions_folder() / "scenarios" / "support-assistant.yaml"
OPTIONS = ("luna", "rented-h100", "owned-h200")


def small(**changes: Any) -> Scenario:
    data = scenario_data(load_scenario(DEFAULT))
    return scenario_from(
        {**data, "options": [o for o in data["options"] if o["id"] in OPTIONS], "horizon_months": 18, **changes}
    )


@cache
def shipped() -> Costing:
    return prepare(small(), load_assumptions())


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    used = sorted(p.id for p in shipped().inputs.used.values() if isinstance(p.value, int | float))
    name = draw(st.sampled_from(used))
    least, most = bounds(load_assumptions().parameter(name))
    figure = st.floats(least, most, allow_nan=False) | st.sampled_from([least, most])
    low, base, high = sorted(draw(st.tuples(figure, figure, figure)))
    return {name: draw(st.sampled_from([base, {"low": low, "base": base, "high": high}]))}


@settings(max_examples=12, deadline=None)
@given(overrides())
def test_any_figure_within_bounds_is_evaluated_or_refused_in_one_line(own: dict[str, Any]) -> None:
    try:
        costing = prepare(small(assumptions=own), load_assumptions())
        found = simulate(costing, 16).npv_usd
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(math.isfinite(usd) for draws in found.values() for usd in draws)
