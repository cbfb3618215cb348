"""Two scenarios: what differs, mixtures of the two, and steps that add up to the whole difference."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.attribution import attribution, compare_scenarios, side_by_side
from calculator.attribution.differences import ABSENT, differences_of, mixed
from calculator.attribution.waterfall import FEW, Step, Valuation, steps_of, waterfall
from calculator.cli import main
from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario
from calculator.scenario import Scenario, dump_scenario, scenario_data, scenario_from
from calculator.schemas import two_scenarios_schema
from calculator.sharing import presets

OPERATIONS = "staffing.self_host_operations_fte"
NAMES = sorted(presets())
DRAWS = 64


def small(**changes: Any) -> Scenario:
    """Three options, quickly costed."""
    data = scenario_data(presets()["support-assistant"])
    data["options"] = [o for o in data["options"] if o["id"] in ("luna", "flash-lite", "owned-h200")]
    workload = data["workloads"][0] | changes.pop("workload", {})
    return scenario_from({**data, "evidence": [], "workloads": [workload], **changes})


def dearer() -> Scenario:
    return small(
        workload={"requests_per_month": 9e6},
        assumptions={OPERATIONS: {"low": 1.0, "base": 2.0, "high": 3.0}},
        discount_rate=0.1,
    )


@pytest.mark.parametrize("a", NAMES)
@pytest.mark.parametrize("b", NAMES)
def test_all_differences_made_give_the_other(a: str, b: str) -> None:
    one, other = presets()[a], presets()[b]
    found = mixed(one, other, differences_of(one, other))
    assert not differences_of(found, other)
    assert not differences_of(mixed(one, other, ()), one)


def test_differences_are_told_in_words_with_units() -> None:
    told = {d["label"]: d["text"] for d in side_by_side(small(), dearer(), DRAWS)["differences"]}
    assert told == {
        "requests a month of chat": "3,000,000 (2,000,000 to 5,000,000) → 9,000,000",
        "engineers who keep a first self-hosted fleet running, on call included": (
            "as shipped, 1 FTE → 2 FTE (1 FTE to 3 FTE)"
        ),
        "discount rate a year": "8 % → 10 %",
    }


def test_an_option_more_and_one_changed() -> None:
    data = scenario_data(small())
    changed = [o | {"country": "FR"} if o["id"] == "owned-h200" else o for o in data["options"]]
    added = {"id": "owned-rtx", "route": "owned", "weights": "gemma-4-31b", "gpu": "rtx-pro-6000"}
    other = scenario_from({**data, "options": [*changed, added]})
    found = {d.path: d for d in differences_of(small(), other)}
    assert set(found) == {("options", "owned-h200"), ("options", "owned-rtx")}
    assert found["options", "owned-rtx"].before is ABSENT
    texts = {d["path"]: d["text"] for d in side_by_side(small(), other, DRAWS)["differences"]}
    assert texts["options.owned-h200"] == "country DE → FR"
    assert texts["options.owned-rtx"] == "added: owned, gemma-4-31b, rtx-pro-6000"


def test_a_title_is_no_difference_and_a_currency_no_step() -> None:
    assert not differences_of(small(), small(title="Another"))
    found = differences_of(small(), small(currency="EUR"))
    assert [d.path for d in found] == [("currency",)] and steps_of(found) == ()


def test_steps_add_up_to_what_the_two_cost_apart() -> None:
    a, b = small(), dearer()
    found = attribution(a, b, DRAWS)
    costs = [{o.id: float(o.npv_draws_usd.mean()) for o in evaluate_scenario(s, DRAWS).options} for s in (a, b)]
    assert len(found["steps"]) == 3
    for name, moved in found["options"].items():
        assert moved["from_usd"] == costs[0][name] and moved["to_usd"] == costs[1][name]
        for steps in (moved["steps_usd"], *map(list, zip(*moved["steps_by_order_usd"], strict=True))):
            assert moved["from_usd"] + sum(steps) == pytest.approx(moved["to_usd"], rel=1e-12)
    by_step = dict(zip([s["label"] for s in found["steps"]], found["options"]["luna"]["steps_usd"], strict=True))
    assert by_step["requests a month of chat"] > 0 > by_step["discount rate a year"]
    assert found["options"]["luna"]["steps_usd"][1] == 0, "own engineers do not move an API's cost"
    assert found["options"]["owned-h200"]["steps_usd"][1] > 0


def test_the_way_back_is_the_same_way() -> None:
    there, back = attribution(small(), dearer(), DRAWS), attribution(dearer(), small(), DRAWS)
    for name, moved in there["options"].items():
        assert back["options"][name]["steps_usd"] == pytest.approx([-usd for usd in moved["steps_usd"]], rel=1e-9, abs=1e-6)


def test_the_same_scenario_has_no_step() -> None:
    found = compare_scenarios(small(), small(), DRAWS)
    assert found["differences"] == [] and found["attribution"]["steps"] == []
    assert found["attribution"]["choice"]["from_usd"] == found["attribution"]["choice"]["to_usd"]


def test_where_nothing_passes_the_choice_has_no_cost_and_says_so() -> None:
    shut = small(data=scenario_data(small())["data"] | {"classification": "air_gapped"}, options=[
        o for o in scenario_data(small())["options"] if o["id"] != "owned-h200"
    ])  # fmt: skip
    found = attribution(small(), shut, DRAWS)
    assert found["choice"] is None and "passes" in found["null_reasons"]["choice"]
    luna = found["options"]["luna"]
    assert luna["from_usd"] + sum(luna["steps_usd"]) == pytest.approx(luna["to_usd"], rel=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=5), st.floats(-3, 3))
def test_any_way_of_costing_adds_up(effects: list[float], together: float) -> None:
    names = [f"p{i}" for i in range(len(effects))]
    a = small()
    b = small(assumptions=dict.fromkeys(names, 1.0))
    steps = tuple(Step(d.path[1], (d,)) for d in differences_of(a, b))

    def value(scenario: Scenario) -> Valuation:
        on = [e for name, e in zip(names, effects, strict=True) if name in scenario.assumptions]
        return Valuation("x", True, {"x": sum(on) + together * len(on) ** 2})

    found = waterfall(a, b, steps, value).effects_usd(None)
    assert found is not None
    whole = sum(effects) + together * len(effects) ** 2
    assert sum((there + back) / 2 for there, back in found) == pytest.approx(whole, abs=1e-9)
    if len(effects) == 2:  # the Shapley value
        assert [(x + y) / 2 for x, y in found] == pytest.approx([e + 2 * together for e in effects], abs=1e-9)


def test_steps_that_need_each_other_are_taken_together() -> None:
    a, b = small(), dearer()
    steps = steps_of(differences_of(a, b))

    def value(scenario: Scenario) -> Valuation:
        if (OPERATIONS in scenario.assumptions) != (scenario.discount_rate == 0.1):
            raise InputError("only together")
        return Valuation("x", True, {"x": float(scenario is b)})

    found = waterfall(a, b, steps, value)
    assert [len(step.differences) for step in found.steps] == [1, 2]


def test_many_differences_are_taken_by_group() -> None:
    a, b = presets()["support-assistant"], presets()["document-retrieval"]
    found = differences_of(a, b)
    steps = steps_of(found)
    assert len(found) > FEW and len(steps) < len(found)
    assert {d.path for s in steps for d in s.differences} == {d.path for d in found}


def test_the_terminal_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for name, scenario in (("a", small()), ("b", dearer())):
        paths.append(tmp_path / f"{name}.yaml")
        paths[-1].write_text(dump_scenario(scenario))
    arguments = ["compare", *map(str, paths), "--draws", str(DRAWS)]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "discount rate a year: 8 % → 10 %" in said and "Why the answer moved" in said
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(json.dumps(compare_scenarios(small(), dearer(), DRAWS)))
    assert set(found) == set(two_scenarios_schema()["required"])


def test_a_scenario_that_cannot_be_evaluated_is_named() -> None:
    with pytest.raises(InputError, match=r"^scenario B: "):
        side_by_side(small(), small(assumptions={"staffing.unheard": 1.0}), DRAWS)
