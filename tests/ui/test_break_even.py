"""The break-even tab as a user drives it."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.charts.break_even import cheapest_map, cost_by_month, cost_by_volume, volume_title
from calculator.charts.render import svg
from calculator.evaluate import evaluate_scenario
from calculator.ui.break_even import _window
from calculator.ui.state import DEFAULT_EXAMPLE, examples
from calculator.volumes import break_even_answer, curve_points, map_answer

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["tab"] = "Break-even"
    return page.run()


def box(page: AppTest, label: str) -> Any:
    return next(b for b in page.selectbox if b.label == label)


def test_the_first_pair_is_of_the_option_that_leads_and_of_no_mix_that_is_its_part() -> None:
    page = opened()
    result = evaluate_scenario(page.session_state["scenario"]).as_dict()
    shown = {box(page, "Self-hosted").value, box(page, "Against").value}
    assert result["verdict"]["leader"] in shown
    assert not any(o["same_as"] for o in result["options"] if o["id"] == box(page, "Self-hosted").value)


def test_pair_budget_and_map_answer() -> None:
    page = opened()
    assert not page.exception
    assert any("stays cheapest" in m.value for m in page.markdown)
    tables = len(page.dataframe)
    box(page, "Self-hosted").select("owned-h200").run()
    assert not page.exception
    assert any("costs at least" in c.value or "tends to" in c.value for c in page.caption)
    next(n for n in page.number_input if n.label == "Budget a month, USD").set_value(50_000.0).run()
    assert not page.exception
    assert len(page.dataframe) == tables + 1
    box(page, "Number").select("serving.utilization_limit").run()
    assert not page.exception


def test_charts_draw_their_data() -> None:
    from calculator.scenario import load_scenario

    scenario = load_scenario(examples()[DEFAULT_EXAMPLE])
    answer, result = break_even_answer(scenario), evaluate_scenario(scenario, draws=16).as_dict()
    crossing = next(p for p in answer["break_even"] if p["crossings"])
    never = next(p for p in answer["break_even"] if p["outcome"] == "never")
    for pair in (crossing, never):
        low, high = _window(pair, answer)
        curve = curve_points(scenario, [pair["self_hosted"], pair["alternative"]], low, high)
        chart = cost_by_volume(pair, curve, answer["requests_per_month"])
        marks = [r for r in chart[1] if r["kind"] == "crossing"]
        assert len(marks) == len(pair["crossings"])
        own = {r["requests"]: r["usd"] for r in chart[1] if r["kind"] == "cost" and r["option"] == pair["self_hosted"]}
        assert all(min(own.values()) <= m["usd"] <= max(own.values()) for m in marks)
        for drawn in (chart, cost_by_month(pair, result)):
            assert "<svg" in svg(drawn)
    several = {**crossing, "crossings": crossing["crossings"] * 3}
    assert "never costs less" in volume_title(never) and "first costs less" in volume_title(several)
    found = map_answer(scenario, "staffing.self_host_operations_fte", size=3)
    assert "<svg" in svg(cheapest_map(found))
