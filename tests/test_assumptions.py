"""Every assumption file: schema, order of ranges, units, sources, dates."""

from datetime import date
from typing import Any

import pytest

from calculator.assumptions import Assumptions, load_assumptions
from calculator.checks import UNITS, stale, violations
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.quantities import Range

TOPICS = load_assumptions().topics()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_file_keeps_the_rules(topic: str) -> None:
    known = load_assumptions()
    faults = [line for line in violations(known, date.today()) if line.startswith(topic)]
    assert not faults, "\n".join(faults[:20])


def test_ids_are_unique_and_found_again() -> None:
    known = load_assumptions()
    ids = known.ids()
    assert len(ids) == len(set(ids)) > 1000
    for name in ids[:: max(1, len(ids) // 200)]:
        assert known.parameter(name).id == name


def test_enough_is_known() -> None:
    known = load_assumptions()
    assert len(known.rows("gpus")) >= 15
    assert len(known.rows("models")) >= 30
    offers = known.rows("offers").values()
    assert sum(o.text("openness") == "proprietary" for o in offers) >= 20
    assert sum(o.text("openness") == "open" for o in offers) >= 20


def test_a_rule_that_is_broken_is_reported() -> None:
    text = """
topic: t
description: d
defaults: {as_of: 2999-01-01, kind: guess, source: {title: x}}
parameters:
  a: {unit: furlong, value: 5, low: 6, high: 7}
"""
    lines = "\n".join(violations(Assumptions({"t": text}), date(2026, 11, 24)))
    for fault in ("unknown unit", "unknown kind", "url or locator", "low <= value <= high", "future"):
        assert fault in lines
    assert "USD/GPU-hour" in UNITS


def test_stale_is_judged_by_each_numbers_own_limit() -> None:
    known = load_assumptions()
    assert len(stale(known, date(2030, 1, 1))) > len(stale(known, date(2026, 11, 24)))


def test_overrides_by_id() -> None:
    known = load_assumptions()
    name = "staffing.self_host_operations_fte"
    changed = known.with_overrides({name: {"low": 0.5, "base": 1.5, "high": 2.0}})
    assert changed.parameter(name).number == 1.5
    assert changed.parameter(name).overridden
    assert not known.parameter(name).overridden
    cell = known.with_overrides({"gpus.h100-sxm.memory_gib": 90.0})
    assert cell.row("gpus", "h100-sxm").number("memory_gib") == 90


@pytest.mark.parametrize(
    "name", ["staffing.self_host_operation_fte", "nothing.at_all", "gpus.h100-sxm.name", "gpus.h101.memory_gib"]
)
def test_an_unknown_override_names_the_nearest(name: str) -> None:
    with pytest.raises(InputError, match=r"unknown|not a number") as caught:
        load_assumptions().with_overrides({name: 1.0})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("economy.api_price_drift_per_year", -5, "must lie between -0.99 and 10 (per_year), got -5"),
        ("staffing.wage_escalation_per_year", -2, "between -0.99 and 10"),
        ("economy.gpu_rental_price_drift_per_year", -3, "between -0.99 and 10"),
        ("servers.life_years", -3, "between 1 and 100 (years), got -3"),
        ("servers.life_years", 0, "between 1 and 100"),
        ("staffing.self_host_operations_fte", -5, "between 0 and 10,000 (FTE), got -5"),
        ("staffing.loading_factor", -1, "between 0.001 and 1,000 (ratio)"),
        ("servers.rtx-pro-6000.usd_per_server", -1e6, "between 0 and 100,000,000 (USD/server), got -1,000,000"),
        ("facility.pue_colocation", 0.01, "between 1 and 5 (ratio), got 0.01"),
        ("servers.residual_share", 5, "between 0 and 1 (share), got 5"),
        ("serving.utilization_limit", 5, "between 0.01 and 0.99 (share)"),
        ("gpu_rental.reserved_1y_discount", 3, "between 0 and 1 (share)"),
        ("serving.throughput_ratio", 0, "between 0.001 and 1,000"),
        ("servers.residual_share", Range(low=-0.1, base=0.1, high=0.2), "got -0.1"),
        ("servers.residual_share", {"low": 0.1, "base": 0.1, "high": 1.2}, "got 1.2"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_what_can(name: str, value: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_assumptions().with_overrides({name: value})
    assert str(caught.value).startswith(f"assumptions.{name}: must lie between ") and message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_draws_stay_within_what_can_be() -> None:
    name = "servers.residual_share"
    known = load_assumptions().with_overrides({name: {"low": 0.0, "base": 0.9, "high": 1.0}})
    drawn = Inputs(known, draws=256, known=[name]).number(name)
    assert drawn.min() >= 0 and drawn.max() == 1  # the upper tenth of the range would lie beyond 1


def test_what_ships_is_held_to_the_same_bounds() -> None:
    text = """
topic: t
description: d
defaults: {as_of: 2026-01-01, kind: published, source: {title: x, url: y}}
parameters:
  a: {unit: share, value: 5}
  b: {unit: ratio, value: 0.5, minimum: 1}
"""
    lines = violations(Assumptions({"t": text}), date(2026, 11, 24))
    assert lines == [
        "t.a: must lie between 0 and 1 (share), got 5",
        "t.b: must lie between 1 and 1,000 (ratio), got 0.5",
    ]
