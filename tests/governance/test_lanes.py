"""Nothing is counted twice: every cost line, rule and statement belongs to one effect, and every effect to one lane."""

from collections import Counter

import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.flows import LINES
from calculator.errors import InputError
from calculator.governance.lanes import EFFECTS
from calculator.governance.rules import RULES
from calculator.governance.scales import CRITERIA
from calculator.scenario import scenario_data, scenario_from
from calculator.sharing import presets

KNOWN = load_assumptions()
STATEMENTS = set(KNOWN.rows("priorities"))
MEASURED = {"footprint"}
LANES = {
    "money": set(LINES),
    "gate": set(RULES),
    "priority": STATEMENTS | MEASURED,
    "beside": {"security_loss_usd", "lock_in_usd", "co2e_kg"},
}


def test_every_effect_has_its_own_name_and_acts_in_its_lane_only() -> None:
    assert max(Counter(e.name for e in EFFECTS).values()) == 1
    for effect in EFFECTS:
        assert effect.through and set(effect.through) <= LANES[effect.lane], effect.name


def test_nothing_is_left_out_and_nothing_stands_twice() -> None:
    through = Counter(name for effect in EFFECTS for name in effect.through)
    assert [name for name, times in through.items() if times > 1] == []
    assert set(through) == set().union(*LANES.values())


def test_no_criterion_is_also_a_cost_line_or_a_rule() -> None:
    assert not (STATEMENTS | MEASURED | set(CRITERIA)) & (set(LINES) | set(RULES))


def test_scales_have_statements() -> None:
    assert {row.text("criterion") for row in KNOWN.rows("priorities").values()} | MEASURED == set(CRITERIA)


def test_emissions_are_priced_or_valued_never_both() -> None:
    data = scenario_data(presets()["support-assistant"])
    both = {**data, "footprint": {"carbon_usd_per_tonne": 80}, "priorities": {"footprint": 1000}}
    with pytest.raises(InputError, match="use one of the two"):
        scenario_from(both)
