"""Every assumption file: schema, order of ranges, units, sources, dates."""

from datetime import date

import pytest

from calculator.assumptions import Assumptions, load_assumptions
from calculator.checks import UNITS, stale, violations
from calculator.errors import InputError

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
